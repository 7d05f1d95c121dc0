"""The product refuses to run as a role that row-level security does not hold back (T9)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# Superuser, above the policies, able to make itself so, or member of the role that owns the database or a table.
POWERS = """
SELECT rolsuper, rolbypassrls, rolcreaterole, EXISTS (
    SELECT 1 FROM pg_database WHERE datname = current_database() AND pg_has_role(session_user, datdba, 'MEMBER')
), EXISTS (
    SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(session_user, c.relowner, 'MEMBER')
) FROM pg_roles WHERE rolname = session_user
"""
NAMES = ("superuser", "BYPASSRLS", "CREATEROLE", "owner of the database", "owner of tables")
_checked: set[str] = set()


def powers(connection: BaseDatabaseWrapper) -> list[str]:
    """What the role of this connection can do that the product must not be able to do."""
    with connection.cursor() as cursor:
        cursor.execute(POWERS)
        held = cursor.fetchone()
    return [name for name, has in zip(NAMES, held, strict=True) if has]


def refuse_powerful_role(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receiver of `connection_created`: raises `ImproperlyConfigured`; looks once per process."""
    if connection.alias != "default" or connection.alias in _checked:
        return
    if found := powers(connection):
        raise ImproperlyConfigured(f"DATABASE_URL must be a plain role, not: {', '.join(found)}")
    _checked.add(connection.alias)


def install() -> None:
    """Called when the application is ready: whatever the process, its first connection is looked at."""
    connection_created.connect(refuse_powerful_role, dispatch_uid="refuse_powerful_role")


def boot() -> None:
    """Called by servers before they listen: a wrong role stops them at once.

    A database that does not answer yet does not: `/health/` says so, and the first connection is looked at later.
    """
    try:
        connections["default"].ensure_connection()
    except OperationalError:
        return
    finally:
        connections["default"].close()
