"""The directory of organisations: who works in the Département, what they offer, when they close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.text import fold
from partners.models import ClosingPeriod, Organization, Service, Team
from partners.models.services import ServiceState

MOST_SHOWN = 200
# A closing period already over is kept a month on screen: late answers are explained by it.
PAST_CLOSINGS = timedelta(days=31)


def organization_list(actor: Actor, *, q: str = "", kind: str = "", territory: str = "") -> QuerySet[Organization]:
    """Organisations of the Département, searched without accents on their name and town, with their counts."""
    found = visible(actor, Organization).select_related("kind")
    for word in fold(q).split():
        found = found.filter(Q(search_name__contains=word) | Q(city__icontains=word))
    if kind:
        found = found.filter(kind_id=kind)
    if territory:
        teams = visible(actor, Team).filter(territory_id=territory)
        found = found.filter(pk__in=teams.values("organization"))
    here = Q(teams__department_id=actor.department_id)
    offered = Q(services__department_id=actor.department_id, services__state=ServiceState.PUBLISHED)
    return found.annotate(
        team_count=Count("teams", filter=here, distinct=True),
        service_count=Count("services", filter=offered, distinct=True),
    )


@dataclass(frozen=True, slots=True)
class OrganizationRecord:
    """What the page of one organisation shows, at most 200 of each."""

    organization: Organization
    teams: list[Team]
    services: list[Service]
    closing_periods: list[ClosingPeriod]
    manager_count: int


def organization_record(actor: Actor, organization: Organization) -> OrganizationRecord:
    """Teams, services and closing periods of one visible organisation in the actor's Département."""
    mine = {"organization": organization}
    recent = actor.today - PAST_CLOSINGS
    managers = organization.memberships.filter(department_id=actor.department_id, role="manager", active=True)
    return OrganizationRecord(
        organization=organization,
        teams=list(visible(actor, Team).filter(**mine).select_related("territory")[:MOST_SHOWN]),
        services=list(visible(actor, Service).filter(**mine)[:MOST_SHOWN]),
        closing_periods=list(visible(actor, ClosingPeriod).filter(**mine, ends_on__gte=recent)[:MOST_SHOWN]),
        manager_count=managers.count(),
    )


def teams_of(actor: Actor, organization: Organization) -> QuerySet[Team]:
    """Teams one may choose for a member of this organisation."""
    return visible(actor, Team).filter(organization=organization)
