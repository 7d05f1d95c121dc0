"""Planning the steps around the end of each training, from what rosters and sessions say now.

A corrected roster, or a session that moves, moves what is planned or cancels it; a step already told stays told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from collective_actions.end_steps import Lasts, steps_of
from collective_actions.models import FollowUpStep, Outcome, Trainee
from hub.core.actor import Actor
from hub.core.topics import touch
from partners.models import Department
from referrals.services.access import close_access
from referrals.services.explanations import keep_explanation

BATCH = 500  # trainees planned in one go; the next minute takes the others
OLD = timedelta(days=90)  # a training that ended earlier is history: nobody is told of it
DELAYS = ("training_first", "training_second", "training_reminder", "training_short", "training_job_wait")
# The end of a session moves those who end with it; who has a date of her own keeps it.
MOVED = """
UPDATE collective_actions_trainee t SET to_plan = true, updated_at = %(now)s, session_end = s.ends_on,
       ends_on = CASE WHEN t.ends_on IS DISTINCT FROM t.session_end OR s.ends_on < t.starts_on THEN t.ends_on
                      ELSE s.ends_on END
  FROM collective_actions_trainingsession s
 WHERE s.id = t.session_id AND t.department_id = %(department)s AND s.ends_on IS DISTINCT FROM t.session_end
"""
CANCELLED = """
UPDATE collective_actions_trainee t SET outcome = 'cancelled', to_plan = true, updated_at = %(now)s
  FROM collective_actions_trainingsession s
 WHERE s.id = t.session_id AND t.department_id = %(department)s AND s.cancelled_at IS NOT NULL
   AND t.outcome = '' AND t.left_on IS NULL
"""


@transaction.atomic
def plan_trainings(actor: Actor) -> int:
    """Plan the steps of the trainees whose dates changed; returns how many."""
    department = Department.objects.select_for_update(no_key=True).get(pk=actor.department_id)  # one worker at a time
    with connection.cursor() as cursor:
        for statement in (MOVED, CANCELLED):
            cursor.execute(statement, {"now": actor.now, "department": actor.department_id})
    changed = Trainee.objects.filter(department_id=actor.department_id, to_plan=True)
    found = list(changed.select_related("beneficiary").order_by("pk")[:BATCH])
    if found:
        _plan(actor, department, found)
        _explain(actor, found)
        Trainee.objects.filter(pk__in=[one.pk for one in found]).update(to_plan=False)
        touch(actor.department_id, "training_ends", actor.department_id)
    return len(found)


def lasts_of(trainee: Trainee) -> Lasts:
    """What the dates of a trainee say."""
    return Lasts(trainee.starts_on, trainee.ends_on, trainee.left_on, trainee.outcome)


def _plan(actor: Actor, department: Department, trainees: list[Trainee]) -> None:
    delays = {name: department.delay(name) for name in DELAYS}
    new, moved = [], []
    planned: dict[Any, dict[str, FollowUpStep]] = defaultdict(dict)
    for step in FollowUpStep.objects.filter(trainee__in=[one.pk for one in trainees]):
        planned[step.trainee_id][step.step] = step
    for trainee in trainees:
        closed = trainee.interview_on or trainee.beneficiary.died_on
        wanted = {} if closed else steps_of(lasts_of(trainee), delays, subdivision=department.code)
        kept = planned[trainee.pk]
        if trainee.outcome == Outcome.CANCELLED:
            close_access(actor, source=trainee)
        late = _past(wanted, lasts_of(trainee).end, actor.today)
        for name, due in wanted.items():
            if name not in kept:
                new.append(_step(trainee, name, due, skipped=name in late))
            elif kept[name].told_on is None:
                kept[name].due_on, kept[name].skipped = due, name in late
                moved.append(kept[name])
        for name in kept.keys() - wanted.keys():
            if kept[name].told_on is None:
                kept[name].skipped = True
                moved.append(kept[name])
    FollowUpStep.objects.bulk_create(new)
    FollowUpStep.objects.bulk_update(moved, ["due_on", "skipped"])


def _past(wanted: dict[str, date], end: date | None, today: date) -> set[str]:
    """Steps whose day has come with a later one: the last of them says what the others would have."""
    if end and end < today - OLD:
        return set(wanted)
    over = sorted((due, step) for step, due in wanted.items() if due <= today)
    return {step for _, step in over[:-1]}


def _step(trainee: Trainee, step: str, due: date, *, skipped: bool) -> FollowUpStep:
    return FollowUpStep(
        department_id=trainee.department_id, trainee=trainee, beneficiary_id=trainee.beneficiary_id, step=step,
        due_on=due, skipped=skipped,
    )  # fmt: skip


def _explain(actor: Actor, trainees: Iterable[Trainee]) -> None:
    """A training explains the absence from the lists until its end; afterwards its end is a question."""
    people = {one.beneficiary_id for one in trainees}
    rows = Trainee.objects.filter(beneficiary__in=people).exclude(
        outcome__in=(Outcome.NEVER_STARTED, Outcome.CANCELLED)
    )
    last: dict[Any, Trainee] = {}
    for row in rows.select_related("session__training").order_by("starts_on", "id"):
        last[row.beneficiary_id] = row
    for person in people:
        latest = last.get(person)
        keep_explanation(
            actor,
            person_id=person,
            kind="training",
            source="training",
            starts_on=latest.starts_on if latest else None,
            until=lasts_of(latest).end if latest else None,
            note=latest.session.training.title if latest else "",
        )
