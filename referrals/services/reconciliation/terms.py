"""What one list may conclude, and on which day: the terms every statement of a plan is given."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hub.core.actor import Actor
from hub.core.bulk import row_keys
from partners.models import Department, ImportJob
from partners.models.files import IN_FORCE, ListNature
from referrals.imports.columns import REJECT_REASON
from referrals.imports.detect import kind_of_registration
from referrals.models import RegistrationList
from referrals.selectors.expected import missing_lists, perimeter

# Files that hold the people registered as they are, not what happened to them.
BY_HAND = "registration_by_hand"
LISTS_OF_REGISTERED = ("registration_stock", "registration_snapshot", "registration_extract")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`day` is the reference day; `jobs` are the lists whose doubtful lines excuse an absence; `proves`: whoever is on
    the list is registered in its month."""

    department: UUID
    job: UUID
    month: date
    day: date
    now: datetime
    complete: bool
    proves: bool
    conclude: bool
    jobs: list[UUID]
    territories: list[UUID]
    grace: int
    explained: int
    category_mode: bool

    def parameters(self, **others: Any) -> dict[str, Any]:
        """As the SQL names them; `keys` serve the rows of one statement."""
        return asdict(self) | {"keys": row_keys()} | others


def terms_of(actor: Actor, job: ImportJob) -> Terms:
    """The terms of an analysed list, as things are now."""
    month = job.month or actor.today.replace(day=1)
    department = Department.objects.get(pk=actor.department_id)
    later = latest_concluded(job, month)
    return Terms(
        department=department.pk,
        job=job.pk,
        month=month,
        day=reference_day(actor, max(month, later or month)),
        now=actor.now,
        complete=job.nature == ListNature.COMPLETE,
        proves=proves_presence(job, month),
        conclude=concludes(job, month),
        jobs=_jobs_of_month(job, month),
        territories=[territory.pk for territory in perimeter(job)],
        grace=department.delay("registration_grace"),
        explained=department.delay("explained_absence"),
        category_mode=department.category_mode,
    )


def proves_presence(job: ImportJob, month: date) -> bool:
    """Is being on it a proof for the month? Yes on a complete list, and on a part of one: its rejects, corrected. Made
    by hand, a list of events may as well tell what happened long ago."""
    if job.nature == ListNature.COMPLETE or kind_of(job) in LISTS_OF_REGISTERED:
        return True
    if kind_of(job) != BY_HAND or REJECT_REASON not in job.survey.get("titles", []):
        return False
    complete = RegistrationList.objects.filter(month=month, nature=ListNature.COMPLETE, job__state__in=IN_FORCE)
    return any(kind_of(one.job) == BY_HAND for one in complete.select_related("job"))


def kind_of(job: ImportJob) -> str | None:
    """Which kind of list a file was read as."""
    return kind_of_registration(job.survey.get("fields", []))


def may_conclude(job: ImportJob, month: date) -> bool:
    """A complete list that no later month has overtaken where it concludes; an older one completes the history only."""
    if job.nature != ListNature.COMPLETE:
        return False
    mine = set(perimeter(job))
    places = [set(perimeter(one.job)) for one in _concluded_after(job, month)]
    return all(mine and theirs and not mine & theirs for theirs in places)


def concludes(job: ImportJob, month: date) -> bool:
    """Is absence concluded? When a person said all is there, or all the month's expected lists are."""
    if not may_conclude(job, month):
        return False
    return job.conclude_absence or not missing_lists(job.department_id, month, with_job=job)


def latest_concluded(job: ImportJob, month: date) -> date | None:
    """The latest month already concluded after this one, wherever it is."""
    return _concluded_after(job, month).order_by("-month").values_list("month", flat=True).first()


def _concluded_after(job: ImportJob, month: date) -> QuerySet[RegistrationList]:
    later = RegistrationList.objects.filter(month__gt=month, concludes_absence=True, job__state__in=IN_FORCE)
    return later.exclude(job=job).select_related("job__territory")


def reference_day(actor: Actor, month: date) -> date:
    """The last day of a month, or today while it lasts: nothing is said of days to come."""
    return min(month.replace(day=monthrange(month.year, month.month)[1]), actor.today)


def _jobs_of_month(job: ImportJob, month: date) -> list[UUID]:
    """The complete lists of the month, this one among them: whoever may be behind a doubtful line is not absent."""
    lists = RegistrationList.objects.filter(month=month, nature=ListNature.COMPLETE, job__state__in=IN_FORCE)
    return [job.pk, *lists.exclude(job=job).values_list("job_id", flat=True)]
