"""One referral as its page shows it: the card, what may be done, its journal, its chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.slots import TimelineEntry
from partners.models import User
from referrals.disclosure import disclose
from referrals.gestures import Gesture, open_gestures
from referrals.models import (
    AssignmentKind,
    DeclineReason,
    Nature,
    PersonReason,
    Referral,
    ReferralLog,
    ReferralState,
    SupportAssignment,
)
from referrals.models.referrals import FINAL_STATES, ContestReason
from referrals.policies.referrals import is_receiver, is_sender
from referrals.selectors.answer_links import LinkFacts, link_facts
from referrals.selectors.deadlines import Deadline, deadline
from referrals.selectors.known import CLOSED, known_people
from referrals.selectors.referrals import (
    department_code,
    organizations_named,
    partner_of,
    seen_by,
    teams_of_readers,
    veiled,
)
from referrals.services.referrals import get_referral, is_correctable, is_held
from referrals.workflows import REFERRAL, REFERRAL_FACTS

ICONS = {
    "send": "send",
    "seen": "eye",
    "accept": "circle-check",
    "acknowledge": "circle-check",
    "decline": "circle-x",
    "contest": "message-circle-warning",
    "waitlist": "hourglass",
    "redirect": "signpost",
    "propose_redirect": "signpost",
    "complete": "flag",
    "start": "play",
    "resume": "play",
    "pause": "circle-pause",
    "appointment": "calendar",
    "take_back": "undo-2",
    "correct": "undo-2",
}
LONGEST_JOURNAL = 200


@dataclass(frozen=True, slots=True)
class ReferralRecord:
    """Everything the page of one referral shows; `facts` is empty once the file is closed to the actor."""

    referral: Referral
    person_name: str
    person_url_open: bool
    level: str
    facts: dict[str, Any]
    partner: str
    gestures: list[Gesture]
    deadline: Deadline | None
    seen: str
    next_step: str
    reason: str
    sender: bool
    receiver: bool
    held_seconds: int
    correctable: bool
    to_mark_seen: bool
    journal: list[TimelineEntry]
    chain: list[Referral]
    link: LinkFacts | None
    retry: bool


def referral_record(actor: Actor, pk: UUID) -> ReferralRecord:
    """The record of a visible referral; raises `NotVisible`."""
    referral = veiled(actor, get_referral(actor, pk))
    known = known_people(actor, [referral.beneficiary_id]).get(referral.beneficiary_id)
    receiver, sender = is_receiver(actor, referral), is_sender(actor, referral)
    private = sees_person_reasons(actor, referral)
    held = receiver and is_held(referral, actor.now)
    due = deadline(referral, today=actor.today, subdivision=department_code(actor))
    return ReferralRecord(
        referral=referral,
        person_name=known.name if known else CLOSED,
        person_url_open=known is not None,
        level=known.level if known else "",
        facts=disclose(known.person, known.level) if known else {},
        partner=partner_of(actor, referral),
        gestures=open_gestures(actor, referral),
        deadline=due,
        seen=seen_by(referral, teams_of_readers([referral])),
        next_step=next_step(actor, referral),
        reason=reason_label(referral.reason) if private or referral.reason not in PersonReason.values else "",
        sender=sender,
        receiver=receiver,
        held_seconds=round((referral.held_until - actor.now).total_seconds()) if held and referral.held_until else 0,
        correctable=receiver and is_correctable(actor, referral),
        to_mark_seen=receiver
        and referral.state == ReferralState.SENT
        and referral.seen_at is None
        and referral.sender_user_id != actor.user_id,
        journal=journal(actor, referral, private=private),
        chain=chain(actor, referral),
        link=link_facts(actor, referral),
        retry=known is not None and may_retry(actor, referral),
    )


RETRIED = (ReferralState.DECLINED, ReferralState.UNANSWERED, ReferralState.NOT_COMPLETED, ReferralState.CANCELLED)


def may_retry(actor: Actor, referral: Referral) -> bool:
    """A proposal of the actor's organisation that came to nothing may be followed by another, linked to it."""
    return (
        referral.nature == Nature.PROPOSAL
        and referral.state in RETRIED
        and referral.sent_at is not None
        and is_sender(actor, referral)
    )


def sees_person_reasons(actor: Actor, referral: Referral) -> bool:
    """Reasons of the person belong to the sender, to the receiver who wrote them, and to the single referent."""
    if is_sender(actor, referral) or is_receiver(actor, referral):
        return True
    return SupportAssignment.objects.filter(
        beneficiary_id=referral.beneficiary_id,
        organization_id=actor.organization_id,
        kind=AssignmentKind.SINGLE_REFERENT,
        ends_on=None,
    ).exists()


def journal(actor: Actor, referral: Referral, *, private: bool) -> list[TimelineEntry]:
    """What happened, latest first; an answer still in its twenty seconds is not there for the other side."""
    log = ReferralLog.objects.filter(referral=referral)
    if is_held(referral, actor.now) and not is_receiver(actor, referral) and (since := _held_since(referral)):
        log = log.filter(at__lt=since)
    rows = list(log.order_by("-at", "-id")[:LONGEST_JOURNAL])
    users = User.objects.in_bulk([row.user_id for row in rows if row.user_id])
    names = organizations_named(row.organization_id for row in rows if row.organization_id)
    return [_entry(row, users, names, private=private) for row in rows]


def _held_since(referral: Referral) -> datetime | None:
    """When the veiled answer was given; None if it was taken back since this referral was read."""
    return Referral.objects.values_list("answered_at", flat=True).get(pk=referral.pk)


def _entry(row: ReferralLog, users: dict[Any, User], names: dict[UUID, str], *, private: bool) -> TimelineEntry:
    secret = row.reason in PersonReason.values and not private
    parts = [] if secret else [reason_label(row.reason), row.note]
    user = users.get(row.user_id)
    return TimelineEntry(
        at=row.at,
        title=REFERRAL_FACTS.get(row.name) or REFERRAL.transitions[row.name].label,
        detail="\n".join(filter(None, parts)),
        by=" · ".join(filter(None, (str(user) if user else "", names.get(row.organization_id, "")))),  # type: ignore[arg-type]
        icon=ICONS.get(row.name, "circle"),
    )


def reason_label(code: str) -> str:
    """The French words of a reason of any of the lists."""
    for reasons in (DeclineReason, PersonReason, ContestReason):
        if code in reasons.values:
            return str(reasons(code).label)
    return ""


def chain(actor: Actor, referral: Referral) -> list[Referral]:
    """The referral this one follows, and those that follow it, as far as the actor sees them."""
    around = Q(previous_id=referral.pk)
    if referral.previous_id:
        around |= Q(pk=referral.previous_id)
    found = visible(actor, Referral).filter(around).select_related("receiver").order_by("created_at")
    return [veiled(actor, one) for one in found]


def next_step(actor: Actor, referral: Referral) -> str:
    """Who must act next, in one sentence."""
    sender, receiver = str(referral.sender), str(referral.receiver_team or referral.receiver)
    mine, theirs = is_receiver(actor, referral), is_sender(actor, referral)
    designation = referral.nature == Nature.DESIGNATION
    if referral.redirect_to_id and referral.state in (ReferralState.SENT, ReferralState.WAITLISTED):
        return "À vous de confirmer la réorientation." if theirs else f"{sender} doit confirmer la réorientation."
    if referral.state == ReferralState.SENT:
        what = "prendre en compte cette désignation" if designation else "répondre"
        return f"À vous de {what}." if mine else f"{receiver} doit {what}."
    if referral.state == ReferralState.CONTESTED:
        return "À vous de maintenir la désignation ou d'en décider une autre." if theirs else f"{sender} doit décider."
    if referral.state in FINAL_STATES:
        if referral.closed_loop_at or referral.state in (ReferralState.CANCELLED, ReferralState.ENTERED_IN_ERROR):
            return "Terminé : plus rien n'est attendu."
        told = "sera prévenu de votre réponse" if is_held(referral, actor.now) else "est prévenu du résultat"
        return "À vous de lire le résultat." if theirs else f"{sender} {told}."
    steps = {
        ReferralState.DRAFT: "À vous de compléter et d'envoyer.",
        ReferralState.ACCEPTED: "À vous de recevoir la personne." if mine else f"{receiver} reçoit la personne.",
        ReferralState.WAITLISTED: "À vous d'accepter dès qu'une place se libère."
        if mine
        else "En attente d'une place.",
        ReferralState.IN_PROGRESS: "À vous d'indiquer le résultat." if mine else f"{receiver} suit la personne.",
        ReferralState.PAUSED: "À vous de reprendre le suivi." if mine else f"{receiver} a suspendu le suivi.",
    }
    return steps[ReferralState(referral.state)]
