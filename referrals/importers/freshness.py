"""Is an analysis still true? People written after it may be recognised otherwise, other lists change what it does."""

from __future__ import annotations

from django.db.models import Q

from partners.models import ImportJob
from partners.models.files import ImportKind
from referrals.models import Beneficiary, RegistrationList

PEOPLE_KINDS = (ImportKind.PEOPLE, ImportKind.CAF_FLOW)


def people_changed_since(job: ImportJob) -> bool:
    """Was anybody created, changed, or taken back, after the analysis of this job?"""
    if job.analysed_at is None:
        return True
    here = {"department_id": job.department_id}
    undone = ImportJob.objects.filter(kind__in=PEOPLE_KINDS, undone_at__gt=job.analysed_at, **here)  # dates go back too
    return undone.exists() or Beneficiary.objects.filter(updated_at__gt=job.analysed_at, **here).exists()


def lists_changed_since(job: ImportJob) -> bool:
    """Was another list applied or taken back after the analysis of this one?"""
    if job.analysed_at is None:
        return True
    after = Q(applied_at__gt=job.analysed_at) | Q(job__undone_at__gt=job.analysed_at)
    return RegistrationList.objects.filter(after, department_id=job.department_id).exclude(job=job).exists()
