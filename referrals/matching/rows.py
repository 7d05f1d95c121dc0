"""From the stage to `ImportRow`: what became of each line, for the person who confirms."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

# `raw` is kept for lines somebody must look at, so that the rejects file has the original columns.
INSERT = """
INSERT INTO partners_importrow
  (id, department_id, job_id, line, raw, data, fingerprint, verdict, problems, match_rule, beneficiary_id)
SELECT gen_random_uuid(), %(department)s, %(job)s, line,
       CASE WHEN v.verdict IN ('rejected', 'ambiguous', 'unknown') THEN string_to_array(coalesce(raw, ''), chr(31))
            ELSE '{}' END,
       CASE WHEN candidates IS NULL THEN data ELSE data || jsonb_build_object('candidates', candidates) END,
       coalesce(fingerprint, ''), v.verdict, problems, coalesce(rule, ''), person
  FROM stage, LATERAL (SELECT coalesce(stage.verdict,
                                       CASE WHEN person IS NULL THEN %(unmatched)s
                                            WHEN data->'events' = '[]'::jsonb THEN 'unchanged' -- said to be absent
                                            ELSE 'matched' END) AS verdict) v
"""
FAULTS = """
SELECT line, p->>'message' FROM stage, jsonb_array_elements(problems) p
 WHERE verdict = 'rejected' AND p->>'level' = 'error' ORDER BY line LIMIT %s
"""
OUTSIDE = """
UPDATE stage s SET problems = coalesce(s.problems, '[]'::jsonb) || jsonb_build_array(jsonb_build_object(
         'code', 'HORS_PERIMETRE', 'level', 'warning', 'column', '', 'message',
         'cette personne habite hors du territoire de la liste (' || t.name
         || ') : l''événement est gardé, aucune absence n''en est déduite'))
  FROM referrals_beneficiary b LEFT JOIN partners_territory t ON t.id = b.territory_id
 WHERE b.id = s.person AND b.territory_id <> %s
"""
COUNT = "SELECT verdict, count(*) FROM partners_importrow WHERE job_id = %s GROUP BY verdict"


def format_faults(most: int) -> list[str]:
    """What is wrong with the rejected lines, whoever they speak of: for the sender of the file too.

    To be read before matching, so that nothing said here tells who is known.
    """
    with connection.cursor() as cursor:
        cursor.execute(FAULTS, [most])
        return [f"Ligne {line} : {message}." for line, message in cursor.fetchall()]


def mark_outside(territory_id: UUID | None) -> None:
    """Say of the people who live outside the territory of a list that they do; their events are kept."""
    if territory_id is not None:
        with connection.cursor() as cursor:
            cursor.execute(OUTSIDE, [territory_id])


def write(department_id: UUID, job_id: UUID, *, unmatched: str) -> dict[str, int]:
    """Write the rows of a job; returns how many of each verdict.

    Lines without one yet are `matched` when somebody was recognised, else `unmatched`.
    """
    with connection.cursor() as cursor:
        cursor.execute(INSERT, {"department": department_id, "job": job_id, "unmatched": unmatched})
        cursor.execute(COUNT, [job_id])
        counts = dict(cursor.fetchall())
    return {"lines": sum(counts.values()), **counts}
