"""Barriers: noted by the Département and whoever supports the person, read with her file."""

from __future__ import annotations

from hub.core.access import can, rule, scope
from hub.core.actor import Actor
from referrals.models import BarrierNote, Beneficiary
from referrals.policies.people import of_visible_people

scope(BarrierNote)(of_visible_people)


@rule("barriers.note")
def may_note_barriers(actor: Actor, person: Beneficiary) -> bool:
    """As contracts: the Département, and whoever supports the person."""
    return can(actor, "contract.record", person)
