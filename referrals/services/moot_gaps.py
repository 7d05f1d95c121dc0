"""Gaps that lose their object once somebody need not register: rights closed, track voided, file taken back."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from hub.core.actor import Actor
from referrals.models import RegistrationGap
from referrals.obligation import closing, must_register
from referrals.services.gaps import tell_gaps, touch_gap
from referrals.workflows import GAP

MOOT = f"""
SELECT g.id, {closing("b")} FROM referrals_registrationgap g JOIN referrals_beneficiary b ON b.id = g.beneficiary_id
 WHERE g.state IN ('open', 'acknowledged', 'in_progress') AND g.beneficiary_id = ANY(%(people)s)
   AND NOT ({must_register("b")})
"""


def lapse_moot_gaps(actor: Actor, people: Iterable[UUID]) -> None:
    """Close at once the open gaps of those of `people` who need not register any more; told once, together."""
    with connection.cursor() as cursor:
        cursor.execute(MOOT, {"people": list(people), "day": actor.today})
        found = dict(cursor.fetchall())
    if not found:
        return
    gaps = list(RegistrationGap.objects.filter(pk__in=found))
    for gap in gaps:
        GAP.perform(gap, "lapse", by=actor, closed_at=actor.now, closing=found[gap.pk])
        touch_gap(actor, gap)
    tell_gaps(actor, gaps)
