"""Referrals as screens show them: the inbox by pages, one record with its journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.identifiers import spoken_phone
from hub.core.pages import Page, paginate
from partners.models import Department, Membership, Organization
from referrals.models import Referral, ReferralState
from referrals.models.referrals import FINAL_STATES, OPEN_STATES
from referrals.policies.referrals import is_receiver
from referrals.selectors.deadlines import Deadline, deadline
from referrals.selectors.known import known_people, name_in
from referrals.services.referrals import is_held

RECEIVED, SENT, LATE, DRAFTS = "received", "sent", "late", "drafts"
BOXES = {RECEIVED: "Reçues", SENT: "Envoyées", LATE: "En retard", DRAFTS: "Brouillons"}
ORDERS = {
    RECEIVED: ("-sent_at", "id"),
    SENT: ("-sent_at", "id"),
    LATE: ("late_on", "id"),
    DRAFTS: ("-created_at", "id"),
}
JOINED = ("sender", "sender_team", "receiver", "receiver_team", "service", "seen_by")
PAGE_SIZE = 25
UNTOLD = ("reason", "met_how", "answer_note", "outcome")


@dataclass(frozen=True, slots=True)
class Line:
    """One referral of a list; `person_name` obeys the level, `partner` is the organisation on the other side."""

    referral: Referral
    person_name: str
    partner: str
    service: str
    deadline: Deadline | None
    seen: str
    mine_to_answer: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of one box, the exact count of what the filters keep, and the counts of the four boxes."""

    box: str
    page: Page[Referral]
    lines: list[Line]
    total: int
    counts: dict[str, int]


def inbox(actor: Actor, *, box: str = RECEIVED, state: str = "", after: str = "") -> Inbox:
    """Six queries at most, whatever the number of rows."""
    mine = own_referrals(actor)
    conditions = {name: _in_box(actor, name) for name in BOXES}
    kept = conditions[box] & _in_state(box, state)
    counts = mine.aggregate(
        kept=Count("pk", filter=kept),
        **{name: Count("pk", filter=condition & _in_state(name, "")) for name, condition in conditions.items()},
    )
    page = paginate(mine.filter(kept).select_related(*JOINED), order=ORDERS[box], after=after, size=PAGE_SIZE)
    return Inbox(box, page, lines(actor, page.rows), counts.pop("kept"), counts)


def own_referrals(actor: Actor) -> QuerySet[Referral]:
    """What the actor's organisation sent or received, as far as he sees it."""
    own = Q(sender_id=actor.organization_id) | Q(receiver_id=actor.organization_id)
    return visible(actor, Referral).filter(own)


def to_answer(actor: Actor) -> QuerySet[Referral]:
    """What waits for the answer of the actor's organisation or team."""
    return _of_my_team(actor, own_referrals(actor)).filter(receiver_id=actor.organization_id, state=ReferralState.SENT)


def late_for_me(actor: Actor) -> QuerySet[Referral]:
    """What is late, on either side."""
    return own_referrals(actor).filter(_in_box(actor, LATE))


def outcomes_to_read(actor: Actor) -> QuerySet[Referral]:
    """What ended, told to us and not yet read: only the sender closes the loop."""
    ended = (ReferralState.COMPLETED, ReferralState.NOT_COMPLETED, ReferralState.DECLINED, ReferralState.UNANSWERED)
    untold = Q(held_until__gt=actor.now, told_at=None)
    return own_referrals(actor).filter(~untold, sender_id=actor.organization_id, state__in=ended, closed_loop_at=None)


def lines(actor: Actor, referrals: Iterable[Referral]) -> list[Line]:
    """Rows ready to be shown: four queries at most for the whole page."""
    rows = [veiled(actor, referral) for referral in referrals]
    if not rows:
        return []
    known = known_people(actor, [row.beneficiary_id for row in rows])
    teams = teams_of_readers(rows)
    code = department_code(actor)
    return [
        Line(
            referral=row,
            person_name=name_in(known, row.beneficiary_id),
            partner=partner_of(actor, row),
            service=str(row.service or ""),
            deadline=deadline(row, today=actor.today, subdivision=code),
            seen=seen_by(row, teams),
            mine_to_answer=row.state == ReferralState.SENT and is_receiver(actor, row),
        )
        for row in rows
    ]


def veiled(actor: Actor, referral: Referral) -> Referral:
    """The referral as the actor may know it: an answer in its twenty seconds is known to its author's side alone.

    Changes the object in memory; it must not be saved.
    """
    if is_held(referral, actor.now) and not is_receiver(actor, referral):
        referral.state = referral.state_before_answer
        referral.state_before_answer = ""
        referral.answered_at = referral.answered_by = referral.final_at = None
        for name in UNTOLD:
            setattr(referral, name, "")
    return referral


def partner_of(actor: Actor, referral: Referral) -> str:
    """The other side: the organisation, or the other team of one's own."""
    sent = referral.sender_id == actor.organization_id
    if referral.sender_id == referral.receiver_id:
        inward = is_receiver(actor, referral) and not (sent and referral.sender_team_id == actor.team_id)
        team = referral.sender_team if inward else referral.receiver_team
        return str(team or referral.receiver)
    other, team = (referral.receiver, referral.receiver_team) if sent else (referral.sender, referral.sender_team)
    return f"{other} · {team}" if team else str(other)


def seen_by(referral: Referral, teams: dict[tuple[Any, Any], str]) -> str:
    """Who read it: name, team, telephone."""
    if referral.seen_by is None:
        return ""
    team = teams.get((referral.seen_by_id, referral.receiver_id), "")
    return " · ".join(filter(None, (str(referral.seen_by), team, spoken_phone(referral.seen_by.phone))))


def department_code(actor: Actor) -> str:
    """Whose public holidays count."""
    return Department.objects.values_list("code", flat=True).get(pk=actor.department_id)


def _in_box(actor: Actor, box: str) -> Q:
    sent, received = Q(sender_id=actor.organization_id), Q(receiver_id=actor.organization_id)
    return {
        RECEIVED: received & Q(sent_at__isnull=False),
        SENT: sent & Q(sent_at__isnull=False),
        LATE: Q(late_on__lte=actor.today, state__in=OPEN_STATES),
        DRAFTS: sent & Q(state=ReferralState.DRAFT),
    }[box]


def _in_state(box: str, state: str) -> Q:
    if box == DRAFTS or state == "all":
        return Q()
    if state in ReferralState.values:
        return Q(state=state)
    return ~Q(state__in=FINAL_STATES)


def _of_my_team(actor: Actor, referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    if actor.team_id is None:
        return referrals
    return referrals.filter(Q(receiver_team=None) | Q(receiver_team_id=actor.team_id))


def teams_of_readers(referrals: list[Referral]) -> dict[tuple[Any, Any], str]:
    readers: set[UUID] = {one.seen_by_id for one in referrals if one.seen_by_id}
    if not readers:
        return {}
    rows = Membership.objects.filter(
        user__in=readers, organization__in={one.receiver_id for one in referrals}, team__isnull=False
    )
    return {(user, org): team for user, org, team in rows.values_list("user", "organization", "team__name")}


def organizations_named(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of organisations."""
    return dict(Organization.objects.filter(pk__in=set(ids)).values_list("pk", "name"))
