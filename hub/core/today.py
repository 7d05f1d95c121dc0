"""What apps put on the page "Aujourd'hui": a work queue, one section per kind of work, counts first.

Providers register on the slot `today.sections` (`hub.core.slots.provide`) and yield `TodaySection`s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

SLOT = "today.sections"


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
