"""Handing a gap over: to a member or a team of one's organisation, or back to the Département's team."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from partners.actors import actor_from
from partners.models import Membership, Team
from partners.models.members import FOLLOWING
from referrals.models import RegistrationGap
from referrals.services.gaps import touch_gap
from referrals.workflows import GAP

DEPARTMENT = "department"
M = TypeVar("M", bound=Model)


@transaction.atomic
def reassign_gap(actor: Actor, *, gap: RegistrationGap, target: str, note: str = "") -> RegistrationGap:
    """Entrust a gap to `member:<id>`, `team:<id>` (of one's own organisation), or `department`; journalled.

    A member acts next at once; in a team somebody must take charge. Raises `Invalid` for a target that is none of
    these, `Conflict` when that member or team does not follow the person.
    """
    require(actor, "gap.handle", gap)
    kind, _, key = target.partition(":")
    if kind == "member":
        member = _member(actor, key)
        if not _sees(actor, member, gap):
            raise Conflict(f"{member.user} ne suit pas cette personne : changez d'abord le référent.")
        changes: dict[str, Any] = {"in_charge_id": member.user_id, "in_charge_team_id": member.team_id}
        GAP.perform(gap, "assign", by=actor, note=note, **changes)
    else:
        team = _department_team(gap) if kind == DEPARTMENT else _team(actor, key)
        if kind != DEPARTMENT and not any(_sees(actor, one, gap) for one in _members(team)):
            raise Conflict(f"L'équipe {team} ne suit pas cette personne : changez d'abord le référent.")
        changes = {"in_charge_id": None, "in_charge_team_id": team.pk if team else None}
        GAP.perform(gap, "hand_over", by=actor, note=note, **changes)
    touch_gap(actor, gap)
    return gap


def following_members(actor: Actor) -> QuerySet[Membership]:
    """Members of one's organisation who may be asked to follow somebody."""
    mine = visible(actor, Membership).filter(organization=actor.organization_id, active=True, user__is_active=True)
    return mine.filter(functions__overlap=list(FOLLOWING))


def _member(actor: Actor, key: str) -> Membership:
    return _one(following_members(actor).select_related("user", "organization", "team", "department"), key)


def _team(actor: Actor, key: str) -> Team:
    return _one(visible(actor, Team).filter(organization=actor.organization_id, sees_people=True), key)


def _one(found: QuerySet[M], key: str) -> M:
    try:
        row = found.filter(pk=UUID(key)).first()
    except ValueError:
        row = None
    if row is None:
        raise Invalid("Choisissez à qui confier.", fields={"target": "Choisissez dans la liste."})
    return row


def _department_team(gap: RegistrationGap) -> Team | None:
    """The CMS of the person's territory; None when there is none: the coordinators of the place are told."""
    own = Team.objects.filter(department_id=gap.department_id, organization__kind="department", sees_people=True)
    place = gap.beneficiary.territory_id
    return own.filter(territory=place).order_by("name").first() if place else None


def _members(team: Team | None) -> list[Membership]:
    if team is None:
        return []
    found = Membership.objects.filter(team=team, active=True, user__is_active=True)
    return list(found.select_related("user", "organization", "team", "department").prefetch_related("territories"))


def _sees(actor: Actor, member: Membership, gap: RegistrationGap) -> bool:
    return visible(actor_from(member, actor.now), RegistrationGap).filter(pk=gap.pk).exists()
