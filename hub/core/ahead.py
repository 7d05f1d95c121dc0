"""Reading ahead: one thread reads a file while another gives PostgreSQL what was read, and waits for it.

What is made in a thread must not touch the database: a connection belongs to one thread, and so does the gate.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar, cast

T = TypeVar("T")
_END = object()


@contextmanager
def ahead(items: Iterable[T], most: int = 8) -> Iterator[Iterator[T]]:
    """The same items, up to `most` of them made in advance by a thread of their own, which ends with the block.

    What making them raises is raised where the item is asked for.
    """
    thread, rest = ThreadPoolExecutor(1, "ahead"), iter(items)
    waiting = deque(thread.submit(next, rest, _END) for _ in range(most))

    def taken() -> Iterator[T]:
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(thread.submit(next, rest, _END))
            yield cast(T, item)

    try:
        yield taken()
    finally:
        thread.shutdown(cancel_futures=True)


@contextmanager
def meanwhile(make: Callable[[], T]) -> Iterator[Future[T]]:
    """One thing made by a thread of its own while the block goes on; what making it raises, its result raises."""
    with ThreadPoolExecutor(1, "meanwhile") as thread:
        yield thread.submit(make)
