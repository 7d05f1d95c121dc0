"""What upper apps add to lower screens, without being imported by them: named lists of providers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hub.core.actor import Actor

Provider = Callable[[Actor, Any], Iterable[Any]]
_slots: dict[str, list[Provider]] = defaultdict(list)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a record's timeline: when, what (French), by whom, where to read more."""

    at: datetime
    title: str
    detail: str = ""
    by: str = ""
    url: str = ""
    icon: str = "circle"
    timed: bool = True  # false: only its day is known

    @property
    def moment(self) -> date | datetime:
        """Its instant, or its day when no more is known."""
        return self.at if self.timed else self.at.date()


def provide(slot: str) -> Callable[[Provider], Provider]:
    """Register `(actor, subject) -> entries` for a named slot; at most one query and 50 entries each."""

    def register(function: Provider) -> Provider:
        _slots[slot].append(function)
        return function

    return register


def entries(slot: str, actor: Actor, subject: Any) -> list[Any]:
    """All providers' entries for this subject."""
    return [entry for provider in _slots[slot] for entry in provider(actor, subject)]
