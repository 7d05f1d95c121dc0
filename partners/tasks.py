"""Background work of partners: mails of invitations, files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from celery import shared_task

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import Department
from partners.services import imports
from partners.services.deliveries import deliver_invitations, lost_deliveries
from partners.services.directory import freshness, searches
from partners.services.foresight import foresee_again
from partners.services.leftovers import sweep_leftovers


@shared_task
def mail_invitations(ids: list[str]) -> None:
    """Send the mails of these invitations."""
    deliver_invitations(ids, now=datetime.now(UTC))


@shared_task
def sweep_invitations() -> None:
    """Send what a lost nudge or a mail server's refusal left behind; every few minutes."""
    for ids in lost_deliveries(datetime.now(UTC)):
        schedule_delivery(ids)


def schedule_delivery(ids: Sequence[UUID]) -> None:
    """Nudge a worker. When Redis is away the sweep will find the invitations: nothing is lost."""
    mail_invitations.apply_async(args=[[str(pk) for pk in ids]], retry=False)


@shared_task
def process_import(department_id: str, job_id: str) -> None:
    """Run the step this import waits for."""
    imports.process_import(UUID(department_id), UUID(job_id))


@shared_task
def foresee_import(department_id: str, job_id: str) -> None:
    """Say anew what applying a waiting file would do."""
    foresee_again(UUID(department_id), UUID(job_id))


@shared_task
def sweep_imports() -> None:
    """Run what a lost nudge or a killed worker left behind; every few seconds."""
    for department_id in Department.objects.values_list("pk", flat=True):
        with tenant(Actor.system(department_id)) as actor:
            waiting = imports.pending_imports(actor)
        for job_id in waiting:
            imports.process_import(department_id, job_id)


@shared_task
def remind_owners() -> None:
    """Ask about services not verified for too long, once by delay; every hour."""
    for department_id in Department.objects.values_list("pk", flat=True):
        with tenant(Actor.system(department_id)) as actor:
            freshness.remind_owners(actor)


@shared_task
def tell_saved_searches() -> None:
    """Tell who keeps a search what was published since; every hour."""
    for department_id in Department.objects.values_list("pk", flat=True):
        with tenant(Actor.system(department_id)) as actor:
            searches.tell_saved_searches(actor)


@shared_task
def sweep_files() -> None:
    """Destroy the bytes a killed worker left behind; every hour."""
    sweep_leftovers(datetime.now(UTC))
