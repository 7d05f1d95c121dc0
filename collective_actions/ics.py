"""Dated items as iCalendar (RFC 5545, 7986): a published calendar, without attendees nor anybody's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from collective_actions.calendar import DatedItem
from hub.core.actor import PARIS

REFRESH = dt.timedelta(hours=4)
CET, CEST = dt.timedelta(hours=1), dt.timedelta(hours=2)


def calendar_text(items: Iterable[DatedItem], *, name: str, site: str) -> bytes:
    """The whole file. `site`: scheme and host, for addresses and identifiers."""
    calendar = Calendar()
    for key, value in {
        "prodid": "-//Pacte//Formations et actions//FR", "version": "2.0", "calscale": "GREGORIAN", "method": "PUBLISH",
        "name": name, "x-wr-calname": name, "x-wr-timezone": "Europe/Paris", "x-published-ttl": "PT4H",
    }.items():  # fmt: skip
        calendar.add(key, value)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add_component(_paris())
    host = site.partition("://")[2].partition(":")[0]
    for item in items:
        calendar.add_component(_event(item, site, host))
    return bytes(calendar.to_ical())


def _event(item: DatedItem, site: str, host: str) -> Event:
    event = Event()
    event.add("uid", f"{item.uid}@{host}")
    event.add("dtstamp", item.updated_at.astimezone(dt.UTC))
    event.add("last-modified", item.updated_at.astimezone(dt.UTC))
    event.add("sequence", item.version)
    if isinstance(item.starts, dt.datetime):
        event.add("dtstart", item.starts.astimezone(PARIS))
        event.add("dtend", (item.ends or item.starts + dt.timedelta(hours=1)).astimezone(PARIS))
    else:
        event.add("dtstart", item.starts)
        event.add("dtend", item.starts + dt.timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    event.add("summary", item.title)
    if item.place:
        event.add("location", item.place)
    event.add("description", f"{item.detail}\n{site}{item.url}".strip())
    event.add("url", f"{site}{item.url}")
    event.add("status", "CANCELLED" if item.cancelled else "CONFIRMED")
    return event


def _paris() -> Timezone:
    """By rules from 1970: some calendars misread a list of dates."""
    zone = Timezone()
    zone.add("tzid", "Europe/Paris")
    for component, start, before, after, month, name in (
        (TimezoneDaylight(), dt.datetime(1970, 3, 29, 2), CET, CEST, 3, "CEST"),
        (TimezoneStandard(), dt.datetime(1970, 10, 25, 3), CEST, CET, 10, "CET"),
    ):
        component.add("dtstart", start)
        component.add("tzoffsetfrom", before)
        component.add("tzoffsetto", after)
        component.add("tzname", name)
        component.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        zone.add_component(component)
    return zone
