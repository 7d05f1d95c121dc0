"""Is an analysis still true? People written after it may be recognised otherwise."""

from __future__ import annotations

from partners.models import ImportJob
from referrals.models import Beneficiary


def people_changed_since(job: ImportJob) -> bool:
    """Was anybody created or changed after the analysis of this job?"""
    if job.analysed_at is None:
        return True
    return Beneficiary.objects.filter(department_id=job.department_id, updated_at__gt=job.analysed_at).exists()
