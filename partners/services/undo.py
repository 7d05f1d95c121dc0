"""Taking back an applied import: within seven days, by the Département, with a reason that is kept."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.topics import touch
from partners.events import ImportUndone
from partners.importers import IMPORTERS
from partners.models import ImportJob
from partners.models.files import ImportState

UNDO_DAYS = 7
MINIMUM_REASON = 10


@transaction.atomic
def undo_import(actor: Actor, *, job: ImportJob, reason: str) -> ImportJob:
    """Everything this import did goes back, unless it changed since; whom it told is told once.

    Raises `Invalid` without a reason, `Conflict` when it is too late or a later import stands on this one.
    """
    require(actor, "import.undo", job)
    if len(reason.strip()) < MINIMUM_REASON:
        raise Invalid(fields={"reason": "Écrivez en quelques mots pourquoi cet import est annulé."})
    job = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state != ImportState.APPLIED:
        raise Conflict(f"Cet import est « {job.get_state_display()} ».", code="invalid_transition")
    if not may_still_undo(actor, job):
        raise Conflict(f"Un import s'annule dans les {UNDO_DAYS} jours : il est trop tard.", code="too_late")
    taken_back = IMPORTERS[job.kind].undo(actor, job)
    job.counts = {**job.counts, **taken_back}
    job.state = ImportState.UNDONE
    job.state_at = job.undone_at = actor.now
    job.undone_by_id, job.undo_reason = actor.user_id, reason.strip()[:300]
    job.save(update_fields=["counts", "state", "state_at", "undone_at", "undone_by", "undo_reason"])
    touch(actor.department_id, "import", job.pk)
    emit(ImportUndone(department_id=actor.department_id, by_id=actor.user_id, job_id=job.pk))
    return job


def may_still_undo(actor: Actor, job: ImportJob) -> bool:
    """Was it applied less than seven days ago?"""
    return job.applied_at is not None and actor.now < job.applied_at + timedelta(days=UNDO_DAYS)
