"""Answering without an account (domain §4): the link is signed, the code goes to the organisation's own box.

A link forwarded outside shows nothing personal: only whoever reads that box gets in, and says who he is.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from hub.core.access import get_visible, require
from hub.core.actor import Actor
from hub.core.crypto import keyed_hash
from hub.core.errors import Conflict, NotVisible, TooMany
from hub.core.models import record_access
from partners.actors import guest_of
from partners.models import Membership, Organization
from referrals.models import AnswerLink, LinkOpening, Nature, Referral, ReferralState
from referrals.policies.referrals import ANSWERING
from referrals.services.referrals import (
    accept_referral,
    acknowledge_referral,
    contest_referral,
    decline_referral,
    get_referral,
    mark_seen,
    take_back_answer,
)

SALT = "referrals.answer_link"
CODE_LASTS = timedelta(minutes=30)
ASK_AGAIN_AFTER = timedelta(minutes=1)
MOST_CODES, MOST_WRONG = 10, 5
BATCH = 100
# Two gestures by nature: nothing else is possible without an account.
GESTURES: dict[Nature, dict[str, Callable[..., Referral]]] = {
    Nature.PROPOSAL: {"accept": accept_referral, "decline": decline_referral},
    Nature.DESIGNATION: {"acknowledge": acknowledge_referral, "contest": contest_referral},
}
ANSWERABLE = (ReferralState.SENT,)
CLOSED = "Ce lien est fermé après cinq codes faux. Le service qui vous a écrit peut vous en envoyer un autre."


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a signed link says: enough to open the gate before anything is read."""

    department_id: UUID
    organization_id: UUID
    referral_id: UUID


def token_of(link: AnswerLink) -> str:
    """The signed text of a link; it lives as long as its referral waits, whatever the reminders."""
    ids = (link.department_id, link.organization_id, link.referral_id)
    return signing.dumps([one.hex for one in ids], salt=SALT)


def read_token(token: str) -> Bearer:
    """What the text says; raises `NotVisible` for any text the product did not sign."""
    try:
        return Bearer(*(UUID(one) for one in signing.loads(token, salt=SALT)))
    except (signing.BadSignature, TypeError, ValueError):
        raise NotVisible from None


def guest(bearer: Bearer, *, now: datetime) -> Actor:
    """The actor behind a link; raises `NotVisible` when the organisation left the Département or was closed."""
    found = Organization.objects.filter(
        pk=bearer.organization_id, active=True, departments=bearer.department_id
    ).first()
    if found is None:
        raise NotVisible
    return guest_of(found, bearer.department_id, now)


def get_link(actor: Actor, referral_id: UUID) -> AnswerLink:
    """The link of a referral this actor sees; raises `NotVisible`."""
    referral = get_visible(actor, Referral, referral_id)
    link = AnswerLink.objects.select_related("organization").filter(referral=referral).first()
    if link is None:
        raise NotVisible
    return link


def answering_members(department_id: UUID) -> QuerySet[Membership]:
    """Members who may answer a referral in this Département."""
    return Membership.objects.filter(
        department=department_id, active=True, user__is_active=True, functions__overlap=list(ANSWERING)
    )


def referrals_to_mail(actor: Actor) -> list[Referral]:
    """Referrals that wait without link, for boxes that want them or organisations where nobody can answer (system)."""
    able = answering_members(actor.department_id).filter(organization=OuterRef("receiver"))
    waiting = Referral.objects.filter(
        Q(receiver__answers_by_mail=True) | ~Exists(able), state__in=ANSWERABLE, answer_link=None
    )
    return list(waiting.exclude(receiver__email="").select_related("receiver").order_by("sent_at")[:BATCH])


@transaction.atomic
def offer_link(actor: Actor, *, referral: Referral) -> AnswerLink:
    """Make the link of a referral; its mail leaves by itself. Only the product makes links."""
    require(actor, "referral.offer_link", referral)
    return AnswerLink.objects.create(
        department_id=actor.department_id,
        referral=referral,
        organization_id=referral.receiver_id,
        made_at=actor.now,
    )


@transaction.atomic
def renew_link(actor: Actor, *, link: AnswerLink) -> None:
    """The sender has the mail sent again: wrong codes are forgotten, a code given before opens nothing more.

    Raises `Conflict` when nothing is to be answered, `TooMany` within a minute of the last mail.
    """
    require(actor, "referral.send", link.referral)
    link = AnswerLink.objects.select_for_update(of=("self",)).select_related("referral").get(pk=link.pk)
    if link.referral.state not in ANSWERABLE:
        raise Conflict("Cette orientation n'attend plus de réponse.", code="not_waiting")
    _not_too_soon(link.mailed_at or link.made_at, actor.now)
    link.mailed_at = link.closed_at = link.code_asked_at = link.code_mailed_at = link.code_until = None
    link.code_hash, link.codes_asked, link.wrong_codes, link.made_at = "", 0, 0, actor.now
    link.save()


@transaction.atomic
def ask_code(actor: Actor, *, link: AnswerLink) -> None:
    """Have a code of 30 minutes sent to the organisation's box; the former one opens nothing more.

    Raises `Conflict` for a closed link, `TooMany` within a minute or after ten codes.
    """
    require(actor, "referral.answer", link.referral)
    link = AnswerLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if link.closed_at:
        raise Conflict(CLOSED, code="link_closed")
    if link.codes_asked >= MOST_CODES:
        raise TooMany("Trop de codes ont été demandés. Demandez au service émetteur de vous renvoyer le lien.")
    _not_too_soon(link.code_asked_at, actor.now)
    link.code_asked_at, link.code_mailed_at, link.code_hash, link.code_until = actor.now, None, "", None
    link.codes_asked += 1
    link.save()


@transaction.atomic
def enter_code(actor: Actor, *, link: AnswerLink, code: str, name: str, function: str) -> LinkOpening | str:
    """Open the card for 30 minutes, or say what is wrong with the code.

    A wrong code must be counted, so it is an answer and not an error, which would undo the counting.
    """
    require(actor, "referral.answer", link.referral)
    link = AnswerLink.objects.select_for_update(of=("self",)).select_related("referral").get(pk=link.pk)
    if problem := _wrong(link, code, actor.now):
        link.save()
        return problem
    link.code_hash, link.code_until, link.wrong_codes = "", None, 0  # a code opens once
    link.save()
    record_access("answer_link_opened", subject=link.referral)
    mark_seen(actor, referral=link.referral)
    return LinkOpening.objects.create(
        department_id=actor.department_id,
        link=link,
        name=name.strip(),
        function=function.strip(),
        opened_at=actor.now,
        until=actor.now + CODE_LASTS,
    )


@transaction.atomic
def answer_by_link(actor: Actor, *, opening: LinkOpening, name: str, **given: Any) -> Referral:
    """One of the two gestures, kept with who made it. Raises `NotVisible` for another, `Conflict` as the gesture."""
    referral = get_referral(actor, opening.link.referral_id)
    gesture = GESTURES[Nature(referral.nature)].get(name)
    if gesture is None:
        raise NotVisible
    done = gesture(actor, referral=referral, **given)
    opening.answer, opening.answered_at = name, actor.now
    opening.save(update_fields=["answer", "answered_at"])
    return done


@transaction.atomic
def take_back_by_link(actor: Actor, *, opening: LinkOpening) -> Referral:
    """Undo the answer one has just given by this link; raises `Conflict` when it is too late or another's."""
    if not opening.answer:
        raise Conflict("Cette réponse n'a pas été donnée par ce lien.", code="not_yours")
    done = take_back_answer(actor, referral=get_referral(actor, opening.link.referral_id))
    opening.answer, opening.answered_at = "", None
    opening.save(update_fields=["answer", "answered_at"])
    return done


def code_hash(link: AnswerLink, code: str) -> str:
    """What is kept of a code: useless without the product's key."""
    return keyed_hash(f"{link.pk}:{code}")


def _wrong(link: AnswerLink, code: str, now: datetime) -> str:
    """Why this code does not open (counted), or nothing."""
    if link.closed_at:
        return CLOSED
    if not link.code_hash or link.code_until is None or link.code_until <= now:
        return "Ce code a expiré ou a déjà servi : demandez-en un autre."
    if hmac.compare_digest(link.code_hash, code_hash(link, "".join(code.split()))):
        return ""
    link.wrong_codes += 1
    if link.wrong_codes < MOST_WRONG:
        left = MOST_WRONG - link.wrong_codes
        return f"Ce code n'est pas le bon : encore {left} essai{'s' if left > 1 else ''}."
    link.closed_at, link.code_hash, link.code_until = now, "", None
    return CLOSED


def _not_too_soon(last: datetime | None, now: datetime) -> None:
    if last and now < last + ASK_AGAIN_AFTER:
        raise TooMany("Un courriel vient de partir : attendez une minute avant d'en demander un autre.")
