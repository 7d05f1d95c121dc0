"""The role the product runs as: neither owner, nor superuser, nor above row-level security (T9)."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_role_attributes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_user, current_user, current_database(), rolsuper, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        )
        session_user, current_user, database, superuser, bypass = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'hub_app'")
        owned = cursor.fetchone()[0]
    assert (session_user, current_user) == ("hub_app", "hub_app")
    assert database.startswith("test_")
    assert not superuser
    assert not bypass
    assert owned == 0
