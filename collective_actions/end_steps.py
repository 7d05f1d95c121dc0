"""When each step around the end of a training is due: civil days, moved to days when somebody works. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from collective_actions.models import Outcome, Step
from hub.core.workdays import ALSACE_MOSELLE, add_open_days, is_open

DAY = timedelta(days=1)
# What a roster calls an end before the end: she is seen again at once.
EARLY = (Outcome.DROPPED_OUT, Outcome.EXCLUDED, Outcome.NEVER_STARTED, Outcome.JOB)


@dataclass(frozen=True, slots=True)
class Lasts:
    """What the dates of a trainee say: `left_on` once she left, `outcome` how."""

    starts_on: date
    ends_on: date | None
    left_on: date | None = None
    outcome: str = ""

    @property
    def end(self) -> date | None:
        """The day she is, or was, out of training; None while nobody knows."""
        if self.outcome == Outcome.NEVER_STARTED:
            return self.left_on or self.starts_on
        return self.left_on or self.ends_on

    @property
    def early(self) -> bool:
        """Did she leave before the planned end?"""
        if self.outcome == Outcome.NEVER_STARTED:
            return True
        if self.left_on is None:
            return False
        return self.outcome in EARLY or self.ends_on is None or self.left_on < self.ends_on


def steps_of(lasts: Lasts, delays: Mapping[str, int], *, subdivision: str = ALSACE_MOSELLE) -> dict[str, date]:
    """Step → the day it is told (programme 2.4: trainees are seen again as soon as their training ends).

    `delays`: `training_first`, `training_second`, `training_reminder`, `training_short` in days, `training_job_wait` in
    open days. What prepares an end is told on the open day before, what follows it on the next one. An early exit is
    told on its day; into a job, once she had time to settle. Nothing is planned from an unknown end, nor for a session
    that is cancelled.
    """
    end = lasts.end
    if end is None or lasts.outcome == Outcome.CANCELLED:
        return {}
    reminder = _next(end + delays["training_reminder"] * DAY, subdivision)
    if lasts.early:
        wait = delays["training_job_wait"] if lasts.outcome == Outcome.JOB else 0
        told = add_open_days(end, wait, subdivision=subdivision)
        return {Step.ENDED.value: told, Step.REMINDER.value: max(reminder, _next(told + DAY, subdivision))}
    steps: dict[str, date] = {Step.ENDED: _next(end, subdivision), Step.REMINDER: reminder}
    for step, delay in ((Step.FIRST, "training_first"), (Step.SECOND, "training_second")):
        if step == Step.FIRST and (end - lasts.starts_on).days < delays["training_short"]:
            continue
        day = _before(end - delays[delay] * DAY, subdivision)
        if day >= lasts.starts_on:
            steps[step] = day
    return steps


def _next(day: date, subdivision: str) -> date:
    while not is_open(day, subdivision=subdivision):
        day += DAY
    return day


def _before(day: date, subdivision: str) -> date:
    while not is_open(day, subdivision=subdivision):
        day -= DAY
    return day
