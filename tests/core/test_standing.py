"""What a test has committed is undone, whatever it did: the next one finds the cast as it was."""

from __future__ import annotations

import pytest
from django.db import connections

from hub.core.gate import tenant
from partners.models import Commune, Membership, User
from tests.cast import Cast, actor
from tests.people import person
from tests.standing import Standing

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_rows_added_changed_and_removed_are_put_right(cast: Cast, standing: Standing):
    before = written()
    for _ in range(2):  # what was put back stands like what was never touched
        person(cast)
        with tenant(actor(cast.admin)):
            Membership.objects.filter(pk=cast.charity.pk).update(functions=["counselling"])
        User.objects.filter(pk=cast.charity.user_id).update(last_name="AUTRE")
        with connections["owner"].cursor() as cursor:
            cursor.execute("DELETE FROM partners_commune WHERE name LIKE 'A%'")
        assert Commune.objects.count() < 733 and written() != before
        standing.restore()
        assert written() == before


def written() -> dict[str, list[tuple]]:
    """Every row, as the owner reads it."""
    with connections["owner"].cursor() as cursor:
        tables = connections["owner"].introspection.table_names()
        return {table: rows(cursor, table) for table in tables}


def rows(cursor, table: str) -> list[tuple]:
    cursor.execute(f'SELECT "{table}"::text FROM "{table}" ORDER BY 1')
    return cursor.fetchall()
