"""Who comes to a session, each named at the level the actor has; what waits for an answer or a mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from collective_actions.models import Enrolment, EnrolmentState, Session
from collective_actions.policies.actions import knows_the_seat_alone
from collective_actions.services.actions.sessions import to_conclude
from hub.core.access import can, get_visible, visible
from hub.core.actor import Actor
from hub.core.text import fold
from referrals.models.referrals import OPEN_STATES
from referrals.selectors.known import known_people, name_in

MOST = 600  # of one session: 500 seats, and those who wait
JOINED = ("session__action__service", "prescriber", "member", "referral")
GIVEN_UP = (EnrolmentState.CANCELLED, EnrolmentState.LAPSED)


@dataclass(frozen=True, slots=True)
class EnrolmentLine:
    """One enrolment: the name the actor may read, where to read more, the gestures open to him.

    `listed`: he knows of it as a co-host alone, and reads who has a seat and who came, nothing else.
    """

    enrolment: Enrolment
    name: str
    known: bool
    gestures: tuple[str, ...]
    referral_open: bool
    listed: bool


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session: its counts are for everybody, its names for who sent or receives."""

    session: Session
    enrolled: list[EnrolmentLine]
    waiting: list[EnrolmentLine]
    gone: list[EnrolmentLine]
    hidden: int
    runs: bool
    edits: bool
    publishes: bool
    concludes: bool
    begun: bool
    to_conclude: int

    @property
    def offered(self) -> int:
        """Seats held for those of the list who were offered one: they count among the seats taken."""
        return sum(line.enrolment.state == EnrolmentState.OFFERED for line in self.waiting)

    @property
    def queued(self) -> int:
        """Of the list, those who have no offer."""
        return len(self.waiting) - self.offered


def get_enrolment(actor: Actor, pk: UUID | str) -> Enrolment:
    """A visible enrolment; raises `NotVisible`."""
    return get_visible(actor, Enrolment, pk, *JOINED)


def session_record(actor: Actor, session: Session) -> SessionRecord:
    """The page of a session."""
    rows = list(visible(actor, Enrolment).filter(session=session).select_related(*JOINED)[:MOST])
    lines = enrolment_lines(actor, rows)
    by_state: dict[str, list[EnrolmentLine]] = {}
    for line in lines:
        by_state.setdefault(line.enrolment.state, []).append(line)
    queue = by_state.get("offered", []) + by_state.get("waiting", [])
    seated = by_state.get("enrolled", [])
    gone = [line for state in GIVEN_UP for line in by_state.get(state, [])]
    concludes = can(actor, "session.conclude", session)
    return SessionRecord(
        session=session,
        enrolled=sorted(seated, key=lambda line: fold(line.name)),
        waiting=sorted(queue, key=lambda line: line.enrolment.rank or 0),
        gone=gone,
        hidden=session.taken + session.waiting - len(seated) - len(queue),
        runs=can(actor, "session.run", session),
        edits=can(actor, "action.edit", session.action),
        publishes=can(actor, "action.publish", session.action),
        concludes=concludes,
        begun=session.starts_at <= actor.now,
        to_conclude=to_conclude(session).count() if session.recorded_at and concludes else 0,
    )


def enrolment_lines(actor: Actor, rows: Iterable[Enrolment]) -> list[EnrolmentLine]:
    """Names in two queries at most, whatever the number of rows."""
    found = list(rows)
    known = known_people(actor, {one.beneficiary_id for one in found if one.beneficiary_id})
    levels: dict[UUID | None, str] = {pk: person.level for pk, person in known.items()}
    return [
        EnrolmentLine(
            enrolment=one,
            name=str(one.member) if one.member else name_in(known, one.beneficiary_id) if one.beneficiary_id else "",
            known=one.beneficiary_id in known,
            gestures=_gestures(actor, one),
            referral_open=one.referral is not None and one.referral.state in OPEN_STATES,
            listed=knows_the_seat_alone(actor, one, level=levels.get(one.beneficiary_id, "")),
        )
        for one in found
    ]


def offers_to_answer(actor: Actor) -> QuerySet[Enrolment]:
    """Seats held for people one enrolled, or for oneself."""
    held = visible(actor, Enrolment).filter(state=EnrolmentState.OFFERED, session__cancelled_at=None)
    mine = held.filter(member=actor.user_id) | held.filter(prescriber=actor.organization_id, beneficiary__isnull=False)
    return mine.select_related(*JOINED).order_by("offered_until", "id")


def sessions_to_record(actor: Actor) -> QuerySet[Session]:
    """Sessions of one's own organisation that have begun, with people, whose attendance is not written down."""
    if not can(actor, "action.design"):
        return Session.objects.none()
    begun = visible(actor, Session).filter(
        action__service__organization=actor.organization_id,
        starts_at__lte=actor.now,
        cancelled_at=None,
        recorded_at=None,
        taken__gt=0,
    )
    return begun.select_related("action__service").order_by("starts_at", "id")


def enrolments_of_person(actor: Actor, person_id: UUID) -> QuerySet[Enrolment]:
    """Of one person, as far as the actor may see; never of a sensitive action: the file may be read over a shoulder."""
    found = visible(actor, Enrolment).filter(beneficiary=person_id, sensitive=False)
    return found.select_related(*JOINED).order_by("-session__starts_at", "id")


def _gestures(actor: Actor, one: Enrolment) -> tuple[str, ...]:
    """What may be done of it now, the main gesture first."""
    if one.session.cancelled_at:
        return ()
    if one.session.starts_at <= actor.now:
        done = one.state == EnrolmentState.ENROLLED and can(actor, "enrolment.feedback", one)
        return ("feedback",) if done else ()
    decides = can(actor, "enrolment.decide", one)
    by_state = {"offered": ("confirm", "give_up"), "lapsed": ("queue",), "waiting": ("give_up",)}
    found = by_state.get(one.state, ("give_up",) if one.state == "enrolled" else ()) if decides else ()
    removable = one.state != EnrolmentState.CANCELLED and not decides and can(actor, "enrolment.remove", one)
    return (*found, "remove") if removable else found
