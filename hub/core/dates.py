"""Dates as they come out of partners' files. The order day/month is never guessed."""

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

EXCEL_EPOCH = dt.date(1899, 12, 30)
# Below 61 the serial number is wrong by one day (Excel's 29 February 1900); above, it is past the year 2119.
_SERIALS = range(61, 80_000)
_OLDEST_PERSON_YEARS = 130
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_FRENCH = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)(?: \d\d?[:h]\d\d(?::\d\d)?)?", re.ASCII)
_COMPACT = re.compile(r"((?:18|19|20|21)\d\d)(\d\d)(\d\d)", re.ASCII)
_SERIAL = re.compile(r"\d{5}", re.ASCII)


class DateRead(NamedTuple):
    """What a cell says. `error` and `warning` are message codes; `partial` is "1980" or "1980-05" (birth dates)."""

    value: dt.date | None = None
    error: str | None = None
    warning: str | None = None
    partial: str | None = None


_NOTHING = DateRead()
_INVALID = DateRead(error="DATE_INVALIDE")


def parse_date(cell: object, *, today: dt.date, birth: bool = False) -> DateRead:
    """Read a date cell: DD/MM/YYYY, DD-MM-YYYY, DD.MM.YYYY, ISO with or without time, YYYYMMDD, DD/MM/YY, or Excel's.

    With `birth`, a two-digit year above the present one is 19YY, an unknown day or month written 00 is given back as
    `partial` next to the error, a future date is DATE_FUTURE and more than 130 years DATE_INCOHERENTE. Two-digit
    years are always warned about.
    """
    if cell is None or cell == "":
        return _NOTHING
    if isinstance(cell, str):
        return _read_text(cell, today, birth)
    if isinstance(cell, dt.datetime):
        return _checked(DateRead(cell.date()), today, birth)
    if isinstance(cell, dt.date):
        return _checked(DateRead(cell), today, birth)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _read_text(str(int(cell)), today, birth)
    return _INVALID


def plain_date(text: str) -> dt.date | None:
    """A day written DD/MM/YYYY, as most lists write it; None for all that `parse_date` must look at."""
    digits = text[:2] + text[3:5] + text[6:]
    if len(text) != 10 or text[2] != "/" or text[5] != "/" or not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        return dt.date(int(text[6:]), int(text[3:5]), int(text[:2]))
    except ValueError:
        return None


def is_birth_date(day: dt.date, today: dt.date) -> bool:
    """Not to come, nor more than 130 years ago."""
    return day <= today and day.year >= today.year - _OLDEST_PERSON_YEARS


@lru_cache(maxsize=4_096)  # the dates of events; parsers remember those of births for the time of a file
def _read_text(text: str, today: dt.date, birth: bool) -> DateRead:
    text = text.strip()
    if not text:
        return _NOTHING
    if found := _FRENCH.fullmatch(text):
        day, month = int(found[1]), int(found[3])
        if len(found[4]) == 4:
            return _checked(_civil(int(found[4]), month, day, birth), today, birth)
        short = int(found[4])
        century = 1900 if birth and short > today.year % 100 else 2000
        read = _civil(century + short, month, day, birth)
        return _checked(read._replace(warning="ANNEE_DEUX_CHIFFRES" if read.value else None), today, birth)
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = map(int, found.groups())
        return _checked(_civil(year, month, day, birth), today, birth)
    # No other form has five digits: a spreadsheet saved its serial number.
    if _SERIAL.fullmatch(text) and int(text) in _SERIALS:
        return _checked(DateRead(EXCEL_EPOCH + dt.timedelta(days=int(text))), today, birth)
    return _INVALID


def _civil(year: int, month: int, day: int, birth: bool) -> DateRead:
    try:
        return DateRead(dt.date(year, month, day))
    except ValueError:
        known_month = 1 <= month <= 12
        if birth and year and (day == 0 and (known_month or month == 0)):
            return DateRead(error="DATE_INVALIDE", partial=f"{year:04d}-{month:02d}" if known_month else f"{year:04d}")
        return _INVALID


def _checked(read: DateRead, today: dt.date, birth: bool) -> DateRead:
    if not birth or read.value is None:
        return read
    if is_birth_date(read.value, today):
        return read
    return DateRead(error="DATE_FUTURE" if read.value > today else "DATE_INCOHERENTE")


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day `months` later, or the last day of that month when it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(dt.date(year, month + 1, 1) + dt.timedelta(days=day.day - 1), following - dt.timedelta(days=1))


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Completed years on `day`."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
