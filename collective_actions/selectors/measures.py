"""Figures of collective actions: how full, who came, how many people. Counts only, a person once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, Sum

from collective_actions.models import Attendance, Enrolment, Session
from collective_actions.policies.actions import co_hosted_by
from hub.core.access import can, visible
from hub.core.actor import PARIS, Actor

YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class ActionMeasures:
    """Of sessions held in a period. Rates are percentages, None when nothing was counted.

    `people`: how many different people came, whatever the number of hosts and sessions.
    """

    sessions: int
    seats: int
    taken: int
    recorded: int
    present: int
    people: int

    @property
    def fill_rate(self) -> int | None:
        """Seats given / seats open."""
        return round(100 * self.taken / self.seats) if self.seats else None

    @property
    def attendance_rate(self) -> int | None:
        """Who came / who was expected, of sessions whose attendance is written down."""
        return round(100 * self.present / self.recorded) if self.recorded else None


def action_measures(actor: Actor, *, since: date | None = None, until: date | None = None) -> ActionMeasures | None:
    """Of the whole Département for who coordinates it, else of one's own organisation's actions and of those it
    co-hosts (unless sensitive: it knows nobody there); None for others. Each session counts once in each of them.

    Days are of France, both included; a year back by default.
    """
    if not can(actor, "action.design"):
        return None
    first = datetime.combine(since or actor.today - timedelta(days=YEAR_DAYS), time.min, PARIS)
    last = min(datetime.combine(until or actor.today, time.max, PARIS), actor.now)
    held = visible(actor, Session).filter(starts_at__range=(first, last), cancelled_at=None, action__audience="people")
    if not can(actor, "service.moderate"):
        beside = Q(action__in=co_hosted_by(actor), action__service__sensitive=False)
        held = held.filter(Q(action__service__organization=actor.organization_id) | beside)
    totals = held.aggregate(seats=Sum("capacity", default=0), taken=Sum("taken", default=0))
    told = held.filter(recorded_at__isnull=False)
    marks = told.aggregate(expected=Sum("taken", default=0), present=Sum("present", default=0))
    came = Enrolment.objects.filter(session__in=held, attendance=Attendance.PRESENT)
    return ActionMeasures(
        sessions=held.count(),
        seats=totals["seats"],
        taken=totals["taken"],
        recorded=marks["expected"],
        present=marks["present"],
        people=came.order_by().values("beneficiary").distinct().count(),
    )
