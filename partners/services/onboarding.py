"""Onboarding by table: organisations, teams and invitations, as many as three hundred at once.

`plan_onboarding` only reads and says what would happen; `apply_onboarding` does it, line by line, each on its own.
Run again on the same file, it finds everything done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from django.db import transaction

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import DomainError
from hub.core.text import fold, header_key
from partners.grants import suited
from partners.imports.onboarding import OnboardingLine
from partners.models import Invitation, Membership, Organization, OrganizationKind, Team, Territory
from partners.models.members import Function
from partners.services.deliveries import BATCH
from partners.services.invitations import send_invitation
from partners.services.organizations import create_organization, create_team
from partners.tasks import schedule_delivery


@dataclass(slots=True)
class Step:
    """What one line does: nothing but `problems` when it is rejected."""

    line: OnboardingLine
    new_organization: bool = False
    new_team: bool = False
    invites: bool = False
    already: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> bool:
        return bool(self.problems)

    @property
    def unchanged(self) -> bool:
        return not (self.rejected or self.new_organization or self.new_team or self.invites)


@dataclass(slots=True)
class Onboarding:
    """All the steps of a file, counted."""

    steps: list[Step]

    @property
    def errors(self) -> list[Step]:
        return [step for step in self.steps if step.rejected]

    @property
    def organizations(self) -> int:
        return sum(step.new_organization for step in self.steps)

    @property
    def teams(self) -> int:
        return sum(step.new_team for step in self.steps)

    @property
    def invitations(self) -> int:
        return sum(step.invites for step in self.steps)

    @property
    def unchanged(self) -> int:
        return sum(step.unchanged for step in self.steps)


class Known:
    """What the Département already has, read in five queries whatever the size of the file."""

    def __init__(self, actor: Actor, lines: Iterable[OnboardingLine]) -> None:
        emails = {line.email for line in lines if line.email}
        self.organizations: dict[str, Organization] = {}
        for organization in visible(actor, Organization):
            self.learn(organization)
        self.teams = {(team.organization_id, fold(team.name)): team for team in visible(actor, Team)}
        self.territories: dict[str, Territory] = {}
        for territory in visible(actor, Territory):
            self.territories |= {fold(territory.code): territory, fold(territory.name): territory}
        members = visible(actor, Membership).filter(active=True, user__email__in=emails)
        self.members = set(members.values_list("organization", "user__email"))
        pending = visible(actor, Invitation).filter(email__in=emails, accepted_at=None, expires_at__gt=actor.now)
        self.invited = set(pending.values_list("organization", "email"))

    def learn(self, organization: Organization) -> None:
        """Remember an organisation under each of its identifiers and its name."""
        for key in (organization.siret, organization.rna, fold(organization.name)):
            if key:
                self.organizations.setdefault(key, organization)

    def organization(self, line: OnboardingLine) -> Organization | None:
        """By SIRET, RNA, else name; two organisations of one name but different SIRETs stay two."""
        for key in line.organization_keys:
            found = self.organizations.get(key)
            if found and not (line.siret and found.siret and line.siret != found.siret):
                return found
        return None


def kinds_by_name() -> dict[str, str]:
    """Code of each kind of organisation, by code and by label."""
    rows = OrganizationKind.objects.values_list("code", "label")
    return {header_key(name): code for code, label in rows for name in (code, label)}


def plan_onboarding(actor: Actor, *, lines: Sequence[OnboardingLine]) -> Onboarding:
    """What the file would do, nothing being written."""
    require(actor, "onboarding.run")
    known = Known(actor, lines)
    first: dict[str, OnboardingLine] = {}  # organisations the file itself creates: their first line, by every key
    teams: set[tuple[str, str]] = set()
    return Onboarding([_planned(line, known, first, teams) for line in lines])


@transaction.atomic
def apply_onboarding(actor: Actor, *, lines: Sequence[OnboardingLine]) -> Onboarding:
    """Create what is missing and invite; a line that fails says why and leaves the others alone.

    Mails leave in batches after commit.
    """
    plan = plan_onboarding(actor, lines=lines)
    known = Known(actor, lines)
    invited: list[UUID] = []
    for step in plan.steps:
        if step.rejected or step.unchanged:
            continue
        try:
            with transaction.atomic():
                invited += _carry_out(actor, step, known)
        except DomainError as error:
            step.new_organization = step.new_team = step.invites = False
            step.problems.append(next(iter(error.fields.values()), error.message))
    for start in range(0, len(invited), BATCH):
        transaction.on_commit(partial(schedule_delivery, invited[start : start + BATCH]), robust=True)
    return plan


def _planned(line: OnboardingLine, known: Known, first: dict[str, OnboardingLine], teams: set[tuple[str, str]]) -> Step:
    step = Step(line, problems=list(line.problems))
    organization = known.organization(line)
    opener = next((first[key] for key in line.organization_keys if key in first), line)
    kind = organization.kind_id if organization else opener.kind
    if not step.problems:
        step.problems = _misfits(line, kind, known)
    if step.problems:
        return step
    key = str(organization.pk) if organization else str(opener.line)
    if organization is None:
        step.new_organization = opener is line
        first.update(dict.fromkeys(line.organization_keys, opener))
    if line.team and (key, fold(line.team)) not in teams:
        teams.add((key, fold(line.team)))
        step.new_team = organization is None or (organization.pk, fold(line.team)) not in known.teams
    if line.email:
        member = (organization.pk, line.email) if organization else None
        step.already = "déjà membre" if member in known.members else "déjà invitée" if member in known.invited else ""
        step.invites = not step.already
    return step


def _misfits(line: OnboardingLine, kind: str, known: Known) -> list[str]:
    """What a line asks that its organisation or the Département does not have."""
    if not kind:
        return ["le type de cette nouvelle organisation est absent"]
    if line.territory and fold(line.territory) not in known.territories:
        return [f"le territoire « {line.territory} » est inconnu"]
    foreign = sorted(set(line.functions) - suited(kind))
    return [f"la fonction « {Function(name).label} » n'existe pas dans ce type d'organisation" for name in foreign]


def _carry_out(actor: Actor, step: Step, known: Known) -> list[UUID]:
    line = step.line
    territory = known.territories.get(fold(line.territory))
    organization = known.organization(line)
    if organization is None:
        identity = {"siret": line.siret, "rna": line.rna, "city": line.city, "phone": line.phone}
        organization = create_organization(actor, kind=line.kind, name=line.organization, **identity)
        known.learn(organization)
    team = known.teams.get((organization.pk, fold(line.team)))
    if line.team and team is None:
        team = create_team(
            actor, organization=organization, name=line.team, territory=territory, agency_code=line.agency_code
        )
        known.teams[organization.pk, fold(line.team)] = team
    if not step.invites:
        return []
    invitation = send_invitation(
        actor,
        email=line.email,
        organization=organization,
        first_name=line.first_name,
        last_name=line.last_name,
        team=team,
        role=line.role,
        functions=line.functions,
        territories=[territory] if territory else [],
        mail_later=True,
    )
    return [invitation.pk]
