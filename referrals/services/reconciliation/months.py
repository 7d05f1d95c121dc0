"""What each list says of each person for its month: written beside the plan, in one statement, withdrawn with the list.

Somebody the list names: present, or gone. Somebody obliged whom no list of the month names, once absence is
concluded: explained, within the delay, or absent. Of a doubtful line nothing is said.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from hub.core.bulk import row_key, whole_tables
from referrals.models import RegistrationList, RegistrationMonth
from referrals.services.reconciliation.terms import Terms

MONTHS = f"""
INSERT INTO referrals_registrationmonth (id, department_id, beneficiary_id, list_id, month, state, agency, line)
SELECT {row_key("row_number() OVER (ORDER BY beneficiary_id)")}, %(department)s, beneficiary_id, %(list)s, %(month)s,
       state, agency, line
  FROM (
  SELECT l.beneficiary_id, l.line, l.agency,
         CASE WHEN l.state = 'registered' AND %(complete)s THEN 'listed' WHEN l.state = 'registered' THEN l.state
              WHEN l.alerting THEN 'left' ELSE 'explained' END AS state
    FROM (SELECT DISTINCT ON (beneficiary_id) beneficiary_id, state, alerting, line, agency FROM told
           ORDER BY beneficiary_id, "on" DESC, state = 'registered' DESC, state = 'struck_off' DESC, code DESC) l
  UNION ALL
  SELECT o.beneficiary_id, NULL, '',
         CASE WHEN o.explained OR justified.id IS NOT NULL THEN 'explained'
              WHEN o.kind IS NULL THEN 'waiting' ELSE 'absent' END
    FROM obliged o
    LEFT JOIN standing s ON s.beneficiary_id = o.beneficiary_id
    LEFT JOIN (SELECT DISTINCT beneficiary_id AS id FROM referrals_registrationgap
                WHERE state = 'justified' AND justified_until >= %(day)s) justified ON justified.id = o.beneficiary_id
   WHERE %(conclude)s AND o.inside AND NOT o.doubtful AND (s.last_listed >= %(month)s) IS NOT TRUE
     AND (o.kind IS NOT NULL OR o.explained OR s.beneficiary_id IS NULL)
     AND NOT EXISTS (SELECT 1 FROM told t WHERE t.beneficiary_id = o.beneficiary_id)) said
"""


def forget_months(applied: RegistrationList, *, beneficiary_id: UUID | None = None) -> None:
    """What a list said, of everybody or of one person, before it says it again or not at all."""
    said = RegistrationMonth.objects.filter(list=applied)
    (said.filter(beneficiary=beneficiary_id) if beneficiary_id else said).delete()


def record_months(terms: Terms, applied: RegistrationList) -> None:
    """Write what the plan of this transaction says of each person."""
    with connection.cursor() as cursor, whole_tables():
        cursor.execute(MONTHS, terms.parameters(list=applied.pk))
