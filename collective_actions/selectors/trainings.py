"""Sessions of trainings as their pages show them: the list, free seats first; dated items of the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from collective_actions.calendar import CALENDAR, MOST_ITEMS, CalendarAsked, CalendarQuery, DatedItem
from collective_actions.models import EntryMode, Recruitment, Remuneration, TrainingJournal, TrainingSession
from hub.core.access import get_visible, visible
from hub.core.actor import Actor
from hub.core.pages import Page, paginate, total
from hub.core.slots import TimelineEntry, provide
from hub.core.text import fold
from hub.core.today import SEARCH_SLOT, TodayLine, TodaySection
from partners.models import Organization, User

PAGE = 25
RELATED = ("training__organization", "training__publisher", "territory")
NEVER = dt.date(9999, 12, 31)
CLOSED = (Recruitment.CLOSED, Recruitment.SUSPENDED)
MOST_HISTORY = 50
MOST_WORDS, SHOWN = 6, 5  # of the search box
HISTORY = {
    "created": "Session créée",
    "imported": "Session reprise d'un fichier",
    "updated": "Session mise à jour par un fichier",
    "edited": "Session modifiée",
    "cancelled": "Session annulée",
    "reinstated": "Session rétablie",
    "restored": "Import annulé : la session est revenue comme avant",
}


@dataclass(frozen=True, slots=True)
class FoundSessions:
    """A page of sessions and how many there are."""

    page: Page[Any]
    total: int


def coming_sessions(actor: Actor, asked: CalendarAsked, *, after: str = "", size: int = PAGE) -> FoundSessions:
    """Sessions not over yet: those with free seats first, then those to ask about, those that are full or closed, those
    already begun; each by date."""
    rows = _coming(actor, _asked(visible(actor, TrainingSession), asked))
    ranked: QuerySet[Any] = rows.annotate(
        rank=_rank(actor), begins=Coalesce(F("starts_on"), Value(NEVER))
    ).select_related(*RELATED)
    page: Page[Any] = paginate(ranked, order=("rank", "begins", "id"), after=after, size=size)
    return FoundSessions(page, total(page, rows, after=after))


def get_session(actor: Actor, pk: UUID) -> TrainingSession:
    """One session with its training; raises `NotVisible`."""
    return get_visible(actor, TrainingSession, pk, *RELATED)


def other_sessions(actor: Actor, session: TrainingSession) -> list[TrainingSession]:
    """The other sessions of the same training that are not over."""
    rows = (
        visible(actor, TrainingSession).filter(training=session.training_id, cancelled_at=None).exclude(pk=session.pk)
    )
    return list(rows.filter(Q(ends_on=None) | Q(ends_on__gte=actor.today)).select_related("territory")[:PAGE])


def session_history(actor: Actor, session: TrainingSession) -> list[TimelineEntry]:
    """Who changed what, latest first."""
    lines = list(visible(actor, TrainingJournal).filter(session=session)[:MOST_HISTORY])
    users = User.objects.in_bulk({line.user_id for line in lines if line.user_id})
    bodies = Organization.objects.in_bulk({line.organization_id for line in lines if line.organization_id})
    return [
        TimelineEntry(
            at=line.at,
            title=HISTORY.get(line.name, line.name),
            detail=", ".join(str(_label(name)) for name in line.changes if name in _FIELDS),
            by=" · ".join(str(one) for one in (users.get(line.user_id), bodies.get(line.organization_id)) if one),
            icon="history",
        )
        for line in lines
    ]


@provide(SEARCH_SLOT)
def search_trainings(actor: Actor, query: str) -> Iterator[TodaySection]:
    """Sessions to come, by the words of their training or of who gives it."""
    words = fold(query).split()[:MOST_WORDS]
    if not words:
        return
    rows = _coming(actor, visible(actor, TrainingSession)).select_related(*RELATED)
    for word in words:
        rows = rows.filter(Q(training__search_title__contains=word) | Q(training__key__icontains=word))
    lines = [
        TodayLine(
            one.training.title,
            reverse("training_session", args=[one.pk]),
            " · ".join(filter(None, (one.training.body, one.city))),
            when=one.starts_on,
        )
        for one in rows.order_by("starts_on", "id")[:SHOWN]
    ]
    if lines:
        yield TodaySection("Formations", "graduation-cap", rows.count(), lines, reverse("trainings"), position=32)


@provide(CALENDAR)
def dated_sessions(actor: Actor, query: CalendarQuery) -> Iterator[DatedItem]:
    """The first day of each session, and its information meetings."""
    rows = _asked(visible(actor, TrainingSession), query.asked)
    if not query.cancelled:
        rows = rows.filter(cancelled_at=None)
    within = (query.first, query.last)
    days = [query.first + dt.timedelta(days=number) for number in range((query.last - query.first).days + 1)]
    rows = rows.filter(Q(starts_on__range=within) | Q(info_dates__overlap=days))
    for session in rows.select_related("training__organization", "territory").order_by("starts_on", "id")[:MOST_ITEMS]:
        yield from _items(session, query)


def _items(session: TrainingSession, query: CalendarQuery) -> Iterator[DatedItem]:
    start, end = session.starts_on, session.ends_on
    until = f"jusqu'au {end:%d/%m/%Y}" if end else "fin non précisée"
    said: dict[str, Any] = {
        "url": reverse("training_session", args=[session.pk]),
        "version": session.version,
        "updated_at": session.updated_at,
        "place": ", ".join(filter(None, (session.place, session.city))),
        "free": 0 if session.recruitment in CLOSED else session.free_places,
        "cancelled": session.cancelled_at is not None,
    }
    title, body = session.training.title, session.training.body
    if start and query.first <= start <= query.last:
        yield DatedItem(f"training-session-{session.pk}", start, title, detail=f"{body}, {until}", **said)
    for day in session.info_dates:
        if query.first <= day <= query.last:
            uid, name = f"training-session-{session.pk}-info-{day:%Y%m%d}", f"Réunion d'info : {title}"
            yield DatedItem(uid, day, name, detail=body, icon="info", **said)


def _asked(rows: QuerySet[TrainingSession], asked: CalendarAsked) -> QuerySet[TrainingSession]:
    if asked.territory:
        rows = rows.filter(territory=asked.territory_id) if asked.territory_id else rows.none()
    if asked.theme:
        rows = rows.filter(training__theme=asked.theme)
    if asked.level:
        level = int(asked.level) if asked.level.isdecimal() and len(asked.level) == 1 else -1
        rows = rows.filter(training__level_out=level)
    if asked.paid:
        rows = rows.filter(training__remuneration=Remuneration.PAID)
    if asked.places:
        rows = rows.filter(free_places__gt=0).exclude(recruitment__in=CLOSED)
    return rows


def _coming(actor: Actor, rows: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
    """Those that are neither over nor cancelled."""
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=actor.today), cancelled_at=None)


def _rank(actor: Actor) -> Case:
    """0 free seats, 1 to ask about, 2 full or closed, 3 begun and closed to latecomers."""
    begun = Q(starts_on__lt=actor.today) & ~Q(training__entry=EntryMode.PERMANENT)
    return Case(
        When(begun, then=Value(3)),
        When(Q(recruitment__in=CLOSED) | Q(free_places=0), then=Value(2)),
        When(free_places__gt=0, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )


_FIELDS = {field.name for field in TrainingSession._meta.concrete_fields}


def _label(name: str) -> str:
    return str(getattr(TrainingSession._meta.get_field(name), "verbose_name", name))
