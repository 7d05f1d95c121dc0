"""The plan: what a list would change, computed in temporary tables from the rows of its job. Nothing is written.

- `told` what the list says, event by event · `next_status` the registrations it brings up to date
- `standing` everybody's registration then · `obliged` who must be registered, and what is wrong with each
- `outcome` the gaps that would open, change kind, be resolved or lapse

A gap opens for an obliged person only: active professional or socio-professional track, rights not closed, subject to
obligations or unknown, not exempted (domain §5). All in SQL: 30 000 lines are one statement each.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from hub.core.bulk import BULK_SETTINGS, whole_tables
from referrals.models.registration import GAP_PRECEDENCE
from referrals.obligation import closing, obliged_track, subject
from referrals.services.reconciliation.terms import Terms

TABLES = ("told", "next_status", "standing", "obliged", "outcome")
ABSENCES = ("disappeared", "not_reregistered", "never_registered")
OPEN_STATES = "('open', 'acknowledged', 'in_progress')"

# The Département's own table of codes decides what an exit is and whether it alerts; an unknown motive is not benign.
TOLD = """
CREATE TEMP TABLE told ON COMMIT DROP AS
SELECT DISTINCT ON (beneficiary_id, state, "on", code) *
  FROM (SELECT r.beneficiary_id, e."on", coalesce(e.code, '') AS code, coalesce(e.motive, '') AS motive,
               coalesce(e.category, '') AS category, e.ends_on, r.line,
               CASE WHEN length(r.data->>'agency') <= 5 THEN r.data->>'agency' ELSE '' END AS agency,
               CASE WHEN e.state = 'registered' THEN e.state ELSE coalesce(c.nature, e.state) END AS state,
               e.state <> 'registered' AND coalesce(c.alerting, e.alerting, true) AS alerting
          FROM partners_importrow r
         CROSS JOIN LATERAL jsonb_to_recordset(r.data->'events') AS e(
               state text, "on" date, code text, motive text, category text, ends_on date, alerting boolean)
          LEFT JOIN referrals_exitcode c
                 ON c.department_id = %(department)s AND c.code = e.code AND e.code <> '' AND e.state <> 'registered'
         WHERE r.job_id = %(job)s AND r.verdict = 'matched' AND r.beneficiary_id IS NOT NULL) said
 ORDER BY beneficiary_id, state, "on", code, line
"""
# The latest event wins; on the same day a registration before an exit, a radiation before a cessation. Being on a
# list of the registered, whole or not, proves the registration from the first of its month: an older exit no longer
# stands.


def _order(at: str, state: str, since: str, code: str) -> str:
    return f"({at}, {state} = 'registered', {state} = 'struck_off', {since}, {code})"


SAID = _order(
    'CASE WHEN state = \'registered\' THEN greatest("on", last_listed) ELSE "on" END', "state", '"on"', "code"
)
KEPT = _order(
    "CASE WHEN s_state = 'registered' THEN greatest(s_since, last_listed) ELSE s_since END",
    "s_state",
    "s_since",
    "s_code",
)
NEXT_STATUS = f"""
CREATE TEMP TABLE next_status ON COMMIT DROP AS
WITH last AS (
  SELECT DISTINCT ON (beneficiary_id) *, %(proves)s AND state = 'registered' AS listed FROM told
   ORDER BY beneficiary_id, "on" DESC, state = 'registered' DESC, state = 'struck_off' DESC, code DESC),
met AS (
  SELECT l.*, s.id AS status_id, s.state AS s_state, s.since AS s_since, s.code AS s_code, s.motive AS s_motive,
         s.category AS s_category, s.ends_on AS s_ends_on, s.alerting AS s_alerting,
         s.explained_until AS s_explained_until,
         greatest(s.last_listed, CASE WHEN l.listed THEN %(month)s::date END) AS last_listed
    FROM last l LEFT JOIN referrals_registrationstatus s ON s.beneficiary_id = l.beneficiary_id),
weighed AS MATERIALIZED (  -- once, not for each column
  SELECT *, status_id IS NULL OR {SAID} >= {KEPT} AS newer
    FROM met)
SELECT beneficiary_id, status_id, last_listed,
       CASE WHEN newer THEN state ELSE s_state END AS state, CASE WHEN newer THEN "on" ELSE s_since END AS since,
       CASE WHEN newer THEN code ELSE s_code END AS code, CASE WHEN newer THEN motive ELSE s_motive END AS motive,
       CASE WHEN newer THEN category ELSE s_category END AS category,
       CASE WHEN newer THEN ends_on ELSE s_ends_on END AS ends_on,
       CASE WHEN newer THEN alerting ELSE s_alerting END AS alerting,
       CASE WHEN NOT newer THEN s_explained_until
            WHEN state <> 'registered' AND NOT alerting THEN "on" + %(explained)s::int END AS explained_until
  FROM weighed
"""
STANDING = """
CREATE TEMP TABLE standing ON COMMIT DROP AS
SELECT beneficiary_id, state, since, code, motive, category, ends_on, alerting, explained_until, last_listed
  FROM next_status
UNION ALL
SELECT beneficiary_id, state, since, code, motive, category, ends_on, alerting, explained_until, last_listed
  FROM referrals_registrationstatus s
 WHERE department_id = %(department)s
   AND NOT EXISTS (SELECT 1 FROM next_status n WHERE n.beneficiary_id = s.beneficiary_id)
"""
# A proof seen since an event settles it, whatever lists come or go after: what follows may still be an absence.
UNSETTLED = """NOT EXISTS (
      SELECT 1 FROM referrals_registrationgap p WHERE p.beneficiary_id = b.id AND p.state = 'resolved'
         AND p.closing = 'proven' AND p.closed_at::date >= s.since)"""
# What is wrong with each, strongest first (NULL: nothing). Somebody who may be behind an ambiguous or a rejected line
# is not absent; an absence is concluded for the perimeter of the lists only, an event concerns her wherever she lives.
OBLIGED = f"""
CREATE TEMP TABLE obliged ON COMMIT DROP AS
SELECT b.id AS beneficiary_id, b.territory_id, d.track, d.decided_by_id, s.since AS event_on, s.ends_on,
       coalesce(s.code, '') AS code, coalesce(s.motive, '') AS motive,
       cardinality(%(territories)s::uuid[]) = 0 OR b.territory_id = ANY(%(territories)s) AS inside,
       s.explained_until >= %(day)s OR explained.id IS NOT NULL AS explained, doubtful.id IS NOT NULL AS doubtful,
  CASE
    WHEN s.state IN ('struck_off', 'ceased') AND s.alerting AND {UNSETTLED} THEN s.state
    WHEN %(category_mode)s AND s.state = 'registered' AND s.category IN ('F', 'G')
         AND (s.category = 'F' OR b.rights_opened_on IS NULL OR b.rights_opened_on + 42 < %(day)s) THEN 'category_gap'
    WHEN NOT %(conclude)s OR doubtful.id IS NOT NULL THEN NULL
    WHEN cardinality(%(territories)s::uuid[]) > 0 AND (b.territory_id = ANY(%(territories)s)) IS NOT TRUE THEN NULL
    WHEN s.state = 'registered' AND (s.last_listed >= %(month)s OR s.since > %(day)s) THEN NULL
    WHEN s.explained_until >= %(day)s OR explained.id IS NOT NULL THEN NULL
    WHEN s.state = 'registered' AND s.last_listed >= %(month)s::date - interval '1 month' THEN 'disappeared'
    WHEN s.beneficiary_id IS NOT NULL THEN 'not_reregistered'
    WHEN coalesce(d.informed_on, d.decided_on) + %(grace)s::int < %(day)s THEN 'never_registered'
  END AS kind
  FROM referrals_beneficiary b
  JOIN referrals_trackdecision d ON {obliged_track("b")} AND d.effective_on <= %(day)s
  LEFT JOIN standing s ON s.beneficiary_id = b.id
  LEFT JOIN (SELECT DISTINCT beneficiary_id AS id FROM referrals_absenceexplanation
              WHERE starts_on <= %(day)s AND until >= %(day)s) explained ON explained.id = b.id
  LEFT JOIN (SELECT (jsonb_array_elements_text(r.data->'candidates'))::uuid AS id FROM partners_importrow r
              WHERE r.job_id = ANY(%(jobs)s) AND r.verdict IN ('ambiguous', 'rejected') AND r.data ? 'candidates'
             UNION SELECT r.beneficiary_id FROM partners_importrow r
              WHERE r.job_id = ANY(%(jobs)s) AND r.verdict = 'rejected') doubtful ON doubtful.id = b.id
 WHERE b.department_id = %(department)s AND {subject("b")}
"""
RANK = f"array_position(ARRAY{list(GAP_PRECEDENCE)}, {{}})"
# What becomes of each open gap. No longer obliged: without object, never "resolved". Its kind grows stronger, or
# follows the present when the exit it told of no longer stands. A job or an illness that is now known explains the
# absence, within the perimeter of the list. Told again as registered, with nothing wrong left: resolved.
FOLLOWED = f"""
SELECT g.id AS gap_id, g.beneficiary_id, g.state AS source, g.kind AS former,
       CASE WHEN o.beneficiary_id IS NULL THEN 'lapse'
            WHEN {RANK.format("o.kind")} < {RANK.format("g.kind")}
              OR (o.kind <> g.kind AND s.state = 'registered' AND g.kind IN ('struck_off', 'ceased'))
              OR (o.kind = 'category_gap' AND g.kind <> 'category_gap') THEN 'change_kind'
            WHEN o.kind IS NULL AND o.explained AND (o.inside OR n.beneficiary_id IS NOT NULL) THEN 'explain'
            WHEN o.kind IS NULL AND s.state = 'registered' AND n.beneficiary_id IS NOT NULL
             AND (s.last_listed >= greatest(g.month, %(month)s::date) OR s.since >= coalesce(g.event_on, g.month))
            THEN 'resolve' END AS act,
       o.kind, o.event_on, o.ends_on, o.code, o.motive,
       CASE WHEN o.beneficiary_id IS NOT NULL THEN 'explained' ELSE {closing("b")} END AS closing
  FROM referrals_registrationgap g
  JOIN referrals_beneficiary b ON b.id = g.beneficiary_id
  LEFT JOIN obliged o ON o.beneficiary_id = g.beneficiary_id
  LEFT JOIN standing s ON s.beneficiary_id = g.beneficiary_id
  LEFT JOIN next_status n ON n.beneficiary_id = g.beneficiary_id
 WHERE g.department_id = %(department)s AND g.state IN {OPEN_STATES}
"""
# Justified until a day, or proven since: no list reopens it before. A list of events opens nothing for whom it does
# not name.
OPENED = f"""
SELECT gen_random_uuid() AS gap_id, o.beneficiary_id, 'open' AS source, o.kind AS former, 'open' AS act, o.kind,
       o.event_on, o.ends_on, o.code, o.motive, '' AS closing
  FROM obliged o
 WHERE o.kind IS NOT NULL AND (%(complete)s OR o.beneficiary_id IN (SELECT beneficiary_id FROM told)) AND NOT EXISTS (
   SELECT 1 FROM referrals_registrationgap g WHERE g.beneficiary_id = o.beneficiary_id
      AND (g.state IN {OPEN_STATES} OR (g.state = 'justified' AND g.justified_until >= %(day)s)
           OR (g.state = 'resolved' AND g.closing = 'proven' AND g.closed_at::date > %(day)s)))
"""
OUTCOME = f"""
CREATE TEMP TABLE outcome ON COMMIT DROP AS
SELECT * FROM ({FOLLOWED}) followed WHERE act IS NOT NULL UNION ALL {OPENED}
"""


def make_plan(terms: Terms) -> None:
    """Fill the five temporary tables of this transaction."""
    forget()
    with connection.cursor() as cursor, whole_tables():
        cursor.execute(BULK_SETTINGS)
        for statement in (TOLD, NEXT_STATUS, STANDING):
            cursor.execute(statement, terms.parameters())
    conclude(terms)


def conclude(terms: Terms) -> None:
    """Fill again the tables that depend on what may be concluded."""
    with connection.cursor() as cursor, whole_tables():
        cursor.execute("DROP TABLE IF EXISTS obliged, outcome")
        cursor.execute(OBLIGED, terms.parameters())
        cursor.execute(OUTCOME, terms.parameters())


def forget() -> None:
    """Drop the tables of a plan, so that another may be made in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(TABLES)}")


def numbers() -> dict[str, int]:
    """How many gaps of each fate, and how many obliged people, all and those in gap, in the perimeter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT act, count(*) FROM outcome GROUP BY act")
        acts: dict[str, int] = dict(cursor.fetchall())
        cursor.execute("SELECT count(*), count(kind) FROM obliged WHERE inside")
        obliged, in_gap = cursor.fetchone()
    return {
        "open": acts.get("open", 0),
        "change_kind": acts.get("change_kind", 0),
        "resolve": acts.get("resolve", 0),
        "lapse": acts.get("lapse", 0) + acts.get("explain", 0),
        "obliged": obliged,
        "in_gap": in_gap,
    }


def rows(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """What a question to the tables of the plan answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
