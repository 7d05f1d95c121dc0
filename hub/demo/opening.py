"""Open the invented network: Départements, territories, organisations, teams, services, members; by real services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from hub.core.actor import Actor
from hub.demo.network import ACCOUNTS, ORGANIZATIONS, PASSWORD, AccountPlan, OrganizationPlan
from hub.demo.offers import offer
from partners.actors import actor_from
from partners.models import Department, Membership, Organization, Service, Team, Territory, User
from partners.services.departments import open_department
from partners.services.directory.writing import create_service
from partners.services.members import add_member
from partners.services.organizations import create_organization, create_team
from partners.services.territories import create_territory, geography_of, load_communes


@dataclass(slots=True)
class Network:
    """What was opened, by the keys of the plan (`teams` and `services` by organisation key and name)."""

    departments: dict[str, Department] = field(default_factory=dict)
    territories: dict[str, Territory] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    teams: dict[tuple[str, str], Team] = field(default_factory=dict)
    services: dict[tuple[str, str], Service] = field(default_factory=dict)
    members: dict[str, Membership] = field(default_factory=dict)

    @property
    def moselle(self) -> Department:
        return self.departments["57"]

    def actor(self, key: str, now: datetime | None = None) -> Actor:
        """The actor behind an account, now or at another instant."""
        return actor_from(self.members[key], now or datetime.now(UTC))

    def product(self, now: datetime | None = None) -> Actor:
        """The product itself, in Moselle."""
        return Actor.system(self.moselle.pk, now)


@transaction.atomic
def open_network() -> Network:
    """Everything but people; none of these tables states anything about a person, so no gate is needed."""
    network = Network()
    network.departments = {
        "57": open_department(code="57", name="Moselle"),
        "99": open_department(code="99", name="Département fictif"),
    }
    _territories(network)
    for plan in ORGANIZATIONS:
        _organization(network, plan)
    password = make_password(PASSWORD)
    for account in ACCOUNTS:
        _account(network, account, password)
    return network


def _territories(network: Network) -> None:
    geography = geography_of("57")
    assert geography is not None, "the communes of Moselle are part of the product"
    load_communes(network.product(), department=network.moselle, geography=geography)
    network.territories = {territory.code: territory for territory in network.moselle.territories.all()}
    other = network.departments["99"]
    network.territories["T99-1"] = create_territory(
        Actor.system(other.pk), department=other, code="T99-1", name="Fictif-Nord"
    )


def _organization(network: Network, plan: OrganizationPlan) -> None:
    here = Actor.system(network.departments[plan.department].pk)
    organization = create_organization(
        here, kind=plan.kind, name=plan.name, city=plan.city, email=f"{plan.key.replace('_', '-')}@pacte.invalid"
    )
    network.organizations[plan.key] = organization
    for team in plan.teams:
        network.teams[plan.key, team.name] = create_team(
            here,
            organization=organization,
            name=team.name,
            territory=network.territories.get(team.territory),
            agency_code=team.agency,
            sees_people=team.sees_people,
        )
    for service in plan.services:
        network.services[plan.key, service.name] = create_service(
            here, organization=organization, name=service.name, **offer(service.name)
        )


def _account(network: Network, plan: AccountPlan, password: str) -> None:
    user = User.objects.create(
        email=plan.email,
        first_name=plan.first_name,
        last_name=plan.last_name,
        phone=f"03 99 00 57 {len(network.members):02d}",
        password=password,
    )
    organization = network.organizations[plan.organization]
    department = next(one.department for one in ORGANIZATIONS if one.key == plan.organization)
    network.members[plan.key] = add_member(
        Actor.system(network.departments[department].pk),
        user=user,
        organization=organization,
        team=network.teams.get((plan.organization, plan.team)),
        role="manager" if plan.manager else "member",
        functions=plan.functions.split(),
        territories=[network.territories[code] for code in plan.territories],
    )
