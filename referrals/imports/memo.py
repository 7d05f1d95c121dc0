"""What repeats in a file is read once: names, dates, places and events are the same on many lines."""

from collections.abc import Callable, Hashable
from operator import itemgetter
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
MOST = 20_000


class Memo(dict[K, V]):
    """`memo[cell]` is what `read` made of that cell. It lives and dies with one file, and forgets all when it holds
    `most` cells: memory stays flat."""

    def __init__(self, read: Callable[[K], V], most: int = MOST) -> None:
        super().__init__()
        self._read = read
        self._most = most

    def __missing__(self, cell: K) -> V:
        value = self._read(cell)
        if len(self) >= self._most:
            self.clear()
        self[cell] = value
        return value


def picker(positions: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """The cells of a line that stand at these positions."""
    if not positions:
        return lambda raw: ()
    if len(positions) == 1:
        (only,) = positions
        return lambda raw: (raw[only],)
    return itemgetter(*positions)
