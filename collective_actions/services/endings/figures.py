"""What the Région may read of what became of trainees: people, by territory, rounded to 5, once a month."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from collective_actions.models import Interview, Outcome, Trainee, TrainingFigure
from collective_actions.services.endings.planning import lasts_of
from hub.core.actor import Actor

SMALLEST, ROUND = 5, 5
YEAR = timedelta(days=365)


@transaction.atomic
def freeze_figures(actor: Actor) -> None:
    """Write the figures of the year that ended with the last month, unless they are written.

    Frozen and rounded: whoever brings a name to see whether a figure changes sees none that does.
    """
    until = actor.today.replace(day=1) - timedelta(days=1)
    if TrainingFigure.objects.filter(department_id=actor.department_id, until=until).exists():
        return
    people = _people(actor, until)
    places = sorted({territory for territory, _, _ in people.values() if territory}, key=str)
    counted: list[tuple[UUID | None, list[Person]]] = [(None, list(people.values()))]
    counted += [(place, [one for one in people.values() if one[0] == place]) for place in places]
    TrainingFigure.objects.bulk_create(_figure(actor, until, *one) for one in counted)


def rounded(count: int) -> int | None:
    """To the nearest 5; nothing below 5."""
    return None if count < SMALLEST else ROUND * round(count / ROUND)


Person = tuple[UUID | None, bool, bool]


def _people(actor: Actor, until: date) -> dict[UUID, Person]:
    """Person → (territory, seen again, in a job), of the trainings that ended within the year."""
    found: dict[UUID, Person] = defaultdict(lambda: (None, False, False))
    rows = Trainee.objects.filter(department_id=actor.department_id, starts_on__lte=until).exclude(
        outcome=Outcome.CANCELLED
    )
    for row in rows.select_related("beneficiary").iterator(1000):
        end = lasts_of(row).end
        if end is None or not until - YEAR < end <= until:
            continue
        _, seen, placed = found[row.beneficiary_id]
        job = row.interview_result == Interview.PLACED or row.outcome == Outcome.JOB
        met = row.interview_on is not None and row.interview_on <= until
        found[row.beneficiary_id] = (row.beneficiary.territory_id, seen or met, placed or job)
    return found


def _figure(actor: Actor, until: date, territory: UUID | None, people: list[Person]) -> TrainingFigure:
    return TrainingFigure(
        department_id=actor.department_id,
        territory_id=territory,
        until=until,
        followed=rounded(len(people)),
        seen=rounded(sum(seen for _, seen, _ in people)),
        placed=rounded(sum(placed for _, _, placed in people)),
    )
