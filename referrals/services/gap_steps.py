"""What time does to gaps nobody acts on: one reminder, then one line to the heads of service. Rows first."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from hub.core.actor import Actor
from hub.core.events import emit
from hub.core.workdays import add_open_days
from partners.models import Department
from referrals.clocks import ceiling, closing_periods
from referrals.events import GapsWaiting
from referrals.models import GapStep

REMINDER, ESCALATION = "reminder", "escalation"
BATCH = 1_000  # rows of one INSERT: a first list may have opened thousands of gaps on one day
# Open gaps whose absence nothing explains: the day of the opening, of the last thing a person did, of the reminder.
WAITING = """
SELECT g.id, coalesce(team.organization_id, a.organization_id),
       (coalesce(opened.at, g.opened_at) AT TIME ZONE 'Europe/Paris')::date AS since,
       (coalesce(acted.at, g.opened_at) AT TIME ZONE 'Europe/Paris')::date AS idle_since,
       steps.reminded, steps.escalated, coalesce(nullif(m.working_days, '{}'), ARRAY[0, 1, 2, 3, 4]::smallint[])
  FROM referrals_registrationgap g
  LEFT JOIN partners_team team ON team.id = g.in_charge_team_id
  LEFT JOIN referrals_supportassignment a
         ON a.beneficiary_id = g.beneficiary_id AND a.ends_on IS NULL AND a.kind = 'single_referent'
  LEFT JOIN partners_membership m
         ON m.user_id = coalesce(g.in_charge_id, a.referent_id) AND m.department_id = g.department_id
        AND m.organization_id = coalesce(team.organization_id, a.organization_id)
  LEFT JOIN referrals_registrationstatus s ON s.beneficiary_id = g.beneficiary_id
  LEFT JOIN LATERAL (SELECT max(l.at) AS at FROM referrals_gaplog l WHERE l.gap_id = g.id AND l.name = 'reopen') opened
         ON true
  LEFT JOIN LATERAL (SELECT max(l.at) AS at FROM referrals_gaplog l WHERE l.gap_id = g.id AND l.user_id IS NOT NULL)
         acted ON true
  LEFT JOIN LATERAL (
    SELECT max(p."on") FILTER (WHERE p.step = 'reminder') AS reminded,
           max(p."on") FILTER (WHERE p.step = 'escalation') AS escalated
      FROM referrals_gapstep p WHERE p.gap_id = g.id
       AND p.since = (coalesce(opened.at, g.opened_at) AT TIME ZONE 'Europe/Paris')::date) steps ON true
 WHERE g.department_id = %(department)s AND g.state IN ('open', 'acknowledged', 'in_progress')
   AND steps.escalated IS NULL AND (s.explained_until >= %(today)s) IS NOT TRUE
   AND NOT EXISTS (SELECT 1 FROM referrals_registrationexemption x
                    WHERE x.beneficiary_id = g.beneficiary_id AND x.until >= %(today)s)
   AND NOT EXISTS (SELECT 1 FROM referrals_absenceexplanation x WHERE x.beneficiary_id = g.beneficiary_id
                      AND x.starts_on <= %(today)s AND x.until >= %(today)s)
"""


class Waiting(NamedTuple):
    gap_id: UUID
    organization_id: UUID | None
    since: date
    idle_since: date
    reminded: date | None
    escalated: date | None
    works: list[int]  # the days whoever must act works; 0 Monday


@transaction.atomic
def take_steps(actor: Actor) -> dict[str, int]:
    """Take every step due today; gives how many of each. The row of a step is what keeps it from being told twice."""
    department = Department.objects.get(pk=actor.department_id)
    clock = _Clock(actor, department)
    found: dict[str, list[Waiting]] = {REMINDER: [], ESCALATION: []}
    for one in _waiting(actor):
        if step := clock.due(one):
            found[step].append(one)
    for step, gaps in found.items():
        _take(actor, step, gaps)
    return {step: len(gaps) for step, gaps in found.items()}


def _take(actor: Actor, step: str, gaps: list[Waiting]) -> None:
    if not gaps:
        return
    rows = [
        GapStep(department_id=actor.department_id, gap_id=one.gap_id, step=step, since=one.since, on=actor.today)
        for one in gaps
    ]
    GapStep.objects.bulk_create(rows, batch_size=BATCH)
    ids = tuple(one.gap_id for one in gaps)
    emit(GapsWaiting(department_id=actor.department_id, gap_ids=ids, escalated=step == ESCALATION))


def _waiting(actor: Actor) -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"department": actor.department_id, "today": actor.today})
        return [Waiting(*row) for row in cursor.fetchall()]


class _Clock:
    """Open days of each organisation (its holidays and closing periods) that whoever must act works, every question
    answered once."""

    def __init__(self, actor: Actor, department: Department) -> None:
        self.today, self.department = actor.today, department
        self._days: dict[tuple[UUID | None, tuple[int, ...], date, str], date] = {}

    def due(self, one: Waiting) -> str:
        """The step due today, or ''."""
        if one.reminded is None:
            return REMINDER if self._after(one, one.idle_since, "gap_reminder") <= self.today else ""
        since = max(one.reminded, one.idle_since)
        return ESCALATION if self._after(one, since, "gap_escalation") <= self.today else ""

    def _after(self, one: Waiting, start: date, delay: str) -> date:
        key = (one.organization_id, tuple(one.works), start, delay)
        if key not in self._days:
            days = self.department.delay(delay)
            closed = closing_periods(one.organization_id, start) if one.organization_id else ()
            self._days[key] = add_open_days(
                start,
                days,
                closed=closed,
                working_days=one.works,
                ceiling=ceiling(days),
                subdivision=self.department.code,
            )
        return self._days[key]
