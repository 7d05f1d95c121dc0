"""One at a time for what no row stands for yet: a file being brought, a referral being sent."""

from __future__ import annotations

from django.db import connection


def alone(what: str) -> None:
    """Wait until no other transaction holds the same words, and hold them until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
