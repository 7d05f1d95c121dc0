"""The cast: two Départements, a dozen organisations, one member per role. Everybody is invented.

Built through services, in one transaction, without the gate: none of these tables states anything about a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace

from django.contrib.auth.hashers import make_password
from django.test import Client

from hub.core.actor import Actor
from partners.actors import SESSION_KEY, actor_from
from partners.models import Membership, Organization, Team, Territory, User
from partners.services.departments import open_department
from partners.services.members import add_member
from partners.services.organizations import create_organization, create_team
from partners.services.territories import create_territory, geography_of, load_communes

PASSWORD = "une phrase inventée 57"
CMS = {"T57-1": "Metz", "T57-2": "Thionville", "T57-3": "Forbach", "T57-4": "Sarreguemines", "T57-5": "Sarrebourg"}
AGENCIES = {"Agence de Metz": ("57010", "T57-1"), "Agence de Thionville": ("57020", "T57-2")}


class Cast(SimpleNamespace):
    """Départements, territories, organisations, teams and members (memberships) by attribute.

    department, other_department · territories (by code), metz, thionville (territories) · moselle, pole_emploi, udaf,
    region, agency, siae, association, association2, network, other (organisations) · cms_metz, cms_thionville, cms (by
    territory code), agency_metz, agency_thionville, udaf_support, udaf_guardianship (teams) · the members of MEMBERS.
    """

    @property
    def members(self) -> dict[str, Membership]:
        """Every member by the name of its role in the cast."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Membership)}


def actor(member: Membership, now: datetime | None = None) -> Actor:
    """The actor a member is, now or at another instant."""
    return actor_from(member, now or datetime.now(UTC))


def client(member: Membership) -> Client:
    """A browser signed in as this member, acting for the organisation of this membership."""
    browser = Client()
    browser.force_login(member.user)
    session = browser.session
    session[SESSION_KEY] = str(member.pk)
    session.save()
    return browser


def build_cast() -> Cast:
    """The whole cast, in about a tenth of a second."""
    cast = Cast()
    cast.department = open_department(code="57", name="Moselle")
    cast.other_department = open_department(code="99", name="Département fictif")
    here, there = Actor.system(cast.department.pk), Actor.system(cast.other_department.pk)
    geography = geography_of("57")
    assert geography is not None
    load_communes(here, department=cast.department, geography=geography)
    cast.territories = {territory.code: territory for territory in cast.department.territories.all()}
    cast.metz, cast.thionville = cast.territories["T57-1"], cast.territories["T57-2"]
    _organizations(cast, here)
    _members(cast, here)
    cast.other_territory = create_territory(there, department=cast.other_department, code="T99-1", name="Fictif-Nord")
    cast.other = create_organization(there, kind="department", name="Département fictif")
    cast.other_officer = _member(
        there, "other_officer", cast.other, "coordination people_import", [cast.other_territory], role="manager"
    )
    return cast


def _organizations(cast: Cast, here: Actor) -> None:
    cast.moselle = create_organization(here, kind="department", name="Département de la Moselle")
    cast.pole_emploi = create_organization(here, kind="employment_service", name="Pôle emploi Moselle")
    cast.udaf = create_organization(here, kind="udaf", name="UDAF de la Moselle")
    cast.region = create_organization(here, kind="region", name="Région Grand Est")
    cast.agency = create_organization(here, kind="agency", name="Moselle Attractivité")
    cast.siae = create_organization(here, kind="siae", name="Chantier Fictif", city="Metz")
    cast.association = create_organization(here, kind="association", name="Épicerie Fictive", city="Metz")
    cast.association2 = create_organization(here, kind="association", name="Atelier Fictif", city="Thionville")
    cast.network = create_organization(here, kind="association", name="Réseau Fictif des associations")
    cast.cms = {
        code: create_team(here, organization=cast.moselle, name=f"CMS {name}", territory=cast.territories[code])
        for code, name in CMS.items()
    }
    cast.cms_metz, cast.cms_thionville = cast.cms["T57-1"], cast.cms["T57-2"]
    cast.agency_metz, cast.agency_thionville = (
        create_team(here, organization=cast.pole_emploi, name=name, agency_code=code, territory=cast.territories[at])
        for name, (code, at) in AGENCIES.items()
    )
    cast.udaf_support = create_team(here, organization=cast.udaf, name="Accompagnement")
    cast.udaf_guardianship = create_team(here, organization=cast.udaf, name="Protection des majeurs", sees_people=False)


def _members(cast: Cast, here: Actor) -> None:
    officer = "coordination people_import registration_lists"
    everywhere = list(cast.territories.values())
    cast.officer_metz = _member(here, "officer_metz", cast.moselle, officer, [cast.metz])
    cast.officer_thionville = _member(here, "officer_thionville", cast.moselle, officer, [cast.thionville])
    cast.head = _member(here, "head", cast.moselle, "supervision", everywhere, role="manager")
    cast.social_worker = _member(
        here, "social_worker", cast.moselle, "social_work people_import", [cast.metz], team=cast.cms_metz
    )
    cast.recruiter = _member(here, "recruiter", cast.moselle, "recruitment", everywhere)
    cast.admin = _member(here, "admin", cast.moselle, "administration", everywhere)
    cast.controller = _member(here, "controller", cast.moselle, "control", everywhere)
    cast.developer = _member(here, "developer", cast.agency, "job_development", everywhere, role="manager")
    cast.adviser = _member(
        here, "adviser", cast.pole_emploi, "counselling registration_lists", [cast.metz], team=cast.agency_metz,
        role="manager",
    )  # fmt: skip
    cast.udaf_lead = _member(
        here, "udaf_lead", cast.udaf, "counselling", everywhere, team=cast.udaf_support, role="manager"
    )
    cast.udaf_worker = _member(here, "udaf_worker", cast.udaf, "counselling", [cast.metz], team=cast.udaf_support)
    cast.guardian = _member(here, "guardian", cast.udaf, "counselling", [], team=cast.udaf_guardianship)
    cast.trainer = _member(here, "trainer", cast.region, "rosters", everywhere, role="manager")
    cast.siae_worker = _member(here, "siae_worker", cast.siae, "counselling", [cast.metz], role="manager")
    cast.charity = _member(here, "charity", cast.association, "counselling needs", [cast.metz], role="manager")
    cast.charity2 = _member(here, "charity2", cast.association2, "counselling needs", [cast.thionville], role="manager")
    cast.network_head = _member(here, "network_head", cast.network, "network_lead needs", everywhere, role="manager")


@cache
def _hashed_password() -> str:
    """One Argon2 hash for everybody: it costs as much as the rest of the cast."""
    return make_password(PASSWORD)


def _member(
    by: Actor,
    name: str,
    organization: Organization,
    functions: str,
    territories: Iterable[Territory],
    *,
    team: Team | None = None,
    role: str = "member",
) -> Membership:
    user = User.objects.create(
        email=f"{name.replace('_', '.')}@exemple.invalid",
        first_name=name.replace("_", " ").title(),
        last_name="FICTIF",
        password=_hashed_password(),
    )
    return add_member(
        by, user=user, organization=organization, team=team, role=role, functions=functions.split(),
        territories=territories,
    )  # fmt: skip
