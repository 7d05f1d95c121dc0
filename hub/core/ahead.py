"""Reading ahead: one thread reads a file while another gives PostgreSQL what was read, and waits for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar, cast

T = TypeVar("T")
_END = object()


@contextmanager
def ahead(items: Iterable[T], most: int = 8) -> Iterator[Iterator[T]]:
    """The same items, up to `most` of them made in advance by a thread of their own, which ends with the block.

    What making them raises is raised where the item is asked for. It must not touch the database: a connection
    belongs to one thread, and so does the gate.
    """
    thread, rest = ThreadPoolExecutor(1, "ahead"), iter(items)

    def taken() -> Iterator[T]:
        waiting = deque(thread.submit(next, rest, _END) for _ in range(most))
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(thread.submit(next, rest, _END))
            yield cast(T, item)

    try:
        yield taken()
    finally:
        thread.shutdown(cancel_futures=True)
