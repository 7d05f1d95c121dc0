"""Bases of protected tables, and the two journals that belong to no app."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from django.db import connection, connections, models

from hub.core.gate import current_actor
from hub.core.prepared import prepared

WRITE_ACCESS = """
INSERT INTO core_accesslog
  (id, department_id, at, user_id, organization_id, action, subject_kind, subject_id, detail)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""


class RowNotTouched(RuntimeError):
    """An UPDATE under row-level security touched no row: the actor cannot see it any more."""


class PersonalModel(models.Model):
    """A table that states something about a person: row-level security from its first migration.

    Keys are made in Python, since PostgreSQL refuses RETURNING on rows one may not read yet.
    """

    personal = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department_id = models.UUIDField(editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse a silent no-op: with `update_fields` Django itself raises when no row is touched."""
        if self._state.adding:
            kwargs.setdefault("force_insert", True)
        elif not kwargs.get("update_fields"):
            kwargs.setdefault("force_update", True)
        super().save(*args, **kwargs)

    def _do_insert(self, manager: Any, using: str, fields: Any, returning_fields: Any, raw: bool) -> list[Any]:
        """The INSERT of one row, compiled once per model: Django makes it anew for every row."""
        wrapper = connections[using]
        columns = self._meta.concrete_fields
        values = [column.get_db_prep_save(column.value_from_object(self), wrapper) for column in columns]
        with wrapper.cursor() as cursor:
            cursor.execute(_insert_of(type(self), using), values)
        return []


@cache
def _insert_of(model: type[models.Model], using: str) -> str:
    fields: list[Any] = list(model._meta.concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(
        field.get_placeholder(None, None, connections[using]) if hasattr(field, "get_placeholder") else "%s"
        for field in fields
    )
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})'


class TransitionLog(PersonalModel):
    """One line of an aggregate's journal: append-only, written by `Workflow` alone."""

    name = models.CharField(max_length=40)
    source = models.CharField(max_length=30)
    target = models.CharField(max_length=30)
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    organization_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "id"]


class AccessLog(PersonalModel):
    """Who looked at what: insert-only for the product, read by the keeper alone (CNIL délib. 2021-122)."""

    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    organization_id = models.UUIDField(null=True)
    action = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    detail = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.action


class IdempotencyKey(PersonalModel):
    """The answer already given to a POST that carried this key (kept 24 hours)."""

    user_id = models.UUIDField()
    organization_id = models.UUIDField()
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "organization_id", "key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return self.key


def record_access(action: str, *, subject: models.Model | None = None, detail: str = "") -> None:
    """Append to the access journal, in the actor's own transaction. `detail` never holds a name."""
    actor = current_actor()
    if actor is None:
        raise RuntimeError("record_access() outside the gate")
    kind, key = (subject._meta.model_name or "", subject.pk) if subject else ("", None)
    values = [uuid.uuid4(), actor.department_id, actor.now, actor.user_id, actor.organization_id, action, kind, key]
    with prepared(), connection.cursor() as cursor:  # written at every page: composing it would cost more than it does
        cursor.execute(WRITE_ACCESS, [*values, detail[:300]])
