"""The ends of trainings as their pages show them: who ends soon, who ended and waits, who was seen."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, When
from django.db.models.functions import Coalesce

from collective_actions.models import FollowUpContact, Outcome, Placement, Trainee, TrainingFigure
from collective_actions.selectors.placements import placement_of
from hub.core.access import can, get_visible, visible
from hub.core.actor import Actor
from hub.core.pages import Page, paginate
from hub.core.tabular import file_name, write_csv
from partners.models import Department, Territory
from referrals.disclosure import disclose, levels_of, short_name
from referrals.models import Level

PAGE = 25
ENDING, TO_SEE, LATE, SEEN = "ending", "to_see", "late", "seen"
STATES = {ENDING: "Bientôt terminées", TO_SEE: "À revoir", LATE: "Au-delà du délai", SEEN: "Revues"}
KEPT = timedelta(days=90)  # how long those seen stay on the board
FORGOTTEN = timedelta(days=365)  # an end nobody followed for a year is not followed any more
YEAR = timedelta(days=365)
JOINED = (
    "beneficiary__territory", "beneficiary__commune", "session__training__organization", "in_charge", "interview_by",
)  # fmt: skip
# As `end_steps.Lasts.end` says it.
END_ON = Case(
    When(outcome=Outcome.NEVER_STARTED, then=Coalesce("left_on", "starts_on")), default=Coalesce("left_on", "ends_on")
)
CLOSED = (Outcome.CANCELLED,)


@dataclass(frozen=True, slots=True)
class EndingLine:
    """One training that ends: who, what one may read of her, since when."""

    trainee: Trainee
    name: str
    contact: Mapping[str, Any]
    end: date
    days: int  # since the end; negative before it
    late: bool

    @property
    def left(self) -> int:
        """Days until the end."""
        return -self.days

    @property
    def may_call(self) -> bool:
        """Is there a number one may dial?"""
        return bool(self.contact.get("phone")) and not self.contact.get("do_not_call")


@dataclass(frozen=True, slots=True)
class Board:
    """One page of one state, and how many there are of each."""

    page: Page[Trainee]
    lines: list[EndingLine]
    total: int
    counts: dict[str, int]
    state: str


@dataclass(frozen=True, slots=True)
class PlaceDelay:
    """A territory within a year: interviews held, days from end to interview, people who wait beyond the delay."""

    name: str
    seen: int
    median_days: float | None
    late: int
    territory: UUID | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One follow-up: its line and its history."""

    line: EndingLine
    contacts: list[FollowUpContact]
    may_follow: bool
    placement: Placement | None = None


def with_end(rows: QuerySet[Trainee]) -> QuerySet[Any]:
    """Trainees whose end is known, with it (`end_on`)."""
    return rows.exclude(outcome__in=CLOSED).annotate(end_on=END_ON).filter(end_on__isnull=False)


def board(
    actor: Actor, *, state: str = TO_SEE, territory: UUID | None = None, mine: bool = False, after: str = ""
) -> Board:
    """One page of the board; the oldest end first, those seen the latest first (the same queries whatever its size)."""
    rows = _followed(actor, territory, mine)
    states = _states(actor)
    counts = rows.order_by().aggregate(**{name: Count("pk", filter=which) for name, which in states.items()})
    state = state if state in STATES else TO_SEE
    order = ("-interview_on", "id") if state == SEEN else ("end_on", "id")
    page = paginate(rows.filter(states[state]).select_related(*JOINED), order=order, after=after, size=PAGE)
    return Board(page, _lines(actor, page.rows), counts[state], counts, state)


def in_state(actor: Actor, state: str, *, territory: UUID | None = None, mine: bool = False) -> QuerySet[Any]:
    """Those of one state, not sorted."""
    return _followed(actor, territory, mine).filter(_states(actor)[state])


def to_see(actor: Actor) -> QuerySet[Any]:
    """Ended and not seen; of mine and of nobody's, the oldest end first."""
    rows = _unclaimed(actor).filter(_states(actor)[TO_SEE])
    return rows.filter(Q(call_back_on=None) | Q(call_back_on__lte=actor.today))


def to_prepare(actor: Actor) -> QuerySet[Any]:
    """About to end, from the second step on; of mine and of nobody's, the nearest end first."""
    soon = timedelta(days=Department.objects.get(pk=actor.department_id).delay("training_second"))
    return _unclaimed(actor).filter(interview_on=None, end_on__gt=actor.today, end_on__lte=actor.today + soon)


def ending_lines(actor: Actor, rows: Iterable[Any]) -> list[EndingLine]:
    """Lines of some of these."""
    return _lines(actor, list(rows))


def ending_record(actor: Actor, pk: UUID) -> Record:
    """One follow-up; raises `NotVisible`."""
    trainee = get_visible(actor, Trainee, pk, *JOINED)
    (line,) = _lines(actor, [trainee])
    contacts = visible(actor, FollowUpContact).filter(trainee=trainee).select_related("by", "organization")
    job = placement_of(actor, trainee.beneficiary)
    return Record(line, list(contacts[:PAGE]), can(actor, "trainee.follow", trainee), job)


def end_day(trainee: Trainee) -> date | None:
    """The day she is, or was, out of training."""
    if trainee.outcome == Outcome.NEVER_STARTED:
        return trainee.left_on or trainee.starts_on
    return trainee.left_on or trainee.ends_on


def all_seen(ids: Iterable[str]) -> bool:
    """Were all these people seen again?"""
    return not Trainee.objects.filter(pk__in=list(ids), interview_on=None).exists()


def delays(actor: Actor) -> list[PlaceDelay]:
    """Days from the end of a training to the interview, by territory, over a year; who still waits."""
    limit = Department.objects.get(pk=actor.department_id).delay("training_reminder")
    rows = with_end(visible(actor, Trainee)).filter(end_on__lte=actor.today, end_on__gt=actor.today - YEAR)
    days: dict[UUID | None, list[int]] = defaultdict(list)
    late: dict[UUID | None, int] = defaultdict(int)
    for place, end, seen in rows.order_by().values_list("beneficiary__territory", "end_on", "interview_on").iterator():
        if seen is not None:
            days[place].append(max(0, (seen - end).days))
        elif (actor.today - end).days > limit:
            late[place] += 1
    names: list[tuple[UUID | None, str]] = list(visible(actor, Territory).order_by("code").values_list("pk", "name"))
    if None in days or None in late:
        names.append((None, "Territoire non connu"))
    places = [_place(name, days[pk], late[pk], pk) for pk, name in names]
    every = [one for found in days.values() for one in found]
    return [*places, _place("Ensemble", every, sum(late.values()))]


def figures(actor: Actor) -> list[TrainingFigure]:
    """What became of trainees, as frozen for the Région: the whole first."""
    rows = TrainingFigure.objects.filter(department_id=actor.department_id).select_related("territory")
    latest = rows.order_by("-until").values_list("until", flat=True).first()
    if latest is None:
        return []
    return sorted(rows.filter(until=latest), key=lambda one: one.territory.code if one.territory else "")


def delay_file(actor: Actor) -> tuple[str, bytes]:
    """The delays for a spreadsheet: name and bytes."""
    content = io.BytesIO()
    write_csv(
        content, ["Territoire", "Entretiens", "Délai médian en jours", "En attente au-delà du délai"], _csv(actor)
    )
    code = Department.objects.get(pk=actor.department_id).code
    name = file_name("delais-formation", tenant=code, place="departement", month=actor.today, at=actor.now)
    return name, content.getvalue()


def _csv(actor: Actor) -> Iterator[list[str]]:
    for one in delays(actor):
        middle = "" if one.median_days is None else f"{one.median_days:g}".replace(".", ",")
        yield [one.name, str(one.seen), middle, str(one.late)]


def _followed(actor: Actor, territory: UUID | None, mine: bool) -> QuerySet[Any]:
    rows = with_end(visible(actor, Trainee)).filter(beneficiary__died_on=None)
    if territory:
        rows = rows.filter(beneficiary__territory=territory)
    return rows.filter(in_charge_id=actor.user_id) if mine else rows


def _unclaimed(actor: Actor) -> QuerySet[Any]:
    """Those I follow and those nobody does, by their end."""
    rows = with_end(visible(actor, Trainee)).filter(beneficiary__died_on=None)
    rows = rows.filter(Q(in_charge=None) | Q(in_charge=actor.user_id))
    return rows.select_related(*JOINED).order_by("end_on", "id")


def _place(name: str, days: list[int], late: int, territory: UUID | None = None) -> PlaceDelay:
    return PlaceDelay(name, len(days), median(days) if days else None, late, territory)


def _states(actor: Actor) -> dict[str, Q]:
    department = Department.objects.get(pk=actor.department_id)
    soon, limit = department.delay("training_first"), timedelta(days=department.delay("training_reminder"))
    open_ = Q(interview_on=None)
    return {
        ENDING: open_ & Q(end_on__gt=actor.today, end_on__lte=actor.today + timedelta(days=soon)),
        TO_SEE: open_ & Q(end_on__lte=actor.today, end_on__gt=actor.today - FORGOTTEN),
        LATE: open_ & Q(end_on__lt=actor.today - limit, end_on__gt=actor.today - FORGOTTEN),
        SEEN: Q(interview_on__gt=actor.today - KEPT),
    }


def _lines(actor: Actor, rows: list[Any]) -> list[EndingLine]:
    limit = Department.objects.get(pk=actor.department_id).delay("training_reminder")
    levels = levels_of(actor, [row.beneficiary_id for row in rows])
    found = []
    for row in rows:
        level = levels.get(row.beneficiary_id, Level.MINIMAL)
        end = end_day(row) or actor.today
        days = (actor.today - end).days
        late = row.interview_on is None and days > limit
        facts = disclose(row.beneficiary, level)
        found.append(EndingLine(row, short_name(row.beneficiary, level), facts, end, days, late))
    return found
