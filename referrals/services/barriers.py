"""What stands in the way of a person, as far as professionals noted it with her."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.topics import touch
from referrals.models import Barrier, BarrierNote, Beneficiary


@transaction.atomic
def note_barriers(actor: Actor, *, person: Beneficiary, barriers: Iterable[str]) -> BarrierNote:
    """Say which themes are to work on; none: nothing stands in the way. Raises `Invalid` for an unknown one."""
    require(actor, "barriers.note", person)
    chosen = sorted(set(barriers))
    if not set(chosen) <= set(Barrier.values):
        raise Invalid(fields={"barriers": "Choisissez parmi les huit thèmes du diagnostic."})
    touch(actor.department_id, "person", person.pk)
    return BarrierNote.objects.create(
        department_id=actor.department_id,
        beneficiary=person,
        barriers=chosen,
        organization_id=actor.organization_id,
        noted_by_id=actor.user_id,
        noted_at=actor.now,
    )
