"""The mails of invitations: the link is drawn when the mail leaves, so that no message queue ever holds it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from hub.core.crypto import token_hash
from partners.models import Invitation

BATCH = 50
# A mail that nobody took within this delay was lost on its way to the worker: the sweep takes it.
LOST_AFTER = timedelta(minutes=2)
logger = logging.getLogger(__name__)


def deliver_invitations(ids: Iterable[UUID | str], *, now: datetime) -> int:
    """Mail these invitations, unless already mailed or accepted; returns how many left.

    Each is locked while its mail leaves: two workers never send twice. A mail server that refuses leaves the
    invitation waiting, for the next sweep.
    """
    connection = get_connection()
    return sum(_deliver(pk, connection, now) for pk in ids)


def lost_deliveries(now: datetime) -> Iterator[list[UUID]]:
    """Invitations whose mail never left, in batches."""
    waiting = Invitation.objects.filter(mailed_at=None, accepted_at=None, expires_at__gt=now)
    ids = list(waiting.filter(sent_at__lt=now - LOST_AFTER).order_by("sent_at").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


@transaction.atomic
def _deliver(pk: UUID | str, connection: BaseEmailBackend, now: datetime) -> bool:
    invitation = (
        Invitation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("organization", "department")
        .filter(pk=pk, mailed_at=None, accepted_at=None, expires_at__gt=now)
        .first()
    )
    if invitation is None:
        return False
    token = secrets.token_urlsafe(32)
    try:
        _message(invitation, token, connection).send()
    except (SMTPException, OSError):
        logger.warning("invitation_not_mailed", exc_info=True)
        return False
    invitation.token_hash, invitation.mailed_at = token_hash(token), now
    invitation.save(update_fields=["token_hash", "mailed_at"])
    return True


def _message(invitation: Invitation, token: str, connection: BaseEmailBackend) -> EmailMessage:
    context = {
        "invitation": invitation,
        "link": settings.SITE_URL.rstrip("/") + reverse("accept_invitation", args=[token]),
    }
    return EmailMessage(
        subject="Votre invitation à rejoindre Pacte",
        body=render_to_string("partners/mail/invitation.txt", context),
        to=[invitation.email],
        connection=connection,
    )
