"""Taking back an applied import: within seven days, by the Département, with a reason that is kept.

Asked for by a person, done by a worker in one transaction: killed, it has changed nothing, and the sweep does it again.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.nudge import nudge
from partners.events import ImportUndone
from partners.importers import IMPORTERS
from partners.models import ImportJob
from partners.models.files import ImportState
from partners.services.columns import TASK
from partners.services.foresight import refresh_waiting
from partners.services.jobs import alone, locked, move

UNDO_DAYS = 7
MINIMUM_REASON = 10
ABANDONED = "Cet import n'a pas pu être annulé. Rien n'a changé ; l'équipe technique est prévenue."


@transaction.atomic
def undo_import(actor: Actor, *, job: ImportJob, reason: str) -> ImportJob:
    """Ask that everything this import did goes back, unless it changed since.

    Raises `Invalid` without a reason, `Conflict` when it is too late or a later import stands on this one.
    """
    require(actor, "import.undo", job)
    if len(reason.strip()) < MINIMUM_REASON:
        raise Invalid(fields={"reason": "Écrivez en quelques mots pourquoi cet import est annulé."})
    job = locked(job.pk)
    if job.state != ImportState.APPLIED:
        raise Conflict(f"Cet import est « {job.get_state_display()} ».", code="invalid_transition")
    if not may_still_undo(actor, job):
        raise Conflict(f"Un import s'annule dans les {UNDO_DAYS} jours : il est trop tard.", code="too_late")
    IMPORTERS[job.kind].check_undo(job)
    job.undone_by_id, job.undo_reason = actor.user_id, reason.strip()[:300]
    job.attempts, job.refusal, job.refusal_code = 0, "", ""
    move(actor, job, ImportState.UNDOING, "undone_by", "undo_reason", "attempts", "refusal", "refusal_code")
    nudge(TASK, str(actor.department_id), str(job.pk))
    return job


def take_back(actor: Actor, job: ImportJob) -> None:
    """Do what was asked for; whom the import had told is told once. Raises `Conflict`, with nothing changed."""
    alone(actor)
    job.counts = {**job.counts, **IMPORTERS[job.kind].undo(actor, job)}
    job.undone_at = actor.now
    move(actor, job, ImportState.UNDONE, "counts", "undone_at")
    refresh_waiting(actor, job.kind, besides=job)
    emit(ImportUndone(department_id=actor.department_id, by_id=job.undone_by_id, job_id=job.pk))


def keep_applied(actor: Actor, job: ImportJob, why: str, *, code: str) -> None:
    """It could not be taken back: it stays applied, and its page says why."""
    job.refusal, job.refusal_code = why, code
    move(actor, job, ImportState.APPLIED, "refusal", "refusal_code", "attempts", tell=False)


def may_still_undo(actor: Actor, job: ImportJob) -> bool:
    """Was it applied less than seven days ago?"""
    return job.applied_at is not None and actor.now < job.applied_at + timedelta(days=UNDO_DAYS)


def days_left_to_undo(actor: Actor, job: ImportJob) -> int:
    """Days begun that are left to take it back; 0 when it is too late."""
    if job.applied_at is None:
        return 0
    left = job.applied_at + timedelta(days=UNDO_DAYS) - actor.now
    return min(UNDO_DAYS, max(0, -(-left // timedelta(days=1))))  # never more, whichever clock is ahead
