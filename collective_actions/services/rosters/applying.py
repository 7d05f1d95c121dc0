"""From the lines of a roster to trainees: only people the Département knows are kept.

Whoever is known, the same statements run, one of each: the lines go to a temporary table, dropped with the transaction,
and rows are written from it in bulk. What follows a person (steps, notices, access) is done later, by the clock, out of
the sight of whoever brought the file.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast
from uuid import UUID

from django.db import connection

from collective_actions.events import RosterArrived
from collective_actions.imports.rosters import TraineeLine
from collective_actions.models import Roster, TrainingSession
from collective_actions.services.rosters.sessions import sessions_of
from hub.core.actor import Actor
from hub.core.events import emit
from hub.core.nudge import nudge
from partners.models import ImportJob
from referrals.imports.lines import PersonLine, has_verdict
from referrals.matching import levels, stage

TASK = "collective_actions.tasks.follow_trainings"
# An identifier and both names, where the file gives no date of birth (France Travail's extract).
BY_IDENTIFIER = (
    "cardinality(s.pes) > 0 AND s.birth IS NULL AND b.pes_keys && s.pes AND b.first_key = s.first"
    f" AND {levels.ANY_NAME}"
)
SAID = """
said AS (
  SELECT DISTINCT ON (s.person, s.data->>'session') s.person, s.rule, (s.data->>'session')::uuid AS session,
         (s.data->>'roster')::uuid AS roster, (s.data->>'starts_on')::date AS starts_on,
         (s.data->>'ends_on')::date AS ends_on, (s.data->>'left_on')::date AS left_on, s.data ? 'left_on' AS says_left,
         s.data->>'outcome' AS outcome, t.ends_on AS session_end
    FROM stage s JOIN collective_actions_trainingsession t ON t.id = (s.data->>'session')::uuid
   WHERE s.person IS NOT NULL AND s.verdict IS NULL ORDER BY s.person, s.data->>'session', s.line DESC)
"""
# What a roster does not say is not erased; whether somebody left is what the latest roster says.
CHANGE = f"""
WITH {SAID}, next AS (
  SELECT t.id, s.starts_on, s.roster, s.rule, coalesce(s.ends_on, t.ends_on) AS ends_on,
         CASE WHEN s.says_left THEN s.left_on ELSE t.left_on END AS left_on,
         CASE WHEN s.says_left OR s.outcome <> '' THEN s.outcome ELSE t.outcome END AS outcome, s.session_end
    FROM said s JOIN collective_actions_trainee t ON t.beneficiary_id = s.person AND t.session_id = s.session)
UPDATE collective_actions_trainee t
   SET starts_on = n.starts_on, ends_on = CASE WHEN n.ends_on >= n.starts_on THEN n.ends_on END, left_on = n.left_on,
       outcome = n.outcome, roster_id = n.roster, match_rule = n.rule, missing = false, session_end = n.session_end,
       updated_at = %(now)s, to_plan = t.to_plan OR (t.starts_on, t.ends_on, t.left_on, t.outcome)
         IS DISTINCT FROM (n.starts_on, n.ends_on, n.left_on, n.outcome)
  FROM next n WHERE n.id = t.id
"""
CREATE = f"""
WITH {SAID}
INSERT INTO collective_actions_trainee
  (id, department_id, beneficiary_id, session_id, roster_id, match_rule, starts_on, ends_on, left_on, outcome, missing,
   session_end, to_plan, created_at, updated_at, interview_result, next_step)
SELECT gen_random_uuid(), %(department)s, s.person, s.session, s.roster, s.rule, s.starts_on, s.ends_on, s.left_on,
       s.outcome, false, s.session_end, true, %(now)s, %(now)s, '', ''
  FROM said s
 WHERE NOT EXISTS (SELECT 1 FROM collective_actions_trainee t
                    WHERE t.beneficiary_id = s.person AND t.session_id = s.session)
"""
# A line that is wrong, or that may be hers, still names her: she is not missing.
MISSING = """
UPDATE collective_actions_trainee t SET missing = true, updated_at = %(now)s
 WHERE t.session_id = ANY(%(sessions)s) AND NOT t.missing AND t.department_id = %(department)s
   AND NOT EXISTS (SELECT 1 FROM stage s
                    WHERE s.person = t.beneficiary_id OR t.beneficiary_id = ANY(s.candidates))
"""
# Lines that may be one of several people known: the Département decides. No other line is kept.
DOUBTFUL = f"""
INSERT INTO partners_importrow
  (id, department_id, job_id, line, raw, data, fingerprint, verdict, problems, match_rule, beneficiary_id, identity)
SELECT gen_random_uuid(), %(department)s, %(job)s, s.line, '{{}}',
       jsonb_strip_nulls(s.data || jsonb_build_object('candidates', s.candidates)), '', s.verdict, s.problems, '', NULL,
       {levels.IDENTITY}
  FROM stage s WHERE s.verdict = 'ambiguous' AND s.candidates IS NOT NULL
"""


def apply_roster(actor: Actor, *, job: ImportJob, lines: Iterable[TraineeLine]) -> None:
    """Keep of a confirmed roster what it says of people known, and that each of its sessions has one."""
    read = list(lines)
    sessions = sessions_of(actor, job, [line for line in read if not has_verdict(line.remarks)])
    rosters = _rosters(actor, job, read, sessions)
    stage.load(actor.department_id, _bare(read), _told(sessions, rosters), nir_columns=(), secret=True)
    _match(actor, job)
    values: dict[str, Any] = {
        "department": actor.department_id,
        "job": job.pk,
        "now": actor.now,
        "sessions": list(rosters),
    }
    with connection.cursor() as cursor:
        for statement in (CHANGE, CREATE, MISSING, DOUBTFUL, "DROP TABLE stage"):
            cursor.execute(statement, values if "%(" in statement else None)
    emit(RosterArrived(department_id=actor.department_id, session_ids=tuple(rosters)))
    nudge(TASK, str(actor.department_id))


def _match(actor: Actor, job: ImportJob) -> None:
    """The levels of files without a number of social security: identifier, then names and date, then contact."""
    with connection.cursor() as cursor:
        cursor.execute(levels.MATCH.format(condition=BY_IDENTIFIER), {"rule": "pes_names"})
    levels.match(actor.department_id, job.organization_id)


def _rosters(
    actor: Actor, job: ImportJob, lines: list[TraineeLine], sessions: dict[int, TrainingSession]
) -> dict[UUID, Roster]:
    """One row by session, counted on the form of its lines."""
    counted: Counter[UUID] = Counter(session.pk for session in sessions.values())
    unended = Counter(
        sessions[line.line].pk
        for line in lines
        if line.line in sessions and line.planned_end is None and line.left_on is None
    )
    rows = {
        pk: Roster(
            department_id=actor.department_id, session_id=pk, job=job, organization_id=job.organization_id,
            received_at=actor.now, lines=count, without_end=unended[pk],
        )
        for pk, count in counted.items()
    }  # fmt: skip
    Roster.objects.bulk_create(rows.values())
    return rows


def _bare(lines: Iterable[TraineeLine]) -> Iterator[TraineeLine]:
    """Lines without their cells: what is read of them is enough."""
    for line in lines:
        line.raw = []
        yield line


def _told(sessions: dict[int, TrainingSession], rosters: dict[UUID, Roster]) -> Callable[[PersonLine], dict[str, Any]]:
    """What the temporary row of a line holds besides who it is."""

    def told(of: PersonLine) -> dict[str, Any]:
        line = cast(TraineeLine, of)
        session = sessions.get(line.line)
        said = {
            "last_name": line.last_name or "", "first_names": line.first_names or "",
            "birth_date": _iso(line.birth_date), "pes_id": line.pes_raw or "",
            "session": str(session.pk if session else uuid.UUID(int=0)),
            "roster": str(rosters[session.pk].pk) if session else None, "starts_on": _iso(line.entered_on),
            "ends_on": _iso(line.planned_end), "outcome": line.outcome,
        }  # fmt: skip
        return said | ({"left_on": _iso(line.left_on)} if line.says_left or line.left_on else {})

    return told


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
