"""Whom the list given back concerns: the correspondent of each agency, one line by agency, never by person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from partners.models import Function, ImportJob, Membership, Organization, Team
from referrals.selectors.gap_returns import agency_names

# Whose lists named the person last, else who follows her on the professional track; and the agency, as they know it.
# A list the Département brought for them, which no hand made, is the list of the agency each line names.
AGENCIES = """
WITH g AS MATERIALIZED ({source}),
its AS MATERIALIZED (
  SELECT t.department_id, t.agency_code, min(t.organization_id::text)::uuid AS organization_id
    FROM partners_team t JOIN partners_organization o ON o.id = t.organization_id AND o.active
   WHERE o.kind_id = 'employment_service' AND t.agency_code <> '' GROUP BY 1, 2),
lists AS MATERIALIZED (
  SELECT l.id, l.applied_at, j.organization_id, o.kind_id = 'employment_service' AS theirs,
         o.kind_id = 'department' AND NOT j.survey->'fields' ? 'situation' AS for_them
    FROM referrals_registrationlist l
    JOIN partners_importjob j ON j.id = l.job_id AND j.state IN ('applied', 'applying')
    JOIN partners_organization o ON o.id = j.organization_id
   WHERE o.kind_id IN ('employment_service', 'department')),
said AS (
  SELECT DISTINCT ON (m.beneficiary_id) m.beneficiary_id, m.agency,
         coalesce(its.organization_id, l.organization_id) AS organization_id
    FROM g JOIN referrals_registrationmonth m ON m.beneficiary_id = g.beneficiary_id AND m.line IS NOT NULL
    JOIN lists l ON l.id = m.list_id
    LEFT JOIN its ON its.department_id = m.department_id AND its.agency_code = m.agency AND l.for_them
   WHERE l.theirs OR its.organization_id IS NOT NULL
   ORDER BY m.beneficiary_id, m.month DESC, l.applied_at DESC)
SELECT org.id, coalesce(nullif(said.agency, ''), team.agency_code, near.agency_code, ''), count(*)
  FROM g
  JOIN referrals_beneficiary b ON b.id = g.beneficiary_id AND NOT b.restricted
  LEFT JOIN said ON said.beneficiary_id = g.beneficiary_id
  LEFT JOIN referrals_supportassignment a
         ON a.beneficiary_id = g.beneficiary_id AND a.ends_on IS NULL AND a.kind = 'single_referent'
  LEFT JOIN partners_team team ON team.id = a.team_id AND team.agency_code <> ''
  LEFT JOIN LATERAL (
    SELECT min(t.agency_code) AS agency_code FROM partners_team t
     WHERE t.department_id = b.department_id AND t.territory_id = b.territory_id AND t.agency_code <> ''
    HAVING count(*) = 1) near ON true
  JOIN partners_organization org ON org.id = coalesce(said.organization_id, a.organization_id)
   AND org.kind_id = 'employment_service' AND org.active
 WHERE said.organization_id IS NOT NULL OR b.pes_id <> ''
 GROUP BY 1, 2 ORDER BY 1, 2
"""
CHANGED = "SELECT id, beneficiary_id FROM referrals_registrationgap WHERE id = ANY(%s) AND closed_at IS NULL"
PLANNED = "SELECT beneficiary_id FROM outcome WHERE act IN ('open', 'change_kind')"


class ToCorrect(NamedTuple):
    """How many people one organisation has to look at for one of its agencies ('' when nobody knows which)."""

    organization_id: UUID
    agency: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionNotice:
    """What one correspondent is told of one agency."""

    user_id: UUID
    organization_id: UUID
    agency: str
    name: str
    count: int


def correction_audience(department_id: UUID, gap_ids: Iterable[UUID]) -> list[CorrectionNotice]:
    """The correspondents of the agencies these open gaps concern, each once by agency, with a count."""
    with connection.cursor() as cursor:
        cursor.execute(AGENCIES.format(source=CHANGED), [list(gap_ids)])
        found = [ToCorrect(*row) for row in cursor.fetchall()]
    names = agency_names({one.agency for one in found})
    members = _correspondents(department_id)
    return [
        CorrectionNotice(
            user_id=member.user_id,
            organization_id=one.organization_id,
            agency=one.agency,
            name=names[one.agency],
            count=one.people,
        )
        for one in found
        for member in of_agency([m for m in members if m.organization_id == one.organization_id], one.agency)
    ]


def planned_corrections() -> list[dict[str, Any]]:
    """As `planned_audience` tells: by agency, how many people the plan would ask about (`to_correct`)."""
    with connection.cursor() as cursor:
        cursor.execute(AGENCIES.format(source=PLANNED))
        found = [ToCorrect(*row) for row in cursor.fetchall()]
    names = agency_names({one.agency for one in found})
    organizations = Organization.objects.in_bulk({one.organization_id for one in found})
    return [
        {
            "organization": str(organizations[one.organization_id]),
            "team": names[one.agency],
            "count": one.people,
            "to_correct": True,
        }
        for one in found
    ]


def agencies_told(job: ImportJob) -> list[str]:
    """The codes under which correspondents may have been told of an import."""
    teams = Team.objects.filter(department_id=job.department_id).exclude(agency_code="")
    return sorted({"", *job.agencies, *teams.values_list("agency_code", flat=True)})


def of_agency(members: list[Membership], agency: str) -> list[Membership]:
    """The correspondents of that agency's own team, else those without an agency, else all of the organisation's."""
    own = [m for m in members if agency and m.team and m.team.agency_code == agency]
    general = [m for m in members if not (m.team and m.team.agency_code)]
    return own or general or members


def _correspondents(department_id: UUID) -> list[Membership]:
    found = Membership.objects.filter(
        department_id=department_id, active=True, user__is_active=True, organization__active=True,
        organization__kind="employment_service", functions__contains=[Function.REGISTRATION_LISTS],
    )  # fmt: skip
    return list(found.select_related("team").order_by("pk"))
