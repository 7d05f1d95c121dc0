"""The summonses and appointments about a gap, as its page and its line of the list tell them.

Only those the reader may see, and nothing of what came of them to who may not know it (`appointments.lines`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from hub.core.access import visible
from hub.core.actor import PARIS, Actor
from hub.core.slots import TimelineEntry
from referrals.models import Appointment, AppointmentKind, AppointmentState, RegistrationGap
from referrals.selectors.appointments import JOINED, AppointmentLine, lines

MOST = 20  # about one gap


def with_meeting(actor: Actor, gaps: QuerySet[RegistrationGap]) -> QuerySet[RegistrationGap]:
    """With `expected`: when the person of each gap is next expected about it, None when she is not."""
    coming = visible(actor, Appointment).filter(gap=OuterRef("pk"), state=AppointmentState.PLANNED)
    first = coming.filter(starts_at__gt=actor.now).order_by("starts_at").values("starts_at")[:1]
    return gaps.annotate(expected=Subquery(first))


def expected_on(starts_at: datetime | None) -> list[str]:
    """The short mark of a line."""
    return [f"Rendez-vous le {starts_at.astimezone(PARIS):%d/%m/%Y}"] if starts_at else []


def meetings_about(actor: Actor, gap: RegistrationGap) -> list[AppointmentLine]:
    """The latest ones about a gap."""
    found = visible(actor, Appointment).filter(gap=gap).select_related(*JOINED, "planned_by")
    return lines(actor, found.order_by("-planned_at", "-pk")[:MOST])


def still_expected(actor: Actor, meetings: Iterable[AppointmentLine]) -> list[str]:
    """What is to come, in a sentence each."""
    coming = [one for one in meetings if one.appointment.state == AppointmentState.PLANNED]
    return [f"{_when(one)}, {one.where}" for one in coming if one.appointment.starts_at > actor.now]


def told(meetings: Iterable[AppointmentLine]) -> list[TimelineEntry]:
    """Each with its day, its place and where it stands, in the journal of the gap."""
    return [
        TimelineEntry(
            at=one.appointment.planned_at,
            title=_when(one),
            detail=" · ".join((one.with_whom, one.where, one.state_label)),
            by=str(one.appointment.planned_by or "Pacte"),
            icon="calendar",
            url=reverse("appointment", args=[one.appointment.pk]),
        )
        for one in meetings
    ]


def _when(one: AppointmentLine) -> str:
    what = "Convocation" if one.appointment.kind == AppointmentKind.SUMMONS else "Rendez-vous"
    return f"{what} pour le {one.appointment.starts_at.astimezone(PARIS):%d/%m/%Y à %H:%M}"
