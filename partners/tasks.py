"""Background work of partners: mails of invitations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from celery import shared_task

from partners.services.deliveries import deliver_invitations, lost_deliveries


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
