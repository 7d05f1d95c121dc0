"""One at a time for what no row stands for: a file being brought or applied, a referral being sent."""

from __future__ import annotations

from django.db import connection


def alone(what: str) -> None:
    """Wait until no other transaction holds the same words, and hold them until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def alone_now(what: str) -> bool:
    """The same without waiting: False when another transaction holds these words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [what])
        return bool(cursor.fetchone()[0])
