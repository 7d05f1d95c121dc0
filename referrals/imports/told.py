"""What the titles, the sheet and the name of a list tell: its month, its place, whether it is complete."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from hub.core.text import fold, name_key

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_FOLDED = [fold(month) for month in MONTHS]
_DIGITS = re.compile(r"(?<!\d)(?:(20\d\d)[-_. /]?(0[1-9]|1[0-2])|(0[1-9]|1[0-2])[-_. /](20\d\d))(?!\d)")
_WORDS = re.compile(rf"\b({'|'.join(_FOLDED)})[-_. ]*(20\d\d)(?!\d)")
_EVENTS = re.compile(
    r"\b(?:evenements?|mouvements?|sorties?|entrees?|cessations?|radiations?|radies|nouveaux inscrits|rejets?)\b"
)
_COMPLETE = re.compile(r"\b(?:liste complete|stock|ensemble des inscrits|tous les inscrits)\b")


def month_told(text: str, today: date) -> date | None:
    """The month a text names ("octobre 2026", "2026-10", "10/2026", "01/10/2026"), unless it has not begun."""
    return next((month for month in _months(text) if month <= today), None)


def month_to_come(text: str, today: date) -> date | None:
    """The month a text names when it has not begun, and names no other."""
    months = _months(text)
    return months[0] if months and min(months) > today else None


def _months(text: str) -> list[date]:
    plain = fold(text).replace("_", " ")
    months = [date(int(year), _FOLDED.index(word) + 1, 1) for word, year in _WORDS.findall(plain)]
    return months or [date(int(a or d), int(b or c), 1) for a, b, c, d in _DIGITS.findall(text)]


def nature_told(text: str) -> str:
    """Complete or events, when a text says so."""
    plain = fold(text).replace("_", " ")
    if _COMPLETE.search(plain):
        return "complete"
    return "events" if _EVENTS.search(plain) else ""


def named_in(text: str, names: Iterable[str]) -> set[str]:
    """Which of these names a text contains, as whole words, however they are written."""
    words = f" {name_key(text)} "
    return {name for name in names if f" {name_key(name)} " in words}
