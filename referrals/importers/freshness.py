"""Is an analysis still true? People written after it may be recognised otherwise."""

from __future__ import annotations

from partners.models import ImportJob
from partners.models.files import ImportKind
from referrals.models import Beneficiary

PEOPLE_KINDS = (ImportKind.PEOPLE, ImportKind.CAF_FLOW)


def people_changed_since(job: ImportJob) -> bool:
    """Was anybody created, changed, or taken back, after the analysis of this job?"""
    if job.analysed_at is None:
        return True
    here = {"department_id": job.department_id}
    undone = ImportJob.objects.filter(kind__in=PEOPLE_KINDS, undone_at__gt=job.analysed_at, **here)  # dates go back too
    return undone.exists() or Beneficiary.objects.filter(updated_at__gt=job.analysed_at, **here).exists()
