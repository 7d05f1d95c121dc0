"""The row of a job: locked, moved from one state to the next; one step of one Département at a time."""

from __future__ import annotations

from uuid import UUID

from hub.core.actor import Actor
from hub.core.alone import alone_now
from hub.core.events import emit
from hub.core.topics import touch
from partners.events import ImportFinished
from partners.models import ImportJob
from partners.models.files import ImportState

TOLD = (ImportState.ANALYSED, ImportState.APPLIED, ImportState.REFUSED)


def locked(job_id: UUID) -> ImportJob:
    """The job as it is now, until the end of the transaction."""
    return ImportJob.objects.select_for_update(of=("self",)).get(pk=job_id)


class Busy(Exception):
    """Another file of the Département is being applied or taken back: this one's turn comes with the next sweep."""


def alone(actor: Actor) -> None:
    """One file of a Département at a time is applied or taken back: each relies on what the one before left.

    Raises `Busy` rather than wait: what is done later must bear a later instant, and a worker is freed meanwhile.
    """
    if not alone_now(f"imports:{actor.department_id}"):
        raise Busy


def wait_again(actor: Actor, job: ImportJob) -> None:
    """It was not this job's turn: the attempt does not count."""
    job.attempts -= 1
    job.save(update_fields=["attempts"])


def move(actor: Actor, job: ImportJob, state: str, *fields: str, tell: bool = True) -> None:
    """Write a step of the job; open pages look again, whoever brought the file is told of what matters to him."""
    changed = job.state != state
    job.state, job.state_at = state, actor.now
    job.save(update_fields=["state", "state_at", *fields])
    touch(actor.department_id, "import", job.pk)
    if changed and tell and state in TOLD:
        emit(ImportFinished(department_id=actor.department_id, by_id=actor.user_id, job_id=job.pk, state=state))
