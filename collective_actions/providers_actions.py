"""What collective actions put on shared screens: a person's panel and timeline, Aujourd'hui."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.db.models import F
from django.urls import reverse
from django.utils.http import urlencode

from collective_actions.calendar import CALENDAR, MOST_ITEMS, CalendarQuery, DatedItem
from collective_actions.dates import said
from collective_actions.models import ACTIVE_STATES, Enrolment
from collective_actions.selectors.actions import sessions_between
from collective_actions.selectors.enrolments import (
    enrolment_lines,
    enrolments_of_person,
    offers_to_answer,
    sessions_to_record,
)
from hub.core.access import can
from hub.core.actor import PARIS, Actor
from hub.core.slots import TimelineEntry, provide
from hub.core.today import SLOT, TodayLine, TodaySection
from partners.services.directory.index import EVERYWHERE
from referrals.panels import Panel, PanelLine
from referrals.selectors.files import PersonFile

SHOWN, MOST = 5, 50


@provide(SLOT)
def offers_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Seats held for somebody one enrolled: an answer is awaited before the time is over."""
    found = offers_to_answer(actor)
    lines = [
        TodayLine(
            line.name,
            reverse("action_session", args=[line.enrolment.session_id]),
            f"Place libérée : {line.enrolment.session.action.service.name}",
            line.enrolment.offered_until,
            "warning",
            "Prendre la place",
            reverse("enrolment_act", args=[line.enrolment.pk, "confirm"]),
        )
        for line in enrolment_lines(actor, found[:SHOWN])
    ]
    yield TodaySection("Places à prendre", "armchair", found.count(), lines, position=15)


@provide(SLOT)
def attendance_today(actor: Actor, _: None) -> Iterator[TodaySection]:
    """Sessions held whose attendance is not written down."""
    found = sessions_to_record(actor)
    lines = [
        TodayLine(
            one.action.service.name,
            reverse("action_session", args=[one.pk]),
            one.place,
            one.starts_at,
            "neutral",
            "Noter les présences",
        )
        for one in found[:SHOWN]
    ]
    yield TodaySection("Présences à noter", "clipboard-pen", found.count(), lines, position=45)


@provide("person.timeline")
def enrolments_in_timeline(actor: Actor, file: PersonFile) -> Iterator[TimelineEntry]:
    """In which sessions she was enrolled; never whether she came."""
    for one in enrolments_of_person(actor, file.person.pk)[:MOST]:
        yield TimelineEntry(
            one.created_at,
            f"{_state(one)} : {one.session.action.service.name}",
            detail=f"Séance du {said(one.session.starts_at)}",
            url=reverse("action_session", args=[one.session_id]),
            icon="users-round",
        )


@provide("person.panels")
def actions_for(actor: Actor, file: PersonFile) -> Iterator[Panel]:
    """What she is enrolled in, and the way to enrol her: one click to choose."""
    if file.person.died_on or not can(actor, "referral.compose", file.person):
        return
    coming = enrolments_of_person(actor, file.person.pk).filter(
        session__starts_at__gt=actor.now, session__cancelled_at=None, state__in=ACTIVE_STATES
    )
    lines = [
        PanelLine(
            one.session.action.service.name,
            f"{_state(one)} · {said(one.session.starts_at)}",
            url=reverse("action_session", args=[one.session_id]),
        )
        for one in coming.order_by("session__starts_at", "id")[:SHOWN]
    ]
    more = f"{reverse('actions')}?{urlencode({'pour': str(file.person.pk), 'places': 'left'})}"
    yield Panel(
        "Actions collectives",
        "users-round",
        lines,
        "Aucune inscription à venir.",
        more=more,
        more_label="Inscrire à une action",
    )


@provide(CALENDAR)
def dated_sessions(actor: Actor, query: CalendarQuery) -> Iterator[DatedItem]:
    """Sessions of actions in the shared calendar; level, remuneration and field are words of trainings alone."""
    asked = query.asked
    if asked.level or asked.paid or asked.theme:
        return
    first, last = datetime.combine(query.first, time.min, PARIS), datetime.combine(query.last, time.max, PARIS)
    rows = sessions_between(actor, first, last, cancelled=query.cancelled)
    if asked.territory:
        rows = rows.filter(action__service__facets__overlap=[f"z:{asked.territory}", EVERYWHERE])
    if asked.places:
        rows = rows.filter(waiting=0, taken__lt=F("capacity"))
    for one in rows.order_by("starts_at", "id")[:MOST_ITEMS]:
        yield DatedItem(
            f"action-session-{one.pk}",
            one.starts_at,
            one.action.service.name,
            reverse("action_session", args=[one.pk]),
            one.version,
            one.updated_at,
            ends=one.ends_at,
            detail=str(one.action.service.organization),
            place=", ".join(filter(None, (one.place, one.address))),
            icon="users-round",
            free=one.free,
            cancelled=one.cancelled_at is not None,
        )


def _state(one: Enrolment) -> str:
    """In words that suit a person's record."""
    if one.session.cancelled_at:
        return "Séance annulée"
    return one.get_state_display()
