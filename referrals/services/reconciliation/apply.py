"""Writing what the plan announced, inside the transaction of the job: events, registrations, gaps, their journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from hub.core.actor import Actor
from hub.core.bulk import row_key, whole_tables
from hub.core.events import emit
from hub.core.topics import touch
from partners.models import ImportJob
from referrals.events import GapsChanged, ListArrived
from referrals.models import RegistrationGap, RegistrationList
from referrals.services.measures import record_measures
from referrals.services.reconciliation import plan
from referrals.services.reconciliation.months import record_months
from referrals.services.reconciliation.terms import Terms, terms_of

TOUCHED_ONE_BY_ONE = 200
OUTCOMES = {
    "open": "gaps_opened",
    "change_kind": "gaps_changed",
    "resolve": "gaps_resolved",
    "lapse": "gaps_lapsed",
    "explain": "gaps_lapsed",
}
# Most of a monthly list was said by an earlier one: left out at once, it costs less than a row refused.
ENTRIES = f"""
INSERT INTO referrals_registrationentry
  (id, department_id, beneficiary_id, list_id, state, "on", code, motive, category, ends_on)
SELECT {row_key("row_number() OVER ()")}, %(department)s, beneficiary_id, %(list)s, state, "on", code,
       motive, category, ends_on
  FROM told t
 WHERE NOT EXISTS (SELECT 1 FROM referrals_registrationentry e
                    WHERE (e.beneficiary_id, e.state, e."on", e.code) = (t.beneficiary_id, t.state, t."on", t.code))
    ON CONFLICT DO NOTHING
"""
STATUS_UPDATE = """
UPDATE referrals_registrationstatus s
   SET state = n.state, since = n.since, code = n.code, motive = n.motive, category = n.category, ends_on = n.ends_on,
       alerting = n.alerting, explained_until = n.explained_until, last_listed = n.last_listed
  FROM next_status n WHERE n.status_id = s.id
"""
STATUS_NEW = """
INSERT INTO referrals_registrationstatus
  (id, department_id, beneficiary_id, state, since, code, motive, category, ends_on, alerting, explained_until,
   last_listed)
SELECT gen_random_uuid(), %(department)s, beneficiary_id, state, since, code, motive, category, ends_on, alerting,
       explained_until, last_listed
  FROM next_status WHERE status_id IS NULL
"""
OPEN = """
INSERT INTO referrals_registrationgap
  (id, department_id, beneficiary_id, kind, state, month, event_on, ends_on, code, motive, opened_at,
   opened_by_list_id, closing, closing_note)
SELECT gap_id, %(department)s, beneficiary_id, kind, 'open', %(month)s,
       CASE WHEN kind IN ('struck_off', 'ceased') THEN event_on END, ends_on, code, motive, %(now)s, %(list)s, '', ''
  FROM outcome WHERE act = 'open'
"""
# Kept before a list changes a gap: what the undo puts back.
IMAGES = """
INSERT INTO referrals_importchange (id, department_id, job_id, subject_kind, subject_id, before)
SELECT gen_random_uuid(), g.department_id, %(job)s, 'gap', g.id, jsonb_build_object(
         'act', o.act, 'state', g.state, 'kind', g.kind, 'event_on', g.event_on, 'ends_on', g.ends_on, 'code', g.code,
         'motive', g.motive)
  FROM outcome o JOIN referrals_registrationgap g ON g.id = o.gap_id WHERE o.act <> 'open'
"""
CHANGE = """
UPDATE referrals_registrationgap g
   SET kind = o.kind, event_on = CASE WHEN o.kind IN ('struck_off', 'ceased') THEN o.event_on END,
       ends_on = o.ends_on, code = o.code, motive = o.motive
  FROM outcome o WHERE o.gap_id = g.id AND o.act = 'change_kind'
"""
CLOSE = """
UPDATE referrals_registrationgap g
   SET state = CASE o.act WHEN 'resolve' THEN 'resolved' ELSE 'lapsed' END, closed_at = %(now)s,
       closed_by_list_id = %(list)s, closing = CASE o.act WHEN 'resolve' THEN 'listed' ELSE o.closing END,
       closing_note = ''
  FROM outcome o WHERE o.gap_id = g.id AND o.act IN ('resolve', 'lapse', 'explain')
"""
LOG = """
INSERT INTO referrals_gaplog
  (id, department_id, gap_id, name, source, target, at, user_id, organization_id, reason, note)
SELECT gen_random_uuid(), %(department)s, gap_id, CASE act WHEN 'explain' THEN 'lapse' ELSE act END, source,
       CASE act WHEN 'open' THEN 'open' WHEN 'change_kind' THEN source WHEN 'resolve' THEN 'resolved'
                ELSE 'lapsed' END, %(now)s, NULL, NULL, '', ''
  FROM outcome
"""


def apply_list(actor: Actor, *, job: ImportJob) -> RegistrationList:
    """Apply an analysed list (inside the job's transaction); emits one `GapsChanged` for all its gaps."""
    terms = terms_of(actor, job)
    plan.make_plan(terms)
    applied = RegistrationList.objects.create(
        department_id=actor.department_id,
        job=job,
        month=terms.month,
        territory=job.territory,
        nature=job.nature,
        concludes_absence=terms.conclude,
        applied_at=actor.now,
        people=job.counts.get("matched", 0),
    )
    write(terms, applied)
    record_measures(terms)
    if terms.complete:
        emit(ListArrived(department_id=actor.department_id, month=terms.month))
    changed = changed_gaps()
    plan.forget()
    job.counts = {**job.counts, **{name: len(gaps) for name, gaps in changed.items()}}
    tell(actor, tuple(gap for gaps in changed.values() for gap in gaps), job_id=job.pk)
    return applied


def tell(actor: Actor, gaps: tuple[UUID, ...], *, job_id: UUID | None) -> None:
    """Whoever follows these gaps is told once; open pages look again."""
    if not gaps:
        return
    emit(GapsChanged(department_id=actor.department_id, gap_ids=gaps, job_id=job_id))
    look_again(actor, gaps)


def look_again(actor: Actor, gaps: Sequence[UUID]) -> None:
    """Open lists look again, and the records of each gap and person, unless they are too many to be open pages."""
    touch(actor.department_id, "gaps", actor.department_id)
    if len(gaps) <= TOUCHED_ONE_BY_ONE:
        for gap, person in RegistrationGap.objects.filter(pk__in=gaps).values_list("pk", "beneficiary_id"):
            touch(actor.department_id, "gap", gap)
            touch(actor.department_id, "person", person)


def write(terms: Terms, applied: RegistrationList) -> None:
    """Write the plan of this transaction, for an applied list."""
    parameters: dict[str, Any] = terms.parameters(list=applied.pk)
    with connection.cursor() as cursor, whole_tables():
        for statement in (ENTRIES, STATUS_UPDATE, STATUS_NEW, IMAGES, CHANGE, CLOSE, OPEN, LOG):
            cursor.execute(statement, parameters)
        cursor.execute("ANALYZE referrals_registrationentry")
    record_months(terms, applied)


def changed_gaps() -> dict[str, list[UUID]]:
    """The gaps opened, changed, resolved and lapsed."""
    found: dict[str, list[UUID]] = {name: [] for name in OUTCOMES.values()}
    for act, gap in plan.rows("SELECT act, gap_id FROM outcome"):
        found[OUTCOMES[act]].append(gap)
    return found
