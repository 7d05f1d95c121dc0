"""Prepared statements: PostgreSQL plans a statement once per connection instead of at every request.

Only where the same few statements come again and again (who is asking, compiled scopes, and every write): a search
whose best plan depends on what is looked for is planned for it. In a request that writes, the gate also forbids
PostgreSQL to think again (`one_plan`): left to choose, it plans the scope of one person anew each time, which costs
ten times as much as reading her. Needs direct connections (no pooler that shares them by transaction).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor


@contextmanager
def prepared() -> Iterator[None]:
    """Statements of this block are prepared the third time a connection meets them."""
    wrapper = connections[DEFAULT_DB_ALIAS]  # `connection` looks it up at every use
    wrapper.ensure_connection()
    ours = wrapper.connection
    former = ours.cursor_factory
    ours.cursor_factory = ServerBindingCursor
    try:
        yield
    finally:
        ours.cursor_factory = former
