"""The anonymous series of registration: how many must be registered and are, month by month (indicator A1-3)."""

from __future__ import annotations

from django.db import connection

from hub.core.bulk import whole_tables
from referrals.models import RegistrationMeasure
from referrals.services.reconciliation.terms import Terms

# Each obliged person counts once, in the first of: an open gap, registered, absence explained, within the delay.
MEASURE = """
INSERT INTO referrals_registrationmeasure
  (id, department_id, territory_id, month, list_date, obliged, registered, in_gap, explained, waiting, unknown)
SELECT gen_random_uuid(), %(department)s, territory_id, %(month)s, %(day)s, count(*),
       count(*) FILTER (WHERE standing = 'registered'), count(*) FILTER (WHERE standing = 'in_gap'),
       count(*) FILTER (WHERE standing = 'explained'), count(*) FILTER (WHERE standing = 'waiting'),
       count(*) FILTER (WHERE standing = 'unknown')
  FROM (SELECT o.territory_id,
               CASE WHEN g.id IS NOT NULL THEN 'in_gap'
                    WHEN s.state = 'registered' THEN 'registered'
                    WHEN s.explained_until >= %(day)s OR EXISTS (
                      SELECT 1 FROM referrals_registrationgap j WHERE j.beneficiary_id = o.beneficiary_id
                         AND j.state = 'justified' AND j.justified_until >= %(day)s) THEN 'explained'
                    WHEN s.beneficiary_id IS NULL AND coalesce(d.informed_on, d.decided_on) + %(grace)s::int >= %(day)s
                    THEN 'waiting' ELSE 'unknown' END AS standing
          FROM obliged o
          JOIN referrals_trackdecision d ON d.beneficiary_id = o.beneficiary_id AND d.ended_on IS NULL
               AND d.voided_at IS NULL
          LEFT JOIN standing s ON s.beneficiary_id = o.beneficiary_id
          LEFT JOIN referrals_registrationgap g ON g.beneficiary_id = o.beneficiary_id
               AND g.state IN ('open', 'acknowledged', 'in_progress')) counted
 GROUP BY territory_id
"""


def measures(terms: Terms) -> bool:
    """Does this list measure its month: complete, and not overtaken by a later month?"""
    return terms.complete and terms.day.replace(day=1) <= terms.month


def record_measures(terms: Terms) -> None:
    """Write the counts of a complete list's month, in place of those an earlier list of the month gave.

    Runs beside the plan, once its outcome is written.
    """
    if not measures(terms):
        return
    RegistrationMeasure.objects.filter(department_id=terms.department, month=terms.month).delete()
    with connection.cursor() as cursor, whole_tables():
        cursor.execute(MEASURE, terms.parameters())
