"""Databases of tests: made from one that is migrated once, and put back after a test that really commits."""

from __future__ import annotations

import hashlib
import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections
from psycopg import Cursor, errors

from hub.migrating import light_migrations
from tests.cast import Cast, build_cast

# All that migrations read (`test_layers` sees to it), and the names of models, which Django keeps in tables of its own.
SOURCES = ("*/migrations/*.py", "hub/core/**/*.py", "*/models*", "*/models/*.py", "hub/migrating.py", "hub/settings.py")
PREFIX = "test_migrated_"
LATER = "xmin::text::bigint >= %(since)s"
LOCK = 5799  # taken by who makes, copies or forgets a migrated database


def make_database(name: str) -> None:
    """A new database of this name, as migrations leave one."""
    with _alone() as cursor:
        source = _migrated(cursor)
        at_last(lambda: cursor.execute(f'DROP DATABASE IF EXISTS "{name}"'))
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def drop_database(name: str) -> None:
    """Sessions of a server just stopped end a little after it; their role may not be forced out."""
    with connections["owner"]._nodb_cursor() as cursor:
        at_last(lambda: cursor.execute(f'DROP DATABASE IF EXISTS "{name}"'))


def point_at(name: str) -> None:
    """Have both roles of this process work on the database of this name."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def at_last(work: Callable[[], Any]) -> None:
    """Do it, when others no longer use what it needs alone."""
    for attempt in range(50):
        try:
            work()
            return
        except (OperationalError, errors.OperationalError, errors.IntegrityError):
            if attempt == 49:
                raise
            time.sleep(0.2)


@contextmanager
def _alone() -> Iterator[Any]:
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield cursor


def _migrated(cursor: Any) -> str:
    """The database that migrations made, kept for as long as they stay what they are."""
    wanted, draft = PREFIX + _digest(), PREFIX + "draft"
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    found = {name for (name,) in cursor.fetchall()}
    for name in found - {wanted}:
        cursor.execute(f'DROP DATABASE "{name}"')
    if wanted not in found:
        cursor.execute(f'CREATE DATABASE "{draft}"')
        before = connections["owner"].settings_dict["NAME"]
        point_at(draft)
        with light_migrations():
            call_command("migrate", database="owner", verbosity=0, interactive=False)
        point_at(before)
        cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{wanted}"')
    return wanted


def _digest() -> str:
    """Of what migrations read, and of the versions of libraries, some of which bring their own."""
    root = Path(settings.BASE_DIR)
    files = {path for pattern in SOURCES for path in root.glob(pattern) if path.suffix == ".py"}
    read = hashlib.blake2b(digest_size=8)
    for path in [root / "requirements.txt", *sorted(files)]:
        read.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return read.hexdigest()


class Standing:
    """What stands committed in the database of this process: the rows of migrations, and the cast.

    Each test is given a copy of the cast; what it writes is rolled back, or put right here if it was committed.
    Emptying every table and making the cast again would cost more than most tests.
    """

    def __init__(self) -> None:
        """Write the cast, and remember every row."""
        self._pickled = pickle.dumps(build_cast())
        connections["default"].close()
        owner = connections["owner"].copy()
        owner.ensure_connection()
        self._since = 2**32  # no row is later yet
        self._session = owner.connection  # of its own, kept from test to test
        tables = [f'"{name}"' for name in owner.introspection.table_names()]
        self._lock = f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE"
        self._count = " UNION ALL ".join(
            f"SELECT '{table}', count(*) FILTER (WHERE {LATER}), count(*) FILTER (WHERE NOT {LATER}) FROM {table}"
            for table in tables
        )
        with self._alone() as cursor:
            found = self._counted(cursor)
            self._kept = {table: (first, _copied(cursor, table) if first else b"") for table, _, first in found}

    def copy(self) -> Cast:
        """The cast."""
        return pickle.loads(self._pickled)

    def restore(self) -> None:
        """Undo what was committed since. A page still being answered may be in the way for an instant."""
        at_last(self._restore)

    def _restore(self) -> None:
        with self._alone() as cursor:
            for table, later, first in self._counted(cursor):
                kept, rows = self._kept[table]
                if first != kept:
                    cursor.execute(f"DELETE FROM {table}")
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        copy.write(rows)
                elif later:
                    cursor.execute(f"DELETE FROM {table} WHERE {LATER}", {"since": self._since})

    @contextmanager
    def _alone(self) -> Iterator[Cursor]:
        """A transaction that nobody writes beside; whatever is written after it bears a later number than its own."""
        with self._session.transaction(), Cursor(self._session) as cursor:
            cursor.execute(self._lock)
            yield cursor
            cursor.execute("SELECT pg_current_xact_id()::text::bigint + 1")
            since = cursor.fetchone()[0]
        self._since = since

    def _counted(self, cursor: Cursor) -> list[tuple[str, int, int]]:
        """(table, rows written or changed since, rows as they stood)."""
        return cursor.execute(self._count, {"since": self._since}).fetchall()

    def close(self) -> None:
        """Let go of the database."""
        self._session.close()


def _copied(cursor: Cursor, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(bytes(block) for block in copy)
