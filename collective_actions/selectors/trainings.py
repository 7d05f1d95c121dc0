"""Sessions of trainings as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from collective_actions.models import TrainingSession
from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.pages import Page, paginate, total

PAGE = 25
RELATED = ("training__organization", "territory")


@dataclass(frozen=True, slots=True)
class FoundSessions:
    """A page of sessions and how many there are."""

    page: Page[TrainingSession]
    total: int


def coming_sessions(actor: Actor, *, after: str = "") -> FoundSessions:
    """Sessions not over yet, next one first."""
    rows = _not_over(actor, visible(actor, TrainingSession)).filter(starts_on__isnull=False)
    page = paginate(rows.select_related(*RELATED), order=("starts_on", "id"), after=after, size=PAGE)
    return FoundSessions(page, total(page, rows, after=after))


def _not_over(actor: Actor, rows: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=actor.today), cancelled_at=None)
