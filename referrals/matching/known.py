"""Everybody the Département follows, as the rules compare them: read once for all the lines of a file.

The people themselves are wide rows behind a lock, and each rule would look at all of them again.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from hub.core.bulk import BULK_SETTINGS, whole_tables

CREATE = """
CREATE TEMP TABLE known ON COMMIT DROP AS
SELECT b.id, b.birth_date, n.hash AS nir, b.last_key, b.birth_key, b.first_key, b.first_full_key, b.pes_keys,
       b.internal_id, b.caf_number, b.caf_organization, b.caf_role, b.email, b.phone
  FROM referrals_beneficiary b
  LEFT JOIN referrals_nationalnumber n ON n.beneficiary_id = b.id AND n.department_id = b.department_id
 WHERE b.department_id = %s
"""


def gather(department_id: UUID) -> None:
    """Fill `known` anew, for the time of the transaction."""
    with connection.cursor() as cursor, whole_tables():
        cursor.execute(BULK_SETTINGS)
        cursor.execute("DROP TABLE IF EXISTS known")
        cursor.execute(CREATE, [department_id])
        cursor.execute("ANALYZE known")
