"""The n-th statement that writes: where a fault strikes while a file is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from django.db import connection

WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def after_writes(count: int, strike: Callable[[], object]) -> Iterator[SimpleNamespace]:
    """Call `strike` right after that many statements of this connection have written; gives how many did (`seen`)."""
    writes = SimpleNamespace(seen=0)

    def observe(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        done = execute(sql, *rest)
        if str(sql).lstrip().startswith(WRITES):
            writes.seen += 1
            if writes.seen == count:
                strike()
        return done

    with connection.execute_wrapper(observe):
        yield writes
