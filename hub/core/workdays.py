"""Open days: the unit of every clock between partners.

Only dates: the caller decides which day it is in Europe/Paris. Public holidays are those of Alsace-Moselle
(26 December and Good Friday included) unless another subdivision is asked.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from functools import lru_cache

MONDAY_TO_FRIDAY = frozenset(range(5))
ALSACE_MOSELLE = "57"
_ONE_DAY = dt.timedelta(days=1)
# A receiver closed for ten years has no clock: a wrong setting must not loop for ever.
_HORIZON_DAYS = 3_660

Period = tuple[dt.date, dt.date]


@lru_cache(maxsize=256)
def public_holidays(year: int, subdivision: str = ALSACE_MOSELLE) -> frozenset[dt.date]:
    """Public holidays of one year in a Département: the national ones where it has none of its own."""
    from holidays.countries.france import France  # 20 MiB of calendars, for processes that count open days

    known = subdivision if subdivision in France.subdivisions else None
    return frozenset(France(subdiv=known, years=[year]))


def is_open(
    day: dt.date,
    *,
    closed: Iterable[Period] = (),
    working_days: Collection[int] = MONDAY_TO_FRIDAY,
    subdivision: str = ALSACE_MOSELLE,
) -> bool:
    """Whether the receiver works on `day`. `closed` are closing periods, both ends included; Monday is 0."""
    return (
        day.weekday() in working_days
        and day not in public_holidays(day.year, subdivision)
        and not any(first <= day <= last for first, last in closed)
    )


def add_open_days(
    start: dt.date,
    n: int,
    *,
    closed: Iterable[Period] = (),
    working_days: Collection[int] = MONDAY_TO_FRIDAY,
    ceiling: int | None = None,
    subdivision: str = ALSACE_MOSELLE,
) -> dt.date:
    """The n-th open day after `start` (n = 0 gives `start` itself).

    `ceiling` bounds the wait in calendar days: a receiver that closes for two months does not stop the clock for as
    long. Raises ValueError when `n` is negative or no day is ever open.
    """
    if n < 0:
        raise ValueError("n must not be negative")
    periods = tuple(closed)
    last = start + dt.timedelta(days=_HORIZON_DAYS if ceiling is None else ceiling)
    day = start
    while n:
        if day >= last:
            if ceiling is None:
                raise ValueError("no open day within ten years")
            return last
        day += _ONE_DAY
        n -= is_open(day, closed=periods, working_days=working_days, subdivision=subdivision)
    return day


def open_days_between(
    start: dt.date,
    end: dt.date,
    *,
    closed: Iterable[Period] = (),
    working_days: Collection[int] = MONDAY_TO_FRIDAY,
    subdivision: str = ALSACE_MOSELLE,
) -> int:
    """How many open days lie after `start` up to `end` included; 0 when `end` is not after `start`."""
    periods = tuple(closed)
    days = (start + dt.timedelta(days=i) for i in range(1, (end - start).days + 1))
    return sum(is_open(day, closed=periods, working_days=working_days, subdivision=subdivision) for day in days)
