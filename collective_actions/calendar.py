"""The shared calendar: dated items of every kind of offer, asked of providers by one slot.

A kind joins with one function: `@provide(CALENDAR)` of `(actor, CalendarQuery) -> Iterable[DatedItem]`, in one query
and at most `MOST_ITEMS` items that overlap the window and meet what is asked. Items name nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode
from uuid import UUID

from hub.core.actor import PARIS, Actor
from hub.core.slots import entries

CALENDAR = "actions.calendar"
MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class CalendarAsked:
    """Filters, as an address writes them; "" leaves one out. `level`: one of the framework, as text."""

    territory: str = ""
    theme: str = ""
    level: str = ""
    places: str = ""
    paid: str = ""

    @property
    def query(self) -> str:
        """As an address writes it."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    @property
    def territory_id(self) -> UUID | None:
        """The territory asked for; None for all, and for what is no identifier."""
        try:
            return UUID(self.territory)
        except ValueError:
            return None


NAMES = tuple(CalendarAsked.__dataclass_fields__)


def asked_by(given: Mapping[str, str]) -> CalendarAsked:
    """What the parameters of an address ask; unknown ones are left."""
    said = {name: str(given[name]).replace("\x00", "").strip()[:40] for name in NAMES if name in given}
    return CalendarAsked(**said)


@dataclass(frozen=True, slots=True)
class CalendarQuery:
    """From `first` to `last`, both included, and what is asked. `cancelled`: with what was called off, marked so."""

    first: dt.date
    last: dt.date
    asked: CalendarAsked
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class DatedItem:
    """One thing at one time: a day, or an instant with its end. `uid` never changes, `version` rises with what is
    shown; `free`: seats left, None when nobody said."""

    uid: str
    starts: dt.date | dt.datetime
    title: str
    url: str
    version: int
    updated_at: dt.datetime
    ends: dt.datetime | None = None
    detail: str = ""
    place: str = ""
    icon: str = "graduation-cap"
    free: int | None = None
    cancelled: bool = False

    @property
    def day(self) -> dt.date:
        """The day it begins, in France."""
        return self.starts.astimezone(PARIS).date() if isinstance(self.starts, dt.datetime) else self.starts

    @property
    def hour(self) -> dt.datetime | None:
        """Its hour in France, when it has one."""
        return self.starts.astimezone(PARIS) if isinstance(self.starts, dt.datetime) else None

    @property
    def full(self) -> bool:
        """Is it known to have no seat left?"""
        return self.free == 0


def calendar_items(actor: Actor, query: CalendarQuery) -> list[DatedItem]:
    """What is dated in the window, in order: by day, then those with free seats first, by hour and title."""
    found: list[DatedItem] = entries(CALENDAR, actor, query)
    return sorted(found, key=lambda one: (one.day, one.full, one.hour is not None, str(one.hour or ""), one.title))
