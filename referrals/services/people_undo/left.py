"""What stays after the undo, before and after each field; told before it is confirmed, and kept once it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from hub.core.actor import Actor
from partners.models import ImportJob
from referrals.models import ImportChange
from referrals.services.people import EDITABLE
from referrals.services.people_undo.held import CHANGED, list_held
from referrals.services.people_undo.written import list_written

LEFT = "left"
FIELDS = (*EDITABLE, "birth_date_partial")
# An identifier somebody else has now cannot be given back (`one_internal_id`), unless she gives it back herself.
TAKEN = """
f.internal_id <> '' AND f.internal_id <> v.internal_id AND EXISTS (
  SELECT 1 FROM referrals_beneficiary o
   WHERE o.department_id = b.department_id AND o.internal_id = f.internal_id AND o.id <> b.id AND NOT EXISTS (
     SELECT 1 FROM written y JOIN referrals_beneficiaryevent yv ON yv.pgh_id = y.version
       LEFT JOIN referrals_beneficiaryevent yf ON yf.pgh_id = y.former
      WHERE y.kind = 'beneficiary' AND y.id = o.id AND CASE WHEN y.created THEN o.id NOT IN (SELECT person FROM held)
            ELSE o.internal_id = yv.internal_id AND o.internal_id <> yf.internal_id END))
"""
CHANGED_PEOPLE = """
  FROM written x JOIN referrals_beneficiary b ON b.id = x.id
  JOIN referrals_beneficiaryevent v ON v.pgh_id = x.version
  JOIN referrals_beneficiaryevent f ON f.pgh_id = x.former
 WHERE x.kind = 'beneficiary' AND NOT x.created
"""
TABLE = """
CREATE TEMP TABLE stays (person uuid, field text, why text, before text, written text, present text) ON COMMIT DROP
"""
STAYS = {
    "people": """
SELECT x.id, '', min(h.why), NULL, NULL, NULL FROM held h
  JOIN written x ON x.kind = 'beneficiary' AND x.id = h.person AND x.created GROUP BY x.id
""",
    "pathways": """
SELECT w.person, 'track', min(h.why), NULL, NULL, NULL FROM held h
  JOIN written w ON w.person = h.person AND w.kind <> 'beneficiary'
 WHERE NOT EXISTS (SELECT 1 FROM written x WHERE x.kind = 'beneficiary' AND x.id = w.person AND x.created)
 GROUP BY w.person
""",
    "fields": f"""
SELECT id, key, %(changed)s, before->>key, written->>key, present->>key
  FROM (SELECT x.id, to_jsonb(f) AS before, to_jsonb(v) AS written, to_jsonb(b) AS present,
               {TAKEN} AS taken {CHANGED_PEOPLE} AND (x.since OR {TAKEN})) p, unnest(%(fields)s::text[]) key
 WHERE before->key IS DISTINCT FROM written->key AND present->key IS DISTINCT FROM before->key
   AND (present->key IS DISTINCT FROM written->key OR (key = 'internal_id' AND taken))
""",
    "numbers": """
SELECT r.beneficiary_id, 'nir', %(changed)s, NULL, NULL, NULL FROM partners_importrow r
 WHERE r.job_id = %(job)s AND r.verdict = 'changed' AND r.data->'changes' ? 'nir' AND NOT EXISTS (
   SELECT 1 FROM referrals_nationalnumber n WHERE n.beneficiary_id = r.beneficiary_id AND n.hash = r.data->'nir'->>1)
""",
}
COUNTS = """
SELECT (SELECT count(*) FROM written x WHERE x.kind = 'beneficiary' AND x.created
           AND x.id NOT IN (SELECT person FROM held)),
       (SELECT count(DISTINCT person) FROM written x WHERE NOT EXISTS (
          SELECT 1 FROM written c WHERE c.kind = 'beneficiary' AND c.created AND c.id = x.person)),
       (SELECT count(DISTINCT person) FROM stays)
"""
KEEP = """
INSERT INTO referrals_importchange (id, department_id, job_id, subject_kind, subject_id, before)
SELECT gen_random_uuid(), %(department)s, %(job)s, %(kind)s, person, to_jsonb(s) - 'person' FROM stays s
"""


@dataclass(frozen=True, slots=True)
class Left:
    """One field of one person (no field: the whole file of somebody the import created) that stays, and why."""

    person_id: UUID
    field: str
    why: str
    before: str | None
    written: str | None
    present: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """How many people would go away, how many go back, how many keep something; the first of the latter."""

    removed: int
    restored: int
    left: int
    lines: list[Left]


def weigh(job: ImportJob) -> None:
    """Fill `written`, `held` and `stays`: all that the undo of this file is made of."""
    list_written(job)
    list_held(job)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS stays")
        cursor.execute(TABLE)
        for statement in STAYS.values():
            cursor.execute(
                f"INSERT INTO stays {statement}", {"changed": CHANGED, "fields": list(FIELDS), "job": job.pk}
            )


def counts() -> tuple[int, int, int]:
    """People that go away, that go back, that keep something; beside `weigh`."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        removed, restored, left = cursor.fetchone()
    return removed, restored, left


def preview_undo(job: ImportJob, *, most: int) -> Preview:
    """What taking this file back would do, as things are; nothing is written."""
    weigh(job)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stays ORDER BY person, field LIMIT %s", [most])
        lines = [Left(*row) for row in cursor.fetchall()]
    return Preview(*counts(), lines)


def keep_left(actor: Actor, job: ImportJob) -> None:
    """Keep what stays with the job, for whoever reads its page afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {"department": actor.department_id, "job": job.pk, "kind": LEFT})


def left_of(job: ImportJob, *, most: int) -> list[Left]:
    """What stayed when this file was taken back."""
    kept = ImportChange.objects.filter(job=job, subject_kind=LEFT).order_by("subject_id", "id")[:most]
    return [Left(person_id=one.subject_id, **_texts(one.before)) for one in kept]


def _texts(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: kept[name] for name in ("field", "why", "before", "written", "present")}
