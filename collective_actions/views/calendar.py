"""The shared calendar of trainings and actions: list, month, week; subscriptions of other calendars to it."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError

from collective_actions.calendar import CalendarAsked, CalendarQuery, DatedItem, asked_by, calendar_items
from collective_actions.forms.trainings import CalendarFilter
from collective_actions.ics import calendar_text
from collective_actions.models import CalendarFeed
from collective_actions.selectors.candidacies import training_entries
from collective_actions.selectors.trainings import coming_sessions
from collective_actions.services.feeds import feed_of, open_feed, revoke_feed
from collective_actions.views.directory import person_of
from hub.core.access import can, get_visible, visible
from hub.core.actor import Actor
from hub.core.dates import add_months
from hub.core.errors import Conflict, TooMany
from hub.core.gate import tenant
from hub.core.rest.throttles import HOUR, count
from partners.views.pages import Request

VIEWS = {"liste": "Liste", "mois": "Mois", "semaine": "Semaine"}
WEEK = 7
PAST_DAYS, COMING_DAYS = 35, 400  # what a subscribed calendar holds; what was cancelled stays in it a month
KEPT_SECONDS = 900
MOST_READS = 120  # of one address in an hour
MOST_OF_A_DAY = 4  # in a month


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar and what is dated on it; `other` when it is of the month before or after."""

    day: dt.date
    items: list[DatedItem]
    other: bool = False
    today: bool = False


@require_safe
def trainings(request: Request) -> HttpResponse:
    """The calendar as asked: everything stands in the address, which can be sent."""
    actor = request.actor
    asked = asked_by(request.GET)
    shown = request.GET.get("vue", "")
    shown = shown if shown in VIEWS else "liste"
    day = _day(request.GET.get("jour", ""), actor.today)
    context: dict[str, Any] = {
        "asked": asked,
        "shown": shown,
        "views": VIEWS.items(),
        "filters": CalendarFilter(
            asked, actor=actor, shown=shown, day=request.GET.get("jour", ""), person=str(person_of(request) or "")
        ),
        "may_publish": can(actor, "training.publish"),
        "today": actor.today,
        "person": person_of(request),
        "figures": training_entries(actor, actor.today.year) if can(actor, "training.figures") else None,
    }
    if shown == "liste":
        context["found"] = coming_sessions(actor, asked, after=request.GET.get("after", ""))
        return render(request, "collective_actions/trainings/list.html", context)
    return render(request, "collective_actions/trainings/calendar.html", context | _window(actor, asked, shown, day))


@require_safe
def feeds(request: Request) -> HttpResponse:
    """One's subscriptions."""
    return _feeds(request)


@require_POST
def feed_open(request: Request) -> HttpResponse:
    """A new private address, shown this once."""
    asked = asked_by(dict(parse_qsl(request.POST.get("query", ""))))
    try:
        _, secret = open_feed(request.actor, label=request.POST.get("label", ""), asked=asked)
    except Conflict as error:
        messages.error(request, error.message)
        return redirect("calendar_feeds")
    return _feeds(request, address=request.build_absolute_uri(reverse("calendar_feed", args=[secret])))


@require_POST
def feed_revoke(request: Request, pk: UUID) -> HttpResponse:
    """Close an address at once."""
    feed = get_visible(request.actor, CalendarFeed, pk)
    revoke_feed(request.actor, feed=feed)
    messages.success(request, f"L'abonnement « {feed.label} » ne fonctionne plus.")
    return redirect("calendar_feeds")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a private address, for whoever holds it: read by programs, without cookies."""
    found, actor = feed_of(token, dt.datetime.now(dt.UTC))
    _refuse_too_many(found, actor)
    asked = asked_by(dict(parse_qsl(found.query)))
    first, last = actor.today - dt.timedelta(days=PAST_DAYS), actor.today + dt.timedelta(days=COMING_DAYS)
    with nullcontext() if getattr(request, "actor", None) else tenant(actor):
        items = calendar_items(actor, CalendarQuery(first, last, asked, cancelled=True))
    text = calendar_text(items, name=found.label, site=request.build_absolute_uri("/").rstrip("/"))
    etag = f'"{sha256(text).hexdigest()[:32]}"'
    answer: HttpResponse = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    if request.headers.get("If-None-Match") == etag:
        answer = HttpResponseNotModified()
    answer["ETag"] = etag
    answer["Last-Modified"] = http_date(max((one.updated_at for one in items), default=found.created_at).timestamp())
    answer["X-Robots-Tag"] = "noindex"
    patch_cache_control(answer, private=True, max_age=KEPT_SECONDS)
    return answer


def _refuse_too_many(found: CalendarFeed, actor: Actor) -> None:
    """A calendar asks a few times an hour; without Redis, nothing is counted."""
    try:
        asked = count("calendar-feed", found.pk, HOUR, actor.now.timestamp())
    except RedisError:
        return
    if asked > MOST_READS:
        raise TooMany("Ce calendrier est lu trop souvent : réglez votre agenda pour qu'il attende quelques heures.")


def _feeds(request: Request, address: str = "") -> HttpResponse:
    actor = request.actor
    asked = asked_by(request.GET)
    context = {
        "feeds": visible(actor, CalendarFeed).filter(revoked_at=None),
        "address": address,
        "asked": asked,
        "filters": _words(actor, asked),
    }
    return render(request, "collective_actions/trainings/feeds.html", context)


def _words(actor: Actor, asked: CalendarAsked) -> list[str]:
    """The filters that are set, in words."""
    form = CalendarFilter(asked, actor=actor, shown="", day="")
    said = []
    for field in form.visible_fields():
        choices = dict(getattr(field.field, "choices", ()))
        if value := field.value():
            said.append(f"{field.label} : {choices.get(value, value)}")
    return said


def _window(actor: Actor, asked: CalendarAsked, shown: str, day: dt.date) -> dict[str, Any]:
    """The days of a month (whole weeks) or of a week, and where to go before and after."""
    if shown == "mois":
        start = day.replace(day=1)
        before, after = add_months(start, -1), add_months(start, 1)
        first = start - dt.timedelta(days=start.weekday())
        last = after - dt.timedelta(days=1)
        last += dt.timedelta(days=WEEK - 1 - last.weekday())
    else:
        first = start = day - dt.timedelta(days=day.weekday())
        last = first + dt.timedelta(days=WEEK - 1)
        before, after = first - dt.timedelta(days=WEEK), first + dt.timedelta(days=WEEK)
    items = calendar_items(actor, CalendarQuery(first, last, asked))
    by_day: dict[dt.date, list[DatedItem]] = {}
    for item in items:
        by_day.setdefault(item.day, []).append(item)
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    month = start.month if shown == "mois" else None
    return {
        "days": [
            Day(one, by_day.get(one, []), month is not None and one.month != month, one == actor.today) for one in days
        ],
        "most": MOST_OF_A_DAY if month else len(items),
        "most_of_a_day": f":{MOST_OF_A_DAY if month else len(items)}",
        "first": start,
        "last": last,
        "before": before,
        "after": after,
        "count": sum(len(kept) for one, kept in by_day.items() if month is None or one.month == month),
    }


def _day(text: str, today: dt.date) -> dt.date:
    """The day an address asks, within what calendars count; today when it is none."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return today
    return day if 2000 <= day.year <= 2100 else today
