"""Signed contracts one knows of."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.topics import touch
from referrals.models import Beneficiary, EngagementContract


@transaction.atomic
def record_contract(
    actor: Actor, *, person: Beneficiary, kind: str, signed_on: date, until: date | None = None
) -> EngagementContract:
    """Write down a contract signed with the person. Raises `Invalid` for dates that make no sense."""
    require(actor, "contract.record", person)
    problems = {}
    if signed_on > actor.today:
        problems["signed_on"] = "Cette date est dans le futur."
    if until and until < signed_on:
        problems["until"] = "La fin vient après la signature."
    if problems:
        raise Invalid("Certaines informations sont à corriger.", fields=problems)
    touch(actor.department_id, "person", person.pk)
    return EngagementContract.objects.create(
        department_id=actor.department_id,
        beneficiary=person,
        kind=kind,
        signed_on=signed_on,
        until=until,
        organization_id=actor.organization_id,
        recorded_by_id=actor.user_id,
        recorded_at=actor.now,
    )
