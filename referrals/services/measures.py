"""The anonymous series of registration: how many must be registered and are, month by month (indicator A1-3)."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from hub.core.bulk import whole_tables
from partners.models import ImportJob
from partners.models.files import ImportState, ListNature
from referrals.models import RegistrationList, RegistrationMeasure
from referrals.services.reconciliation.terms import Terms

# Each obliged person of the places the month's lists cover counts once, in the first of: an open gap, registered as
# the month's lists say, absence explained, within the delay. Registered on an older list is not known of this month.
MEASURE = """
INSERT INTO referrals_registrationmeasure
  (id, department_id, territory_id, month, list_date, obliged, registered, in_gap, explained, waiting, unknown)
SELECT gen_random_uuid(), %(department)s, territory_id, %(month)s, %(day)s, count(*),
       count(*) FILTER (WHERE standing = 'registered'), count(*) FILTER (WHERE standing = 'in_gap'),
       count(*) FILTER (WHERE standing = 'explained'), count(*) FILTER (WHERE standing = 'waiting'),
       count(*) FILTER (WHERE standing = 'unknown')
  FROM (SELECT o.territory_id,
               CASE WHEN g.id IS NOT NULL THEN 'in_gap'
                    WHEN s.state = 'registered' AND greatest(s.since, s.last_listed) >= %(month)s THEN 'registered'
                    WHEN o.explained OR EXISTS (
                      SELECT 1 FROM referrals_registrationgap j WHERE j.beneficiary_id = o.beneficiary_id
                         AND j.state = 'justified' AND j.justified_until >= %(day)s) THEN 'explained'
                    WHEN s.beneficiary_id IS NULL AND coalesce(d.informed_on, d.decided_on) + %(grace)s::int >= %(day)s
                    THEN 'waiting' ELSE 'unknown' END AS standing
          FROM obliged o
          JOIN referrals_trackdecision d ON d.beneficiary_id = o.beneficiary_id AND d.ended_on IS NULL
               AND d.voided_at IS NULL
          LEFT JOIN standing s ON s.beneficiary_id = o.beneficiary_id
          LEFT JOIN referrals_registrationgap g ON g.beneficiary_id = o.beneficiary_id
               AND g.state IN ('open', 'acknowledged', 'in_progress')
         WHERE %(everywhere)s OR o.territory_id = ANY(%(covered)s)) counted
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
    covered = _covered(terms)
    given = terms.parameters(everywhere=None in covered, covered=[place for place in covered if place])
    with connection.cursor() as cursor, whole_tables():
        cursor.execute(MEASURE, given)


def _covered(terms: Terms) -> set[UUID | None]:
    """The territories of the complete lists of the month, this one among them; None: the whole Département."""
    lists = RegistrationList.objects.filter(
        month=terms.month, nature=ListNature.COMPLETE, job__state=ImportState.APPLIED
    )
    own = ImportJob.objects.filter(pk=terms.job)
    return {*lists.values_list("territory", flat=True), *own.values_list("territory", flat=True)}
