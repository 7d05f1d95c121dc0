"""Applying a registration list: events kept, registrations brought up to date, gaps opened, changed and closed.

All in SQL over the rows of the job (30 000 lines are one statement each). A gap opens for an obliged person only:
active professional or socio-professional track, rights not closed, subject to obligations or unknown, not exempted
(domain §5). Absence is concluded only from a complete list that a person, or the month's expected lists, vouch for.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from hub.core.actor import Actor
from hub.core.events import emit
from hub.core.topics import touch
from partners.models import Department, ImportJob
from partners.models.files import ListNature
from referrals.events import GapsChanged
from referrals.models import RegistrationGap, RegistrationList
from referrals.models.registration import GAP_PRECEDENCE
from referrals.selectors.expected import missing_lists, perimeter

TOUCHED_ONE_BY_ONE = 200

ENTRIES = """
INSERT INTO referrals_registrationentry
  (id, department_id, beneficiary_id, list_id, state, "on", code, motive, category, ends_on)
SELECT DISTINCT ON (r.beneficiary_id, e.state, e."on", coalesce(e.code, ''))
       gen_random_uuid(), %(department)s, r.beneficiary_id, %(list)s, e.state, e."on", coalesce(e.code, ''),
       coalesce(e.motive, ''), coalesce(e.category, ''), e.ends_on
  FROM partners_importrow r,
       jsonb_to_recordset(r.data->'events')
         AS e(state text, "on" date, code text, motive text, category text, ends_on date)
 WHERE r.job_id = %(job)s AND r.verdict = 'matched' AND r.beneficiary_id IS NOT NULL
ON CONFLICT DO NOTHING
"""
# The latest event of each person of this list: the greatest date, a registration before an exit of the same day.
# The Département's own table of codes decides whether an exit alerts; an unknown motive is not benign.
LATEST = """
CREATE TEMP TABLE latest ON COMMIT DROP AS
SELECT DISTINCT ON (e.beneficiary_id) e.beneficiary_id, e.state, e."on" AS since, e.code, e.motive, e.category,
       e.ends_on,
       e.state <> 'registered' AND coalesce(c.alerting, said.alerting, true) AS alerting
  FROM referrals_registrationentry e
  JOIN (SELECT r.beneficiary_id, bool_or((x->>'alerting')::boolean) AS alerting
          FROM partners_importrow r LEFT JOIN LATERAL jsonb_array_elements(r.data->'events') x ON true
         WHERE r.job_id = %(job)s AND r.verdict = 'matched' GROUP BY 1) said ON said.beneficiary_id = e.beneficiary_id
  LEFT JOIN referrals_exitcode c ON c.department_id = %(department)s AND c.code = e.code AND e.code <> ''
 ORDER BY e.beneficiary_id, e."on" DESC, e.state = 'registered' DESC, e.id
"""
STATUS_NEW = """
INSERT INTO referrals_registrationstatus
  (id, department_id, beneficiary_id, state, since, code, motive, category, ends_on, alerting, explained_until,
   last_listed)
SELECT gen_random_uuid(), %(department)s, l.beneficiary_id, l.state, l.since, l.code, l.motive, l.category, l.ends_on,
       l.alerting, CASE WHEN l.state <> 'registered' AND NOT l.alerting THEN l.since + %(explained)s::int END,
       CASE WHEN %(complete)s AND l.state = 'registered' THEN %(month)s::date END
  FROM latest l
 WHERE NOT EXISTS (SELECT 1 FROM referrals_registrationstatus s WHERE s.beneficiary_id = l.beneficiary_id)
"""
STATUS_UPDATE = """
UPDATE referrals_registrationstatus s
   SET state = l.state, since = l.since, code = l.code, motive = l.motive, category = l.category, ends_on = l.ends_on,
       alerting = l.alerting,
       explained_until = CASE WHEN l.state <> 'registered' AND NOT l.alerting THEN l.since + %(explained)s::int END,
       last_listed = CASE WHEN %(complete)s AND l.state = 'registered' THEN greatest(s.last_listed, %(month)s::date)
                          ELSE s.last_listed END
  FROM latest l WHERE l.beneficiary_id = s.beneficiary_id
"""
# Who must be registered on the reference day, and what is wrong with each, strongest first (NULL: nothing). Somebody
# who may be behind an ambiguous or a rejected line is not absent.
OBLIGED = """
CREATE TEMP TABLE obliged ON COMMIT DROP AS
SELECT b.id AS beneficiary_id, s.since AS event_on, s.ends_on, coalesce(s.code, '') AS code,
       coalesce(s.motive, '') AS motive,
  CASE
    WHEN s.state = 'struck_off' AND s.alerting THEN 'struck_off'
    WHEN s.state = 'ceased' AND s.alerting THEN 'ceased'
    WHEN %(category_mode)s AND s.state = 'registered' AND s.category IN ('F', 'G')
         AND (s.category = 'F' OR b.rights_opened_on IS NULL OR b.rights_opened_on + 42 < %(day)s) THEN 'category_gap'
    WHEN NOT %(conclude)s OR doubtful.id IS NOT NULL THEN NULL
    WHEN s.state = 'registered' AND (s.last_listed >= %(month)s OR s.since > %(day)s) THEN NULL
    WHEN s.state = 'registered' AND s.last_listed >= %(month)s::date - interval '1 month' THEN 'disappeared'
    WHEN s.explained_until >= %(day)s THEN NULL
    WHEN s.id IS NOT NULL THEN 'not_reregistered'
    WHEN coalesce(d.informed_on, d.decided_on) + %(grace)s::int < %(day)s THEN 'never_registered'
  END AS kind
  FROM referrals_beneficiary b
  JOIN referrals_trackdecision d ON d.beneficiary_id = b.id AND d.voided_at IS NULL AND d.ended_on IS NULL
       AND d.effective_on <= %(day)s AND d.track IN ('professional', 'socio_professional')
  LEFT JOIN referrals_registrationstatus s ON s.beneficiary_id = b.id
  LEFT JOIN (SELECT (jsonb_array_elements_text(r.data->'candidates'))::uuid AS id FROM partners_importrow r
              WHERE r.job_id = ANY(%(jobs)s) AND r.data ? 'candidates'
             UNION SELECT r.beneficiary_id FROM partners_importrow r
              WHERE r.job_id = ANY(%(jobs)s) AND r.verdict = 'rejected') doubtful ON doubtful.id = b.id
 WHERE b.department_id = %(department)s AND b.died_on IS NULL
   AND b.rights_state IN ('open', 'suspended', 'payment_suspended', 'unknown')
   AND b.subject_to_obligations IS DISTINCT FROM false
   AND NOT EXISTS (SELECT 1 FROM referrals_registrationexemption x WHERE x.beneficiary_id = b.id AND x.until >= %(day)s)
"""
# An absence is concluded for the perimeter of the lists only; an event concerns the person wherever she lives.
OUTSIDE = """
UPDATE obliged o SET kind = NULL FROM referrals_beneficiary b
 WHERE b.id = o.beneficiary_id AND (b.territory_id = ANY(%(territories)s)) IS NOT TRUE
   AND o.kind IN ('disappeared', 'not_reregistered', 'never_registered')
"""
RANK = f"array_position(ARRAY{list(GAP_PRECEDENCE)}, {{}})"
OPEN_STATES = "('open', 'acknowledged', 'in_progress')"
OPEN = f"""
WITH opened AS (
  INSERT INTO referrals_registrationgap
    (id, department_id, beneficiary_id, kind, state, month, event_on, ends_on, code, motive, opened_at,
     opened_by_list_id, closing, closing_note)
  SELECT gen_random_uuid(), %(department)s, o.beneficiary_id, o.kind, 'open', %(month)s,
         CASE WHEN o.kind IN ('struck_off', 'ceased') THEN o.event_on END, o.ends_on, o.code, o.motive, %(now)s,
         %(list)s, '', ''
    FROM obliged o
   WHERE o.kind IS NOT NULL AND NOT EXISTS (
     SELECT 1 FROM referrals_registrationgap g WHERE g.beneficiary_id = o.beneficiary_id
        AND (g.state IN {OPEN_STATES} OR (g.state = 'justified' AND g.justified_until >= %(day)s)
             OR (g.state = 'resolved' AND g.closing = 'proven' AND g.closed_at::date > %(day)s)))
  RETURNING id)
INSERT INTO touched SELECT id, '', 'open', 'open' FROM opened
"""
STRENGTHEN = f"""
WITH changed AS (
  UPDATE referrals_registrationgap g
     SET kind = o.kind, event_on = o.event_on, ends_on = o.ends_on, code = o.code, motive = o.motive
    FROM obliged o
   WHERE g.beneficiary_id = o.beneficiary_id AND g.state IN {OPEN_STATES} AND o.kind IS NOT NULL
     AND {RANK.format("o.kind")} < {RANK.format("g.kind")}
  RETURNING g.id, g.state)
INSERT INTO touched SELECT id, state, state, 'change_kind' FROM changed
"""
# Registered again, whatever the track has become: resolved. No longer obliged: without object, never "resolved".
RESOLVE = f"""
WITH closed AS (
  UPDATE referrals_registrationgap g
     SET state = 'resolved', closing = 'listed', closed_at = %(now)s, closed_by_list_id = %(list)s
    FROM referrals_registrationstatus s, obliged o
   WHERE s.beneficiary_id = g.beneficiary_id AND o.beneficiary_id = g.beneficiary_id AND o.kind IS NULL
     AND g.state IN {OPEN_STATES} AND s.state = 'registered'
     AND (s.last_listed >= greatest(g.month, %(month)s::date) OR s.since >= coalesce(g.event_on, g.month))
  RETURNING g.id)
INSERT INTO touched SELECT id, 'open', 'resolved', 'resolve' FROM closed
"""
LAPSE = f"""
WITH closed AS (
  UPDATE referrals_registrationgap g
     SET state = 'lapsed', closed_at = %(now)s, closed_by_list_id = %(list)s,
         closing = CASE WHEN b.died_on IS NOT NULL THEN 'died'
                        WHEN b.rights_state IN ('pending', 'refused', 'closed', 'closed_earlier') THEN 'rights_closed'
                        WHEN b.subject_to_obligations = false THEN 'not_subject'
                        WHEN EXISTS (SELECT 1 FROM referrals_registrationexemption x
                                      WHERE x.beneficiary_id = b.id AND x.until >= %(day)s) THEN 'exempted'
                        ELSE 'social_track' END
    FROM referrals_beneficiary b
   WHERE b.id = g.beneficiary_id AND g.department_id = %(department)s AND g.state IN {OPEN_STATES}
     AND NOT EXISTS (SELECT 1 FROM obliged o WHERE o.beneficiary_id = g.beneficiary_id)
  RETURNING g.id)
INSERT INTO touched SELECT id, 'open', 'lapsed', 'lapse' FROM closed
"""
# A job or an illness that the list now tells explains the absence: nothing to verify for the time being.
EXPLAIN = f"""
WITH closed AS (
  UPDATE referrals_registrationgap g
     SET state = 'lapsed', closed_at = %(now)s, closed_by_list_id = %(list)s, closing = 'other',
         closing_note = left(s.motive, 300)
    FROM referrals_registrationstatus s
   WHERE s.beneficiary_id = g.beneficiary_id AND g.state IN {OPEN_STATES} AND s.explained_until >= %(day)s
  RETURNING g.id)
INSERT INTO touched SELECT id, 'open', 'lapsed', 'lapse' FROM closed
"""
LOG = """
INSERT INTO referrals_gaplog
  (id, department_id, gap_id, name, source, target, at, user_id, organization_id, reason, note)
SELECT gen_random_uuid(), %(department)s, t.id, t.name, t.source, t.target, %(now)s, NULL, NULL, '', ''
  FROM touched t
"""


def apply_list(actor: Actor, *, job: ImportJob) -> RegistrationList:
    """Apply an analysed list (inside the job's transaction); emits one `GapsChanged` for all its gaps."""
    month = job.month or actor.today.replace(day=1)
    applied = RegistrationList.objects.create(
        department_id=actor.department_id,
        job=job,
        month=month,
        territory=job.territory,
        nature=job.nature,
        applied_at=actor.now,
        people=job.counts.get("matched", 0),
    )
    applied.concludes_absence = _concludes_absence(actor, job, month)
    applied.save(update_fields=["concludes_absence"])
    parameters = _parameters(actor, job, applied)
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, parameters)
        cursor.execute("SET LOCAL default_statistics_target = 10")  # sizes are enough; a full sample costs more
        cursor.execute("ANALYZE partners_importrow, referrals_registrationentry")
        cursor.execute(LATEST, parameters)
        cursor.execute("ANALYZE latest")
        cursor.execute(STATUS_UPDATE, parameters)
        cursor.execute(STATUS_NEW, parameters)
    changed = reconcile(actor, parameters)
    job.counts = {**job.counts, **{name: len(gaps) for name, gaps in changed.items()}}
    return applied


def reconcile(actor: Actor, parameters: dict[str, Any]) -> dict[str, list[UUID]]:
    """Compare what should be with what is; returns the gaps opened, changed, resolved and lapsed."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE touched (id uuid, source text, target text, name text) ON COMMIT DROP")
        cursor.execute(OBLIGED, parameters)
        if parameters["territories"]:
            cursor.execute(OUTSIDE, parameters)
        cursor.execute("ANALYZE obliged")
        for statement in (STRENGTHEN, EXPLAIN, RESOLVE, LAPSE, OPEN, LOG):
            cursor.execute(statement, parameters)
        cursor.execute("SELECT name, id FROM touched")
        changed: dict[str, list[UUID]] = {"gaps_opened": [], "gaps_changed": [], "gaps_resolved": [], "gaps_lapsed": []}
        for name, gap in cursor.fetchall():
            changed[NAMES[name]].append(gap)
        cursor.execute("DROP TABLE touched, obliged, latest")
    told = tuple(gap for gaps in changed.values() for gap in gaps)
    if told:
        emit(GapsChanged(department_id=actor.department_id, gap_ids=told, job_id=parameters["job"]))
        _touch(actor, told)
    return changed


def _touch(actor: Actor, told: tuple[UUID, ...]) -> None:
    """Open lists look again; so do the records of each gap, unless there are too many to be anybody's open page."""
    touch(actor.department_id, "gaps", actor.department_id)
    if len(told) <= TOUCHED_ONE_BY_ONE:
        for gap, person in RegistrationGap.objects.filter(pk__in=told).values_list("pk", "beneficiary_id"):
            touch(actor.department_id, "gap", gap)
            touch(actor.department_id, "person", person)


NAMES = {"open": "gaps_opened", "change_kind": "gaps_changed", "resolve": "gaps_resolved", "lapse": "gaps_lapsed"}


def _parameters(actor: Actor, job: ImportJob, applied: RegistrationList) -> dict[str, Any]:
    department = Department.objects.get(pk=actor.department_id)
    return {
        "department": actor.department_id,
        "job": job.pk,
        "list": applied.pk,
        "month": applied.month,
        "day": _last_day(applied.month),
        "now": actor.now,
        "complete": job.nature == ListNature.COMPLETE,
        "conclude": applied.concludes_absence,
        "jobs": _jobs_of_month(job, applied.month),
        "territories": [territory.pk for territory in perimeter(job)],
        "grace": department.delay("registration_grace"),
        "explained": department.delay("explained_absence"),
        "category_mode": department.category_mode,
    }


def _last_day(month: date) -> date:
    """The reference day of a list: the last of its month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def _concludes_absence(actor: Actor, job: ImportJob, month: date) -> bool:
    """A complete list, vouched for by the person who confirms, or by all the month's expected lists being there."""
    if job.nature != ListNature.COMPLETE or _is_older(job, month):
        return False
    return job.conclude_absence or not missing_lists(actor.department_id, month)


def _is_older(job: ImportJob, month: date) -> bool:
    """A later month was already concluded: this list completes the history and says nothing of today."""
    return RegistrationList.objects.filter(month__gt=month, concludes_absence=True).exclude(job=job).exists()


def _jobs_of_month(job: ImportJob, month: date) -> list[UUID]:
    """The complete lists of the month, this one among them: whoever may be behind a doubtful line is not absent."""
    lists = RegistrationList.objects.filter(month=month, nature=ListNature.COMPLETE)
    return [job.pk, *lists.exclude(job=job).values_list("job_id", flat=True)]
