"""A line recognised after its list was applied: what it says of one person is applied at once, by the same plan."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from hub.core.actor import Actor
from partners.models import ImportJob
from referrals.models import RegistrationList
from referrals.services.reconciliation import apply, plan
from referrals.services.reconciliation.months import forget_months
from referrals.services.reconciliation.terms import terms_of


def apply_for_person(actor: Actor, *, job: ImportJob, beneficiary_id: UUID) -> None:
    """Make the plan of an applied list again and keep of it what concerns this person; her gaps' followers are told."""
    applied = RegistrationList.objects.filter(job=job).first()
    if applied is None:  # not a list
        return
    terms = terms_of(actor, job)
    plan.make_plan(terms)
    with connection.cursor() as cursor:
        for table in ("told", "next_status", "obliged", "outcome"):
            cursor.execute(f"DELETE FROM {table} WHERE beneficiary_id <> %s", [beneficiary_id])
    forget_months(applied, beneficiary_id=beneficiary_id)
    apply.write(terms, applied)
    changed = apply.changed_gaps()
    plan.forget()
    apply.tell(actor, tuple(gap for gaps in changed.values() for gap in gaps), job_id=job.pk)
