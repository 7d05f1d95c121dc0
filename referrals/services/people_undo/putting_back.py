"""The undo itself: what the file created goes away, what it changed goes back, what stands on it follows."""

from __future__ import annotations

from typing import Any

from django.db import connection

from hub.core.actor import Actor
from hub.core.topics import touch
from partners.models import ImportJob
from referrals.models import Beneficiary
from referrals.obligation import must_register
from referrals.services.moot_gaps import lapse_moot_gaps
from referrals.services.people import KEYS, fill_keys
from referrals.services.people_undo.left import TAKEN, counts, keep_left, weigh
from referrals.services.people_undo.written import PATHWAY, TRACKED, columns, listed

BATCH = 500
NOT_HELD = "NOT EXISTS (SELECT 1 FROM held h WHERE h.person = {0})"
NUMBERS = f"""
DELETE FROM referrals_nationalnumber n USING partners_importrow r
 WHERE r.job_id = %(job)s AND n.beneficiary_id = r.beneficiary_id AND n.hash = r.data->'nir'->>1
   AND (r.verdict = 'changed' AND r.data->'changes' ? 'nir'
        OR r.verdict = 'created' AND {NOT_HELD.format("r.beneficiary_id")})
"""
GO_AWAY = """
DELETE FROM {table} t USING written w WHERE w.kind = %(kind)s AND w.id = t.id AND w.created AND """
GO_BACK = """
UPDATE {table} t SET {sets} FROM written w JOIN {table}event f ON f.pgh_id = w.former
 WHERE w.kind = %(kind)s AND w.id = t.id AND NOT w.created AND """
# Unique while it lasts: given back before anybody takes his own again.
FREE_IDENTIFIERS = f"""
UPDATE referrals_beneficiary b SET internal_id = ''
  FROM written x JOIN referrals_beneficiaryevent v ON v.pgh_id = x.version
  JOIN referrals_beneficiaryevent f ON f.pgh_id = x.former
 WHERE x.id = b.id AND x.kind = 'beneficiary' AND NOT x.created AND b.internal_id = v.internal_id
   AND f.internal_id <> v.internal_id AND NOT ({TAKEN})
RETURNING b.id
"""
FIELDS = """
UPDATE referrals_beneficiary b SET {sets}
  FROM written x JOIN referrals_beneficiaryevent v ON v.pgh_id = x.version
  JOIN referrals_beneficiaryevent f ON f.pgh_id = x.former
 WHERE x.id = b.id AND x.kind = 'beneficiary' AND NOT x.created
"""
MIXED = "SELECT id FROM written WHERE kind = 'beneficiary' AND NOT created AND since"
PEOPLE = "SELECT DISTINCT person FROM written"
# Gaps this file closed are as open as they were, if the person must register again and nobody acted since.
REOPEN = f"""
WITH image AS (
  SELECT g.id, l.source FROM referrals_registrationgap g
    JOIN referrals_gaplog l ON l.gap_id = g.id AND l.at = g.closed_at AND l.name = 'lapse'
    JOIN referrals_beneficiary b ON b.id = g.beneficiary_id
   WHERE g.state = 'lapsed' AND g.closed_at = %(applied)s AND g.closed_by_list_id IS NULL
     AND g.beneficiary_id IN ({PEOPLE}) AND ({must_register("b")}) AND NOT EXISTS (
       SELECT 1 FROM referrals_registrationgap o
        WHERE o.beneficiary_id = g.beneficiary_id AND o.state IN ('open', 'acknowledged', 'in_progress'))
     FOR UPDATE OF g),
done AS (
  UPDATE referrals_registrationgap g SET state = i.source, closed_at = NULL, closing = '', closing_note = ''
    FROM image i WHERE i.id = g.id RETURNING g.id, g.state)
INSERT INTO referrals_gaplog
  (id, department_id, gap_id, name, source, target, at, user_id, organization_id, reason, note)
SELECT gen_random_uuid(), %(department)s, id, 'reopen', 'lapsed', state, %(now)s, %(user)s, NULL, '', '' FROM done
"""


def undo_people(actor: Actor, job: ImportJob) -> dict[str, int]:
    """Take a file of people back; how many went away, went back, and keep something that changed since."""
    weigh(job)
    keep_left(actor, job)
    removed, restored, left = counts()
    parameters = {
        "job": job.pk, "applied": job.applied_at, "now": actor.now, "user": job.undone_by_id,
        "department": actor.department_id, "day": actor.today,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, parameters)
        for kind in reversed(TRACKED):
            cursor.execute(_go_away(kind), {"kind": kind})
        for kind in PATHWAY:
            cursor.execute(_go_back(kind), {"kind": kind})
        _give_fields_back(cursor, parameters)
        cursor.execute(REOPEN, parameters)
        reopened = cursor.rowcount
        cursor.execute(PEOPLE)
        people = [person for (person,) in cursor.fetchall()]
    lapse_moot_gaps(actor, people)
    touch(actor.department_id, "gaps", actor.department_id)
    return {"people_removed": removed, "people_restored": restored, "people_left": left, "gaps_reopened": reopened}


def _go_away(kind: str) -> str:
    person = "w.id" if kind == "beneficiary" else "w.person"
    return GO_AWAY.format(table=TRACKED[kind]._meta.db_table) + NOT_HELD.format(person)


def _go_back(kind: str) -> str:
    model = TRACKED[kind]
    return GO_BACK.format(table=model._meta.db_table, sets=listed(model, "{0} = f.{0}")) + NOT_HELD.format("w.person")


def _give_fields_back(cursor: Any, parameters: dict[str, Any]) -> None:
    """Each field as it was, unless somebody changed it since; keys follow where both are mixed."""
    cursor.execute(FREE_IDENTIFIERS)
    freed = [person for (person,) in cursor.fetchall()]
    sets = ", ".join(_field(column) for column in columns(Beneficiary))
    cursor.execute(FIELDS.format(sets=sets), {**parameters, "freed": freed})
    cursor.execute(MIXED)
    mixed = list(Beneficiary.objects.select_related("commune").filter(pk__in=[one for (one,) in cursor.fetchall()]))
    for person in mixed:
        fill_keys(person)
    keys = ["territory" if key == "territory_id" else key for key in KEYS]
    Beneficiary.objects.bulk_update(mixed, keys, batch_size=BATCH)


def _field(column: str) -> str:
    if column == "updated_at":
        return "updated_at = CASE WHEN x.since THEN %(now)s ELSE f.updated_at END"
    if column == "internal_id":
        return "internal_id = CASE WHEN b.id = ANY(%(freed)s) THEN f.internal_id ELSE b.internal_id END"
    return f"{column} = CASE WHEN b.{column} IS NOT DISTINCT FROM v.{column} THEN f.{column} ELSE b.{column} END"
