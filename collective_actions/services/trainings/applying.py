"""What a confirmed file of trainings does, from its analysed lines alone, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.text import slugify

from collective_actions.imports.lines import training_key
from collective_actions.models import Training, TrainingJournal, TrainingSession
from collective_actions.services.trainings.journal import (
    Changes,
    Places,
    change_session,
    change_training,
    note,
    tell_if_moved,
)
from collective_actions.services.trainings.matching import Known
from hub.core.actor import Actor
from partners.models import ImportJob, ImportRow, Organization
from partners.models.files import Verdict

BLOCK = 500
WRITES = (Verdict.CREATED, Verdict.CHANGED)


def apply_lines(actor: Actor, job: ImportJob) -> None:
    """Trainings, then their sessions; each change leaves a line in the history that names the file."""
    rows = ImportRow.objects.filter(job=job, verdict__in=WRITES).order_by("line", "id")
    for block in _blocks(rows):
        _Writer(actor, job, block).write()


def take_back_lines(actor: Actor, job: ImportJob) -> dict[str, int]:
    """What the file created goes (is cancelled when people are attached to it), what it changed is as before; what was
    changed since stays, and is counted."""
    counts = {"undone": 0, "left": 0}
    for entry in TrainingJournal.objects.filter(job_id=job.pk, session__isnull=False).select_related(
        "session__training"
    ):
        counts["undone" if _restore_session(actor, job, entry) else "left"] += 1
    for entry in TrainingJournal.objects.filter(job_id=job.pk, session=None).select_related("training"):
        _restore_training(actor, job, entry)
    return counts


class _Writer:
    """One block of lines."""

    def __init__(self, actor: Actor, job: ImportJob, rows: list[ImportRow]) -> None:
        self.actor, self.job, self.rows = actor, job, rows
        self.known = Known(job.department_id, [(row.data["training"], row.data["session"]) for row in rows])
        self.by = (job.confirmed_by_id, job.organization_id)
        sirets = {row.data["training"].get("body_siret") for row in rows} - {None, ""}
        present = Organization.objects.filter(presence__department=job.department_id)
        self.bodies = {one.siret: one for one in present.filter(siret__in=sirets)}

    def write(self) -> None:
        changed: list[tuple[TrainingSession, Changes, str]] = []
        for row in self.rows:
            training = self._training(row.data["training"])
            session = self.known.session(training, row.data["session"])
            name = "updated" if session else "imported"
            session = session or TrainingSession(department_id=self.job.department_id, training=training)
            said = dict(row.data["session"])
            if session.cancelled_at:
                said["cancelled_at"] = None  # it is offered again
            changes = change_session(self.actor, session, said)
            if name == "imported":
                session.updated_at = self.actor.now
                self.known.add(training, session)
            changed.append((session, changes, name))
        self._save(changed)

    def _save(self, changed: list[tuple[TrainingSession, Changes, str]]) -> None:
        places = Places(self.job.department_id, (session for session, _, _ in changed))
        notes = []
        for session, changes, name in changed:
            session.territory = places.territory(session)
            session.save()
            if name == "updated":
                tell_if_moved(self.actor, session, changes)
            notes.append(self._note(name, session.training, session, changes))
        TrainingJournal.objects.bulk_create(notes)

    def _training(self, said: dict[str, Any]) -> Training:
        training = self.known.training(said)
        new = training is None
        training = training or Training(
            department_id=self.job.department_id,
            source=slugify(self.job.organization.name)[:60],
            publisher_id=self.job.organization_id,
        )
        changes = change_training(training, said)
        body = self.bodies.get(training.body_siret)
        if body and training.organization_id != body.pk:
            training.organization = body
            changes["organization"] = [None, str(body.pk)]
        if changes:
            training.key = training_key({"body_siret": training.body_siret, **_named(training)})
            training.save()
            self._note("imported" if new else "updated", training, None, changes).save()
        if new:
            self.known.add(training)
        return training

    def _note(
        self, name: str, training: Training, session: TrainingSession | None, changes: Changes
    ) -> TrainingJournal:
        kept = {} if name == "imported" else changes
        return note(
            self.actor, name, training=training, session=session, changes=kept, job_id=self.job.pk, by=self.by
        )  # fmt: skip


def _named(training: Training) -> dict[str, str]:
    return {"body_name": training.body_name, "title": training.title}


def _restore_session(actor: Actor, job: ImportJob, entry: TrainingJournal) -> bool:
    session = entry.session
    assert session is not None  # as the caller asked
    if _touched_since(job, session_id=session.pk):
        return False
    if entry.name == "imported":
        try:
            with transaction.atomic():
                session.delete()
        except ProtectedError:
            _write_back(actor, job, session, {"cancelled_at": actor.now})
        return True
    _write_back(actor, job, session, {name: before for name, (before, _) in entry.changes.items()})
    return True


def _write_back(actor: Actor, job: ImportJob, session: TrainingSession, values: dict[str, Any]) -> None:
    changes = change_session(actor, session, values)
    session.territory = Places(job.department_id, [session]).territory(session)
    session.save()
    tell_if_moved(actor, session, changes)
    by = (job.undone_by_id, job.organization_id)
    note(actor, "restored", training=session.training, session=session, changes=changes, by=by).save()


def _restore_training(actor: Actor, job: ImportJob, entry: TrainingJournal) -> None:
    training = entry.training
    if _touched_since(job, training_id=training.pk, session_id=None):
        return
    if entry.name == "imported":
        if not training.sessions.exists():
            training.delete()
        return
    values = {name: before for name, (before, _) in entry.changes.items() if name != "organization"}
    changes = change_training(training, values)
    training.key = training_key({"body_siret": training.body_siret, **_named(training)})
    training.save()
    by = (job.undone_by_id, job.organization_id)
    note(actor, "restored", training=training, changes=changes, by=by).save()


def _touched_since(job: ImportJob, **of: UUID | None) -> bool:
    later = TrainingJournal.objects.filter(at__gt=job.applied_at).exclude(job_id=job.pk)
    return later.filter(**of).exists()


def _blocks(rows: QuerySet[ImportRow]) -> Iterator[list[ImportRow]]:
    source = rows.iterator(BLOCK)
    while block := list(islice(source, BLOCK)):
        yield block
