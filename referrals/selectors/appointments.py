"""Appointments as pages show them: my agenda by day or week, one record, a person's next ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from hub.core.access import can, get_visible, visible
from hub.core.actor import PARIS, Actor
from hub.core.slots import TimelineEntry
from partners.models import Organization, User
from referrals.models import Appointment, AppointmentLog, AppointmentState, Beneficiary, SupportAssignment
from referrals.models.appointments import OUTCOMES, PAST, VEILED
from referrals.policies.appointments import convened, followed_by, receives
from referrals.policies.people import people_within_reach
from referrals.selectors.known import CLOSED, known_people
from referrals.services.campaigns.seats import CALL_OFF, REPLACE
from referrals.workflows import APPOINTMENT

JOINED = ("organization", "team", "member", "co_host")
MOST = 200  # shown on one page
MINE, CONCERN = "mine", "concern"  # whose appointments
MOVES = {
    "hold": "Personne reçue",
    "excuse": "Personne excusée",
    "miss": "N'a pas eu lieu",
    "correct": "Corriger l'issue",
    "cancel": "Annuler le rendez-vous",
}


@dataclass(frozen=True, slots=True)
class AppointmentLine:
    """One appointment as this actor may read it: `state` is `past` when what came of it is not his to know."""

    appointment: Appointment
    name: str
    open: bool
    knows: bool
    state: str
    state_label: str
    to_tell: bool

    @property
    def ends_at(self) -> datetime:
        return self.appointment.starts_at + timedelta(minutes=self.appointment.duration)

    @property
    def with_whom(self) -> str:
        one = self.appointment
        return " · ".join(str(part) for part in (one.organization, one.team, one.member, one.co_host) if part)

    @property
    def where(self) -> str:
        one = self.appointment
        return one.place or one.get_mode_display()


@dataclass(frozen=True, slots=True)
class Day:
    """One day of an agenda."""

    day: date
    lines: list[AppointmentLine]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The days shown, and the exact count; `cut` when there are more than a page holds.

    `next_on`: with nothing to show, the day of the next one.
    """

    days: list[Day]
    total: int
    first: date
    last: date
    next_on: date | None = None

    @property
    def cut(self) -> bool:
        return self.total > MOST

    @property
    def to_announce(self) -> list[UUID]:
        """The appointments still to come, about which a letter may be written."""
        shown = [line for day in self.days for line in day.lines]
        return [line.appointment.pk for line in shown if line.state == AppointmentState.PLANNED and not line.to_tell]


@dataclass(frozen=True, slots=True)
class AppointmentRecord:
    """Everything the page of one appointment shows."""

    line: AppointmentLine
    moves: list[tuple[str, str]]
    may_change: bool
    journal: list[TimelineEntry]
    may_ask: bool  # her file is closed to the reader, who may open it with a reason


def lines(actor: Actor, appointments: Iterable[Appointment]) -> list[AppointmentLine]:
    """Rows of a list (people of one page in two queries, referents in one)."""
    rows = list(appointments)
    known = known_people(actor, {one.beneficiary_id for one in rows})
    followed = followed_by(actor, [one.beneficiary_id for one in rows]) if rows else set()
    return [_line(actor, one, known.get(one.beneficiary_id), one.beneficiary_id in followed) for one in rows]


def agenda(actor: Actor, *, first: date, days: int, whose: str = MINE) -> Agenda:
    """Appointments from a day on: one's own, one's team's, or those of the people one follows (`WHOSE`)."""
    last = first + timedelta(days=days - 1)
    begin, end = (datetime.combine(day, time.min, PARIS) for day in (first, last + timedelta(days=1)))
    held = WHOSE[whose](actor).exclude(state=AppointmentState.CANCELLED)
    found = held.filter(starts_at__gte=begin, starts_at__lt=end)
    shown = lines(actor, found.select_related(*JOINED)[:MOST])
    by_day: dict[date, list[AppointmentLine]] = {}
    for line in shown:
        by_day.setdefault(line.appointment.starts_at.astimezone(PARIS).date(), []).append(line)
    open_days = [Day(day, by_day.get(day, [])) for day in (first + timedelta(days=n) for n in range(days))]
    total = found.count() if len(shown) == MOST else len(shown)
    after = None if shown else held.filter(starts_at__gte=end).first()
    next_on = after.starts_at.astimezone(PARIS).date() if after else None
    return Agenda([one for one in open_days if one.lines], total, first, last, next_on)


def my_appointments(actor: Actor) -> QuerySet[Appointment]:
    """Those I hold myself, and those of my team where nobody is named."""
    mine = Q(member_id=actor.user_id)
    unnamed = Q(member=None, organization_id=actor.organization_id)
    unnamed &= Q(team=None) | Q(team_id=actor.team_id) if actor.team_id else Q(team=None)
    return visible(actor, Appointment).filter(mine | unnamed)


def team_appointments(actor: Actor) -> QuerySet[Appointment]:
    """Those of my team; of the whole organisation for its managers; those where we sit beside another."""
    here = Q(organization_id=actor.organization_id)
    if actor.team_id and not actor.manager:
        here &= Q(team_id=actor.team_id) | Q(member_id=actor.user_id)
    return visible(actor, Appointment).filter(here | Q(co_host_id=actor.organization_id))


def followed_appointments(actor: Actor) -> QuerySet[Appointment]:
    """Those of the people whose referent one is, whoever receives them."""
    followed = SupportAssignment.objects.filter(referent_id=actor.user_id, ends_on=None)
    return visible(actor, Appointment).filter(beneficiary__in=followed.values("beneficiary"))


def my_concern(actor: Actor) -> QuerySet[Appointment]:
    """One's own still to be held, and those of the people one follows."""
    own, followed = (found(actor).values("pk") for found in (my_appointments, followed_appointments))
    planned = visible(actor, Appointment).filter(state=AppointmentState.PLANNED)
    return planned.filter(Q(pk__in=own) | Q(pk__in=followed))


WHOSE: dict[str, Callable[[Actor], QuerySet[Appointment]]] = {
    MINE: my_appointments, "team": team_appointments, "followed": followed_appointments, CONCERN: my_concern,
}  # fmt: skip


def to_tell(actor: Actor) -> QuerySet[Appointment]:
    """My appointments of today, and past ones whose outcome nobody wrote."""
    tomorrow = datetime.combine(actor.today + timedelta(days=1), time.min, PARIS)
    return my_appointments(actor).filter(state=AppointmentState.PLANNED, starts_at__lt=tomorrow)


def get_appointment(actor: Actor, pk: UUID) -> Appointment:
    """A visible appointment; raises `NotVisible`."""
    return get_visible(actor, Appointment, pk, *JOINED, "planned_by", "referral", "gap")


def appointment_record(actor: Actor, pk: UUID) -> AppointmentRecord:
    """One appointment; raises `NotVisible`."""
    appointment = get_appointment(actor, pk)
    line = lines(actor, [appointment])[0]
    change = can(actor, "appointment.change", appointment)
    reach = people_within_reach(actor, Beneficiary.objects.filter(pk=appointment.beneficiary_id))
    may_ask = not line.open and can(actor, "person.open") and reach.exists()
    return AppointmentRecord(line, possible_moves(actor, line, change), change, _journal(line), may_ask)


def possible_moves(actor: Actor, line: AppointmentLine, change: bool) -> list[tuple[str, str]]:
    """Gestures open now: outcomes once the hour has come, for those who may know them."""
    state = line.appointment.state
    found = []
    for name, label in MOVES.items():
        allowed = change if name == "cancel" else line.knows
        early = name in ("hold", "miss") and line.appointment.starts_at > actor.now
        if allowed and not early and state in APPOINTMENT.transitions[name].sources:
            found.append((name, label))
    return found


def _line(actor: Actor, one: Appointment, known: object, followed: bool) -> AppointmentLine:
    knows = receives(actor, one) or convened(actor, one) or followed
    veiled = one.state in OUTCOMES and not knows
    past = veiled or (one.state == AppointmentState.PLANNED and not knows and one.starts_at < actor.now)
    return AppointmentLine(
        appointment=one,
        name=getattr(known, "name", CLOSED),
        open=known is not None,
        knows=knows,
        state=VEILED if past else one.state,
        state_label=PAST if past else one.get_state_display(),
        to_tell=knows and one.state == AppointmentState.PLANNED and one.starts_at <= actor.now,
    )


def _journal(line: AppointmentLine) -> list[TimelineEntry]:
    """Planned, moved, cancelled; what came of it only for those who may know."""
    labels = {name: one.label for name, one in APPOINTMENT.transitions.items()}
    labels |= {"plan": "Rendez-vous fixé", REPLACE: "Autre date proposée", CALL_OFF: "Campagne annulée"}
    hidden = set() if line.knows else {"hold", "miss", "excuse", "correct", REPLACE, CALL_OFF}
    rows = [row for row in AppointmentLog.objects.filter(appointment=line.appointment)[:MOST] if row.name not in hidden]
    users = User.objects.in_bulk([row.user_id for row in rows if row.user_id])
    organizations = Organization.objects.in_bulk([row.organization_id for row in rows if row.organization_id])
    return [
        TimelineEntry(
            at=row.at,
            title=labels.get(row.name, row.name),
            detail=row.note,
            by=" · ".join(str(who) for who in (users.get(row.user_id), organizations.get(row.organization_id)) if who),
            icon="calendar",
        )
        for row in reversed(rows)
    ]
