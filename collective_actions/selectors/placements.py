"""Jobs followed as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Min, Q, QuerySet

from collective_actions.models import Placement, PlacementStep
from hub.core.access import can, get_visible, visible
from hub.core.actor import Actor
from hub.core.pages import Page, paginate, total
from referrals.disclosure import disclose, levels_of, short_name
from referrals.models import Beneficiary, Level

PAGE = 25
JOINED = ("beneficiary__territory", "beneficiary__commune", "organization", "recorded_by")


@dataclass(frozen=True, slots=True)
class PlacementLine:
    """One job: who, what one may read of her, the next moment to ask how it goes."""

    placement: Placement
    name: str
    contact: Mapping[str, Any]
    next_on: date | None
    due: bool

    @property
    def may_call(self) -> bool:
        """Is there a number one may dial?"""
        return bool(self.contact.get("phone")) and not self.contact.get("do_not_call")


@dataclass(frozen=True, slots=True)
class Placements:
    """One page of jobs followed, and how many."""

    page: Page[Placement]
    lines: list[PlacementLine]
    total: int


@dataclass(frozen=True, slots=True)
class PlacementRecord:
    """One job and its steps."""

    line: PlacementLine
    steps: list[PlacementStep]
    may_follow: bool


def placements(actor: Actor, *, mine: bool = False, after: str = "") -> Placements:
    """Jobs going on, those where something goes wrong or is due among them; the latest first."""
    rows = going_on(actor, mine=mine)
    page = paginate(_joined(rows), order=("-starts_on", "id"), after=after, size=PAGE)
    return Placements(page, _lines(actor, page.rows), total(page, rows, after=after))


def going_on(actor: Actor, *, mine: bool = False) -> QuerySet[Placement]:
    """Jobs not ended; `mine`: those I recorded."""
    rows = visible(actor, Placement).filter(ended_on=None, beneficiary__died_on=None)
    return rows.filter(recorded_by_id=actor.user_id) if mine else rows


def to_ask(actor: Actor) -> QuerySet[Placement]:
    """Jobs I recorded where something goes wrong, then those where a step is due."""
    due = Q(next_on__lte=actor.today) | Q(difficulty_on__isnull=False)
    mine = _joined(going_on(actor, mine=True)).filter(due)
    return mine.order_by(F("difficulty_on").asc(nulls_last=True), "next_on", "id")


def placement_lines(actor: Actor, rows: Iterable[Placement]) -> list[PlacementLine]:
    """Lines of some of these."""
    return _lines(actor, list(rows))


def placement_record(actor: Actor, pk: UUID) -> PlacementRecord:
    """One job; raises `NotVisible`."""
    get_visible(actor, Placement, pk)
    (line,) = _lines(actor, list(_joined(visible(actor, Placement).filter(pk=pk))))
    steps = visible(actor, PlacementStep).filter(placement=pk).select_related("done_by").order_by("due_on", "id")
    return PlacementRecord(line, list(steps), can(actor, "placement.follow", line.placement))


def placement_of(actor: Actor, person: Beneficiary) -> Placement | None:
    """The job she has now, if it is followed."""
    return visible(actor, Placement).filter(beneficiary=person, ended_on=None).first()


def _joined(rows: QuerySet[Placement]) -> QuerySet[Any]:
    waits = Min("steps__due_on", filter=Q(steps__done_on=None))
    return rows.select_related(*JOINED).annotate(next_on=waits)


def _lines(actor: Actor, rows: list[Any]) -> list[PlacementLine]:
    levels = levels_of(actor, [row.beneficiary_id for row in rows])
    found = []
    for row in rows:
        level = levels.get(row.beneficiary_id, Level.MINIMAL)
        due = row.difficulty_on is not None or bool(row.next_on and row.next_on <= actor.today)
        name, contact = short_name(row.beneficiary, level), disclose(row.beneficiary, level)
        found.append(PlacementLine(row, name, contact, row.next_on, due and row.ended_on is None))
    return found
