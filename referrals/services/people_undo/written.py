"""What a file of people wrote, as the histories of the tables tell it: which rows, and what each was before.

Nothing is copied when a file is applied: the triggers already keep every version, so that two numbers and an instant
by table are enough to find them again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model

from hub.core.actor import Actor
from hub.core.errors import Conflict
from partners.models import ImportJob
from referrals.models import AccessGrant, Beneficiary, ImportChange, SupportAssignment, TrackDecision

HISTORY = "history"
# In the order they are put back: whatever refers to another comes after it.
TRACKED: dict[str, type[Model]] = {
    "beneficiary": Beneficiary,
    "decision": TrackDecision,
    "assignment": SupportAssignment,
    "grant": AccessGrant,
}
PATHWAY = ("decision", "assignment", "grant")  # of one person: goes back together or stays together
NO_HISTORY = "Cet import a été appliqué avant que l'annulation ne soit possible : corrigez les fiches."
TABLE = """
CREATE TEMP TABLE written (
  kind text, id uuid, person uuid, created boolean, version int, former int, since boolean, PRIMARY KEY (kind, id)
) ON COMMIT DROP
"""
# `since`: the row is not what the file wrote any more; `former`: its version before the file.
WRITTEN = """
INSERT INTO written
SELECT %(kind)s, w.id, w.person, w.created, w.version,
       (SELECT max(f.pgh_id) FROM {table}event f WHERE f.pgh_obj_id = w.id AND f.pgh_id < w.begun),
       ({present}) IS DISTINCT FROM ({versioned})
  FROM (SELECT pgh_obj_id AS id, {person} AS person, bool_or(pgh_label = 'insert') AS created,
               max(pgh_id) AS version, min(pgh_id) AS begun
          FROM {table}event WHERE pgh_id > %(since)s AND pgh_id <= %(upto)s AND pgh_created_at = %(at)s
         GROUP BY 1, 2) w
  JOIN {table}event v ON v.pgh_id = w.version LEFT JOIN {table} t ON t.id = w.id
"""


def heads() -> dict[str, int]:
    """The latest version of each table a file of people may write, before it does."""
    with connection.cursor() as cursor:
        return {kind: _head(cursor, model) for kind, model in TRACKED.items()}


def keep_written(actor: Actor, job: ImportJob, since: dict[str, int]) -> None:
    """Remember which versions this transaction wrote; `since` are the heads before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT transaction_timestamp()")  # as the triggers stamp their versions
        at: datetime = cursor.fetchone()[0]
    versions = {kind: [since[kind], upto] for kind, upto in heads().items()}
    ImportChange.objects.create(
        department_id=actor.department_id,
        job=job,
        subject_kind=HISTORY,
        subject_id=job.pk,
        before={"at": at.isoformat(), **versions},
    )


def refuse_without_history(job: ImportJob) -> None:
    """Raises `Conflict` for a file applied before its versions were remembered."""
    if not ImportChange.objects.filter(job=job, subject_kind=HISTORY).exists():
        raise Conflict(NO_HISTORY, code="not_undoable")


def list_written(job: ImportJob) -> None:
    """Fill the temporary table `written` with the rows this file created or changed."""
    kept = ImportChange.objects.get(job=job, subject_kind=HISTORY).before
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS written")
        cursor.execute(TABLE)
        for kind, model in TRACKED.items():
            since, upto = kept[kind]
            person = "pgh_obj_id" if model is Beneficiary else "beneficiary_id"
            versioned = {alias: listed(model, f"{alias}.{{0}}") for alias in "tv"}
            statement = WRITTEN.format(
                table=model._meta.db_table, person=person, present=versioned["t"], versioned=versioned["v"]
            )
            cursor.execute(statement, {"kind": kind, "since": since, "upto": upto, "at": kept["at"]})
        cursor.execute("ANALYZE written")


def columns(model: type[Model]) -> list[str]:
    """The columns of a tracked table that may go back."""
    kept = ("id", "department_id", "created_at")
    return [column for f in model._meta.concrete_fields if (column := f.column) and column not in kept]


def listed(model: type[Model], pattern: str) -> str:
    """SQL: the columns of a tracked table, each as `pattern` writes it."""
    return ", ".join(pattern.format(column) for column in columns(model))


def _head(cursor: Any, model: type[Model]) -> int:
    cursor.execute(f"SELECT coalesce(max(pgh_id), 0) FROM {model._meta.db_table}event")
    head: int = cursor.fetchone()[0]
    return head
