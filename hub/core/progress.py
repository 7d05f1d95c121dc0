"""How far a long work is, told while its transaction is still open.

The row of the work is locked and uncommitted until the end: its progress lives in Redis, numbers only, and may be lost
at any time. Open pages are rung at most once a second; without a socket they ask again by themselves.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TypeVar
from uuid import UUID

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from hub.core.topics import ring, topic_name

EVERY_LINES = 16  # held at once: hundreds would wake the garbage collector, at five microseconds a line
RING_SECONDS = 1.0
KEPT_SECONDS = 900
log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """A step by name, what is done of it and of how much (None: nobody knows)."""

    name: str
    done: int = 0
    total: int | None = None


class Progress:
    """Tells how far the work behind a topic is."""

    def __init__(self, kind: str, key: UUID) -> None:
        self._topic = topic_name(kind, key)
        self._rung = 0.0

    def tell(self, name: str, done: int = 0, total: int | None = None) -> None:
        """A step begins, or goes on; never raises, and costs nothing more than once a second."""
        now = time.monotonic()
        if done and now - self._rung < RING_SECONDS:
            return
        self._rung = now
        try:
            cache.set(_key(self._topic), asdict(Step(name, done, total)), KEPT_SECONDS)
        except (RedisError, OSError) as error:
            log.warning("progress_not_told", error=type(error).__name__)
        ring(self._topic)

    def watch(self, lines: Iterable[T], name: str, total: int | None) -> Iterator[T]:
        """The same lines, counted in small blocks while they are read; a total that was guessed too low is raised."""
        self.tell(name, 0, total)
        rest, count = iter(lines), 0
        while block := list(islice(rest, EVERY_LINES)):
            yield from block
            count += len(block)
            self.tell(name, count, max(total, count) if total else None)


def progress_of(kind: str, key: UUID) -> Step | None:
    """The last step told of a work, if Redis still knows."""
    try:
        found = cache.get(_key(topic_name(kind, key)))
    except (RedisError, OSError):
        return None
    return Step(**found) if found else None


def _key(topic: str) -> str:
    return f"progress:{topic}"
