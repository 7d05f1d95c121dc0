"""What apps put on the page "Aujourd'hui" and in the search: sections of lines, counts first.

Providers register with `hub.core.slots.provide`: on `SLOT` they get `(actor, None)`, on `SEARCH_SLOT`
`(actor, query)` with at least two letters; both yield `TodaySection`s of what the actor may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

SLOT = "today.sections"
SEARCH_SLOT = "search.results"


@dataclass(frozen=True, slots=True)
class TodayLine:
    """One thing to do: what, the detail that helps to choose, since or until when, and its one main action.

    `tone` is `neutral`, `info`, `success`, `warning` or `danger`. The action is a POST, done in place, when
    `action_url` is given; otherwise the line simply leads to `url`.
    """

    title: str
    url: str
    detail: str = ""
    when: date | datetime | None = None
    tone: str = "neutral"
    action_label: str = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class TodaySection:
    """One kind of work: `count` is exact even when `lines` shows only the first ones, `url` leads to all of them.

    `empty` is the sentence shown while there is nothing; without it an empty section is not shown at all.
    """

    title: str
    icon: str
    count: int
    lines: Sequence[TodayLine] = ()
    url: str = ""
    empty: str = ""
    position: int = 100
