"""Who must register (domain §5), said once, in SQL; and gaps that lose their object when somebody no longer must."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from hub.core.actor import Actor
from referrals.models import RegistrationGap
from referrals.services.gaps import tell_gaps, touch_gap
from referrals.workflows import GAP

# The professional or socio-professional track, as `d`, of a person `b`; it may take effect later.
TRACK = """d.beneficiary_id = b.id AND d.voided_at IS NULL AND d.ended_on IS NULL
       AND d.track IN ('professional', 'socio_professional')"""
# Rights not closed, subject to obligations or unknown, not exempted.
SUBJECT = """b.died_on IS NULL AND b.rights_state IN ('open', 'suspended', 'payment_suspended', 'unknown')
   AND b.subject_to_obligations IS DISTINCT FROM false
   AND NOT EXISTS (
     SELECT 1 FROM referrals_registrationexemption x WHERE x.beneficiary_id = b.id AND x.until >= %(day)s)"""
MUST_REGISTER = f"EXISTS (SELECT 1 FROM referrals_trackdecision d WHERE {TRACK}) AND {SUBJECT}"
# Why somebody need not register any more: how her gap ends.
CLOSING = """
CASE WHEN b.died_on IS NOT NULL THEN 'died'
     WHEN b.rights_state IN ('pending', 'refused', 'closed', 'closed_earlier') THEN 'rights_closed'
     WHEN b.subject_to_obligations = false THEN 'not_subject'
     WHEN EXISTS (SELECT 1 FROM referrals_registrationexemption x WHERE x.beneficiary_id = b.id AND x.until >= %(day)s)
     THEN 'exempted'
     WHEN EXISTS (SELECT 1 FROM referrals_trackdecision d WHERE d.beneficiary_id = b.id AND d.voided_at IS NULL
                     AND d.ended_on IS NULL AND d.track = 'social') THEN 'social_track'
     ELSE 'other' END"""
MOOT = f"""
SELECT g.id, {CLOSING} FROM referrals_registrationgap g JOIN referrals_beneficiary b ON b.id = g.beneficiary_id
 WHERE g.state IN ('open', 'acknowledged', 'in_progress') AND g.beneficiary_id = ANY(%(people)s)
   AND NOT ({MUST_REGISTER})
"""


def lapse_moot_gaps(actor: Actor, people: Iterable[UUID]) -> None:
    """Close at once the open gaps of those of `people` who need not register any more; told once, together."""
    with connection.cursor() as cursor:
        cursor.execute(MOOT, {"people": list(people), "day": actor.today})
        found = dict(cursor.fetchall())
    gaps = list(RegistrationGap.objects.filter(pk__in=found))
    for gap in gaps:
        GAP.perform(gap, "lapse", by=actor, closed_at=actor.now, closing=found[gap.pk])
        touch_gap(actor, gap)
    tell_gaps(actor, gaps)
