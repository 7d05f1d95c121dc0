"""Telling what is due around the ends of trainings, once: the row of a step is what keeps it from being told twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from collective_actions.events import TrainingsEnding
from collective_actions.models import FollowUpStep, Trainee
from collective_actions.recipients import developers_by_territory
from hub.core.actor import Actor
from hub.core.events import emit
from hub.core.topics import touch
from partners.models import Department
from referrals.models import AccessGrant, Level
from referrals.services.access import open_accesses

BATCH = 500
REASON = "fin de formation à suivre"


@transaction.atomic
def tell_endings(actor: Actor) -> int:
    """Tell every step due today to the job developers of the territory and to the referent; returns how many."""
    Department.objects.select_for_update(no_key=True).get(pk=actor.department_id)  # one worker at a time
    due = FollowUpStep.objects.filter(
        department_id=actor.department_id, due_on__lte=actor.today, told_on=None, skipped=False,
        trainee__to_plan=False, trainee__interview_on=None, beneficiary__died_on=None,
    )  # fmt: skip
    found = list(due.select_related("trainee__beneficiary").order_by("due_on", "pk")[:BATCH])
    if not found:
        return 0
    _open(actor, [row.trainee for row in found])
    by_step: dict[str, list[UUID]] = defaultdict(list)
    for row in found:
        by_step[row.step].append(row.trainee_id)
    FollowUpStep.objects.filter(pk__in=[row.pk for row in found]).update(told_on=actor.today)
    touch(actor.department_id, "training_ends", actor.department_id)
    for step, trainees in by_step.items():
        emit(TrainingsEnding(department_id=actor.department_id, step=step, trainee_ids=tuple(trainees)))
    return len(found)


def _open(actor: Actor, trainees: Iterable[Trainee]) -> None:
    """The job developers of the territory see who to receive, at the level `placement`."""
    people = {one.pk: one for one in trainees}
    open_now = AccessGrant.objects.filter(source_kind="trainee", source_id__in=people, ends_at=None)
    opened = set(open_now.values_list("source_id", "organization_id"))
    places = developers_by_territory(actor.department_id)
    open_accesses(
        AccessGrant(
            department_id=actor.department_id, beneficiary_id=one.beneficiary_id, organization_id=organization_id,
            level=Level.PLACEMENT, reason=REASON, source_kind="trainee", source_id=one.pk, starts_at=actor.now,
        )
        for one in people.values()
        for organization_id in places.organizations(one.beneficiary.territory_id)
        if (one.pk, organization_id) not in opened
    )  # fmt: skip
