"""Thousands of new rows at once: COPY into a temporary table, then one INSERT … SELECT under row-level security.

COPY straight into a protected table is refused by PostgreSQL, and an INSERT of thousands of parameters costs several
times as much. Nor are keys of thousands of rows each drawn at random: it costs more than the rows (`row_key`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.db import connection
from django.db.models import Model

_TAIL = 12
# Sizes are enough: a full sample costs more. Joins of a whole file stay in memory, and on one processor: the others
# serve pages.
BULK_SETTINGS = """
SET LOCAL default_statistics_target = 10; SET LOCAL work_mem = '64MB'; SET LOCAL max_parallel_workers_per_gather = 0
"""


_ONE_BY_ONE = ("enable_nestloop", "enable_mergejoin", "enable_indexscan")


@contextmanager
def whole_tables() -> Iterator[None]:
    """Statements of this block join whole tables: read through and hashed, rows are not looked up one by one.

    The planner would choose the second: it takes the policy of each row for a query it must run, when one look at the
    role settles it for all.
    """
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {way} = off" for way in _ONE_BY_ONE))
        yield
        cursor.execute("; ".join(f"SET LOCAL {way} = on" for way in _ONE_BY_ONE))


def bulk_insert(rows: Iterable[Model]) -> int:
    """Insert new objects of one model; returns how many. Raises IntegrityError as any INSERT, and inserts nothing."""
    objects = list(rows)
    if not objects:
        return 0
    meta = objects[0]._meta
    fields = meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE incoming (LIKE {meta.db_table}) ON COMMIT DROP")
        with cursor.copy(f"COPY incoming ({columns}) FROM STDIN") as copy:
            for row in objects:
                copy.write_row([field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields])
        cursor.execute(f"INSERT INTO {meta.db_table} ({columns}) SELECT {columns} FROM incoming")
        cursor.execute("DROP TABLE incoming")
    return len(objects)


def row_keys() -> str:
    """The random beginning that the keys of one statement share; the parameter `keys` of `row_key`."""
    return str(uuid4())[:-_TAIL]


def row_key(number: str) -> str:
    """SQL of a UUID for each row of an INSERT … SELECT, `number` a positive integer: neighbours in the index too."""
    return f"(%(keys)s || lpad(to_hex({number}), {_TAIL}, '0'))::uuid"
