"""Members: who acts for an organisation, in which team, with which functions."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, Refused
from partners.grants import grantable, suited
from partners.models import Membership, Organization, Team, Territory, User
from partners.models.members import Role

MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)


@transaction.atomic
def add_member(
    actor: Actor,
    *,
    user: User,
    organization: Organization,
    team: Team | None = None,
    role: str = Role.MEMBER,
    functions: Iterable[str] = (),
    territories: Iterable[Territory] = (),
    working_days: Iterable[int] = MONDAY_TO_FRIDAY,
) -> Membership:
    """Attach an account to an organisation in the actor's Département; an inactive membership comes back to life.

    Raises `Conflict` when the person already is a member, `Refused` for functions above the actor's.
    """
    require(actor, "member.add", organization)
    wanted = check_rights(actor, organization, team=team, functions=functions, territories=territories)
    membership = Membership.objects.filter(
        user=user, organization=organization, department_id=actor.department_id
    ).first()
    if membership is not None and membership.active:
        raise Conflict("Cette personne est déjà membre de cette organisation.", code="already_member")
    membership = membership or Membership(user=user, organization=organization, department_id=actor.department_id)
    membership.team, membership.role, membership.active = team, role, True
    membership.functions, membership.working_days = wanted, sorted(set(working_days))
    membership.save()
    membership.territories.set(territories)
    return membership


@transaction.atomic
def change_member(
    actor: Actor,
    *,
    membership: Membership,
    team: Team | None,
    role: str,
    functions: Iterable[str],
    territories: Iterable[Territory],
    working_days: Iterable[int],
) -> Membership:
    """Change what a member does. Functions above the actor's own stay as they were.

    Raises `Refused` when one asks for more than one may give, `Conflict` for the last manager.
    """
    require(actor, "member.manage", membership)
    organization = membership.organization
    kept = set(membership.functions) - grantable(actor, organization.kind_id)
    asked = check_rights(actor, organization, team=team, functions=set(functions) - kept, territories=territories)
    if role != Role.MANAGER:
        _keep_a_manager(membership)
    membership.team, membership.role = team, role
    membership.functions = sorted(kept | set(asked))
    membership.working_days = sorted(set(working_days))
    membership.save(update_fields=["team", "role", "functions", "working_days"])
    membership.territories.set(territories)
    return membership


@transaction.atomic
def deactivate_member(actor: Actor, *, membership: Membership) -> Membership:
    """Close a member's access at once, keys included. Raises `Conflict` for the last manager."""
    require(actor, "member.manage", membership)
    _keep_a_manager(membership)
    membership.active = False
    membership.save(update_fields=["active"])
    membership.tokens.filter(revoked_at=None).update(revoked_at=actor.now)
    return membership


@transaction.atomic
def reactivate_member(actor: Actor, *, membership: Membership) -> Membership:
    """Open a member's access again, with the functions he had: only somebody who could give them may."""
    require(actor, "member.manage", membership)
    refuse_above(actor, membership.organization, membership.functions)
    membership.active = True
    membership.save(update_fields=["active"])
    return membership


def check_rights(
    actor: Actor,
    organization: Organization,
    *,
    team: Team | None,
    functions: Iterable[str],
    territories: Iterable[Territory],
) -> list[str]:
    """The functions asked, sorted, once it is sure that they, the team and the territories fit.

    Raises `Invalid` for a foreign team or territory, `Refused` for a function the actor may not give.
    """
    if team is not None and (team.organization_id, team.department_id) != (organization.pk, actor.department_id):
        raise Invalid(fields={"team": "Cette équipe n'est pas celle de l'organisation."})
    if any(territory.department_id != actor.department_id for territory in territories):
        raise Invalid(fields={"territories": "Ce territoire n'est pas celui du Département."})
    wanted = sorted(set(functions))
    refuse_above(actor, organization, wanted)
    return wanted


def refuse_above(actor: Actor, organization: Organization, functions: Iterable[str]) -> None:
    """Raise `Invalid` for functions foreign to this kind of organisation, `Refused` for those above the actor."""
    wanted = set(functions)
    if wanted - suited(organization.kind_id):
        raise Invalid(fields={"functions": "Cette fonction n'existe pas dans ce type d'organisation."})
    if wanted - grantable(actor, organization.kind_id):
        raise Refused("Vous ne pouvez pas donner une fonction que vous n'exercez pas.", code="above_self")


def _keep_a_manager(membership: Membership) -> None:
    """An organisation with members keeps a manager: rows are locked so that two managers cannot leave together."""
    if membership.role != Role.MANAGER or not membership.active:
        return
    others = list(
        Membership.objects.select_for_update(of=("self",))
        .filter(organization_id=membership.organization_id, department_id=membership.department_id, active=True)
        .exclude(pk=membership.pk)
        .order_by("pk")
    )
    if others and not any(other.role == Role.MANAGER for other in others):
        raise Conflict(
            "C'est le dernier responsable de l'organisation : nommez-en d'abord un autre.", code="last_manager"
        )
