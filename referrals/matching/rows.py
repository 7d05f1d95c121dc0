"""From the stage to `ImportRow`: what became of each line, for the person who confirms."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection

from hub.core.bulk import row_key, row_keys
from partners.models.files import Verdict
from referrals.matching.levels import IDENTITY

# The normalised values a rule compared, as kept with the line; a NIR is never among them.
COMPARED = """jsonb_build_object('birth', s.birth, 'last', s.last, 'birth_name', s.birth_name,
           'first', s.first_full, 'pes', NULLIF(s.pes, '{}'), 'number', s.number, 'role', s.role,
           'internal', s.internal, 'email', s.email, 'phone', s.phone, 'nir', s.nir IS NOT NULL)"""
# `raw` is kept for lines somebody must look at, so that the rejects file has the original columns.
INSERT = f"""
INSERT INTO partners_importrow
  (id, department_id, job_id, line, raw, data, fingerprint, verdict, problems, match_rule, beneficiary_id, identity)
SELECT {row_key("s.line")}, %(department)s, %(job)s, s.line,
       CASE WHEN v.aside OR c.line IS NOT NULL THEN string_to_array(coalesce(raw, ''), chr(31)) ELSE '{{}}' END,
       CASE WHEN v.plain AND c.line IS NULL THEN data ELSE jsonb_strip_nulls(data || jsonb_build_object(
         'candidates', candidates, 'corrected', c.id, 'nir_hash', CASE WHEN v.aside THEN s.nir END, 'compared',
         {COMPARED})) END,
       coalesce(fingerprint, ''), v.verdict, problems, coalesce(rule, ''), person,
       CASE WHEN (v.verdict = 'ambiguous' AND candidates IS NOT NULL) OR data ? 'suggestions' THEN {IDENTITY}
            ELSE '' END
  FROM stage s
  LEFT JOIN (SELECT DISTINCT ON (line) line, id FROM partners_linecorrection WHERE job_id = %(job)s
              ORDER BY line, at DESC) c ON c.line = s.line,
  LATERAL (SELECT coalesce(s.verdict,
                           CASE WHEN person IS NULL THEN %(unmatched)s
                                WHEN data->'events' = '[]'::jsonb THEN 'unchanged' -- said to be absent
                                ELSE 'matched' END) AS verdict) w,
  LATERAL (SELECT w.verdict, w.verdict IN ('rejected', 'ambiguous', 'unknown') AS aside,
                  -- nothing was compared, or what the line itself says
                  (s.rule IS NULL OR s.rule IN ('nir_birth', 'nir'))
                  AND candidates IS NULL AND NOT data ? 'suggestions' AS plain) v
"""
# Two lines of one job that say the same, or would create two people under one number, once one was corrected.
DOUBLES = """
UPDATE stage s SET verdict = %(verdict)s, problems = s.problems || jsonb_build_array(jsonb_build_object(
         'code', 'DOUBLON_FICHIER', 'level', 'warning', 'column', '',
         'message', 'cette personne figure déjà dans le fichier, ligne ' || r.line))
  FROM partners_importrow r
 WHERE r.job_id = %(job)s AND r.verdict NOT IN ('rejected', 'duplicate') AND s.verdict IS NULL AND r.line <> s.line
   AND (r.fingerprint = s.fingerprint OR (r.verdict = 'created' AND s.person IS NULL AND (
        r.data->'nir'->>1 = s.nir OR r.data->'values'->>'internal_id' = s.internal)))
"""
FAULTS = """
SELECT line, p->>'message' FROM partners_importrow, jsonb_array_elements(problems) p
 WHERE job_id = %(job)s AND verdict = 'rejected' AND p->>'level' = 'error'
   AND (%(lines)s::int[] IS NULL OR line = ANY(%(lines)s)) ORDER BY line LIMIT %(most)s
"""
OUTSIDE = """
UPDATE partners_importrow r SET problems = r.problems || jsonb_build_array(jsonb_build_object(
         'code', 'HORS_PERIMETRE', 'level', 'warning', 'column', '', 'message',
         'cette personne habite hors du territoire de la liste (' || t.name
         || ') : l''événement est gardé, aucune absence n''en est déduite'))
  FROM referrals_beneficiary b LEFT JOIN partners_territory t ON t.id = b.territory_id
 WHERE r.job_id = %s AND b.id = r.beneficiary_id AND b.territory_id <> %s
   AND NOT r.problems @> '[{"code": "HORS_PERIMETRE"}]'
"""
COUNT = "SELECT verdict, count(*) FROM partners_importrow WHERE job_id = %s GROUP BY verdict"


def mark_doubles(job_id: UUID) -> None:
    """A line read again that says what another line of its job says is its double."""
    with connection.cursor() as cursor:
        cursor.execute(DOUBLES, {"job": job_id, "verdict": Verdict.DUPLICATE})


def format_faults(job_id: UUID, most: int, lines: Collection[int] | None = None) -> list[str]:
    """What is wrong with the rejected lines (of these), whoever they speak of: for the sender of the file too.

    Matching rejects no line, and what it says of one is a warning: nothing said here tells who is known.
    """
    with connection.cursor() as cursor:
        cursor.execute(FAULTS, {"job": job_id, "most": most, "lines": None if lines is None else list(lines)})
        return [_fault(line, f"{message}.") for line, message in cursor.fetchall()]


def without_faults(warnings: Iterable[str], lines: Iterable[int]) -> list[str]:
    """Warnings of a file without what they said of these lines, which are read again."""
    told = tuple(_fault(line, "") for line in lines)
    return [said for said in warnings if not said.startswith(told)]


def _fault(line: int, said: str) -> str:
    return f"Ligne {line} : {said}"


def mark_outside(job_id: UUID, territory_id: UUID | None) -> None:
    """Say of the people who live outside the territory of a list that they do; their events are kept."""
    if territory_id is not None:
        with connection.cursor() as cursor:
            cursor.execute(OUTSIDE, [job_id, territory_id])


def write(department_id: UUID, job_id: UUID, *, unmatched: str) -> None:
    """Write the rows of the staged lines.

    Lines without a verdict yet are `matched` when somebody was recognised, else `unmatched`.
    """
    with connection.cursor() as cursor:
        cursor.execute(INSERT, {"department": department_id, "job": job_id, "unmatched": unmatched, "keys": row_keys()})


def counts(job_id: UUID) -> dict[str, int]:
    """How many lines a job has, and of each verdict."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [job_id])
        found = dict(cursor.fetchall())
    return {"lines": sum(found.values()), **found}
