"""Which lists a month still waits for, and where their absence may be concluded (agencies are not territories)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from hub.core.dates import add_months
from partners.models import ImportJob, Territory
from partners.models.files import IN_FORCE, ListNature
from referrals.models import ExpectedList, RegistrationList


def missing_lists(department_id: UUID, month: date, *, with_job: ImportJob | None = None) -> list[ExpectedList]:
    """Lists the Département waits for this month and has not applied, `with_job` counted as applied.

    A file brought twice counts once; a list of one territory never stands for another's; a list that names its
    agencies is there once applied lists contain them all, in however many files.
    """
    lists = RegistrationList.objects.filter(month=month, nature=ListNature.COMPLETE, job__state__in=IN_FORCE)
    arrived: set[tuple[UUID | None, str, tuple[str, ...]]] = {
        (territory, sha, tuple(agencies))
        for territory, sha, agencies in lists.values_list("territory_id", "job__file__sha256", "job__agencies")
    }
    if with_job is not None and with_job.nature == ListNature.COMPLETE:
        arrived.add((with_job.territory_id, with_job.file.sha256, tuple(with_job.agencies)))
    contained = {agency for _, _, agencies in arrived for agency in agencies}
    left: Counter[UUID | None] = Counter(territory for territory, _, _ in arrived)
    missing = []
    for expected in _expected(department_id):
        if expected.agencies:
            if not set(expected.agencies) <= contained:
                missing.append(expected)
        elif left[expected.territory_id]:
            left[expected.territory_id] -= 1
        else:
            missing.append(expected)
    return missing


def perimeter(job: ImportJob) -> list[Territory]:
    """Where this list's absence is concluded: what it covers with all the expected lists; empty for everywhere."""
    covered = [job.territory, *(one.territory for one in _expected(job.department_id))]
    known = {territory for territory in covered if territory is not None}
    return sorted(known, key=str) if None not in covered else []


def month_due(today: date, delay: int) -> date:
    """First day of the last month whose lists are late today: `delay` days after its end have passed."""
    return add_months((today - timedelta(days=delay)).replace(day=1), -1)


def _expected(department_id: UUID) -> list[ExpectedList]:
    return list(ExpectedList.objects.filter(department_id=department_id, active=True).select_related("territory"))
