"""The mails of answer links: the link, then the code. The code is drawn when its mail leaves: no queue holds it."""

from __future__ import annotations

import logging
import secrets
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from hub.core.actor import Actor
from referrals.models import AnswerLink
from referrals.services.answer_links import ANSWERABLE, BATCH, CODE_LASTS, code_hash, token_of

TO_MAIL = Q(mailed_at=None) | Q(code_asked_at__isnull=False, code_mailed_at=None, closed_at=None)
logger = logging.getLogger(__name__)


def links_to_mail(actor: Actor) -> list[UUID]:
    """Links whose mail or code has not left yet and whose referral still waits (system)."""
    found = AnswerLink.objects.filter(TO_MAIL, referral__state__in=ANSWERABLE)
    return list(found.order_by("made_at").values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def mail_link(actor: Actor, pk: UUID) -> bool:
    """Send what this link waits for; returns whether a mail left.

    The row is locked while the mail leaves: two workers never send twice. A mail server that refuses leaves it waiting.
    """
    link = AnswerLink.objects.select_for_update(of=("self",), skip_locked=True).filter(TO_MAIL, pk=pk).first()
    if link is None:
        return False
    try:
        _send_link(link, actor) if link.mailed_at is None else _send_code(link, actor)
    except (SMTPException, OSError):
        logger.warning("answer_link_not_mailed", exc_info=True)
        return False
    link.save()
    return True


def _send_link(link: AnswerLink, actor: Actor) -> None:
    address = settings.SITE_URL.rstrip("/") + reverse("answer_link", args=[token_of(link)])
    context = {"sender": link.referral.sender, "receiver": link.organization, "link": address}
    _mail(link, "Une orientation attend votre réponse", "referrals/mail/answer_link.txt", context)
    link.mailed_at = actor.now


def _send_code(link: AnswerLink, actor: Actor) -> None:
    code = f"{secrets.randbelow(1_000_000):06d}"
    context = {"code": f"{code[:3]} {code[3:]}", "minutes": CODE_LASTS.seconds // 60}
    _mail(link, "Votre code pour ouvrir une orientation", "referrals/mail/answer_code.txt", context)
    link.code_hash, link.code_mailed_at, link.code_until = code_hash(link, code), actor.now, actor.now + CODE_LASTS


def _mail(link: AnswerLink, subject: str, template: str, context: dict[str, object]) -> None:
    EmailMessage(subject=subject, body=render_to_string(template, context), to=[link.organization.email]).send()
