"""Prepared statements: PostgreSQL plans a statement once per connection instead of at every request.

Only where the same few statements come again and again (who is asking, and every write): a search whose best plan
depends on what is looked for is planned for it. Needs direct connections (no pooler that shares them by transaction).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor


@contextmanager
def prepared() -> Iterator[None]:
    """Statements of this block are prepared the third time a connection meets them."""
    connection.ensure_connection()
    ours = connection.connection
    former = ours.cursor_factory
    ours.cursor_factory = ServerBindingCursor
    try:
        yield
    finally:
        ours.cursor_factory = former
