"""Skimming a long list: its lines are looked at a column at a time, and only those that may matter are read one by one.

A stranger about whom nothing is to be said costs a few look-ups: no object is made of the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import or_
from typing import NamedTuple, Protocol

from hub.core.tabular import Remark
from hub.core.tabular.sheet import Row
from referrals.imports.lines import RegistrationEvent, RegistrationLine, SeenKeys

BLOCK = 250  # lines held at once: thousands would wake the garbage collector
Column = Sequence[str]
Numbered = tuple[int, Row]


class Identities(NamedTuple):
    """Of each line of a block, what `RegistrationLine.said` begins with; `odd` when something is to be said of it."""

    nir: Column
    pes: Column
    last: Column
    birth: Column
    first: Column
    born: Column
    insee: Column
    city: Sequence[str | None]
    agency: Sequence[str | None]
    odd: Sequence[bool]


class Happened(NamedTuple):
    """What happened as some cells tell it, what is to be said of them, and how events are compared."""

    events: tuple[RegistrationEvent, ...]
    said: tuple[Remark, ...]
    key: str


class Sieve(Protocol):
    """Stops the strangers of a long list, once enough of them were shown."""

    @property
    def full(self) -> bool:
        """Were enough strangers let through?"""

    def may_be(self, who: Identities) -> Sequence[bool]:
        """Which of these lines may be somebody's?"""

    def stops(self, line: RegistrationLine) -> bool:
        """Is this line a stranger too many? It is counted then."""

    def stop(self, who: Identities, happened: Sequence[Happened], stopped: Sequence[bool]) -> None:
        """Count those of these lines that are `stopped`."""


class Skim:
    """The lines of one table that must be read, in their order."""

    def __init__(
        self,
        sieve: Sieve,
        who: Callable[[list[Column]], Identities],
        happened: Callable[[list[Column], Sequence[Row]], list[Happened]],
        seen: SeenKeys,
        problems: dict[int, list[Remark]],
    ) -> None:
        self._sieve, self._who, self._happened, self._seen, self._problems = sieve, who, happened, seen, problems

    def left(self, rows: Iterator[Numbered]) -> Iterator[Numbered]:
        """Those of these lines that must be read."""
        while block := list(islice(rows, BLOCK)):
            yield from self._left_of(block) if self._sieve.full else block

    def _left_of(self, block: list[Numbered]) -> Iterator[Numbered]:
        _, rows = zip(*block, strict=True)
        cells: list[Column] = list(zip(*rows, strict=True))
        who, happened = self._who(cells), self._happened(cells, rows)
        saids = zip(*who[:7], [one.key for one in happened], strict=True)
        matters = map(or_, who.odd, self._sieve.may_be(who))
        stopped = [False] * len(block)
        for at, (item, said, matter, what) in enumerate(zip(block, saids, matters, happened, strict=True)):
            if matter or what.said or item[0] in self._problems or self._seen.first_line(said, item[0]):
                yield item
            else:
                stopped[at] = True
        self._sieve.stop(who, happened, stopped)
