"""Who may arrange the network: rules answer "may I?", scopes answer "which ones?"."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from hub.core.access import rule, scope
from hub.core.actor import DEPARTMENT, Actor
from partners.grants import grantable
from partners.models import (
    Absence,
    ApiToken,
    ClosingPeriod,
    Commune,
    Department,
    Function,
    Invitation,
    Membership,
    Organization,
    Team,
    Territory,
)


def is_administrator(actor: Actor) -> bool:
    """Administrator of the platform for one Département (or the product itself)."""
    return actor.is_system or (actor.role == DEPARTMENT and actor.has(Function.ADMINISTRATION))


def _same_department(actor: Actor, obj: Any) -> bool:
    """Objects without a Département (organisations) may be present in several."""
    return getattr(obj, "department_id", actor.department_id) == actor.department_id


def _organization_id(obj: Any) -> UUID | None:
    return obj.pk if isinstance(obj, Organization) else getattr(obj, "organization_id", None)


def _manages(actor: Actor, obj: Any) -> bool:
    """Manager of the organisation of `obj`; without object, of any organisation."""
    return actor.manager and (obj is None or _organization_id(obj) == actor.organization_id)


@rule("organization.create")
def may_create_organization(actor: Actor, obj: None) -> bool:
    return is_administrator(actor)


@rule("organization.edit")
def may_edit_organization(actor: Actor, organization: Organization | None) -> bool:
    """Its identity: name, kind, identifiers, whether it receives referrals."""
    return is_administrator(actor)


@rule("organization.arrange")
def may_arrange_organization(actor: Actor, obj: Any) -> bool:
    """Its daily life: teams, closing periods, services, telephone. `obj` is the organisation or one of those."""
    return _same_department(actor, obj) and (is_administrator(actor) or _manages(actor, obj))


@rule("member.list")
def may_list_members(actor: Actor, organization: Organization | None) -> bool:
    return is_administrator(actor) or _manages(actor, organization)


@rule("member.add")
def may_add_member(actor: Actor, organization: Organization | None) -> bool:
    return is_administrator(actor) or _manages(actor, organization)


@rule("member.manage")
def may_manage_member(actor: Actor, membership: Membership) -> bool:
    """Nobody changes his own rights, nor those of somebody placed above him."""
    return (
        _same_department(actor, membership)
        and membership.pk != actor.membership_id
        and (is_administrator(actor) or (_manages(actor, membership) and not _above(actor, membership)))
    )


@rule("invitation.list")
def may_list_invitations(actor: Actor, obj: None) -> bool:
    return is_administrator(actor) or actor.manager


@rule("invitation.send")
def may_send_invitation(actor: Actor, obj: Any) -> bool:
    """`obj` is the organisation one invites to, or an invitation to send again or revoke."""
    return _same_department(actor, obj) and (is_administrator(actor) or _manages(actor, obj))


@rule("onboarding.run")
def may_run_onboarding(actor: Actor, obj: None) -> bool:
    return is_administrator(actor)


@rule("access.review")
def may_review_access(actor: Actor, obj: None) -> bool:
    return is_administrator(actor)


@rule("department.settings")
def may_change_settings(actor: Actor, department: Department | None) -> bool:
    return is_administrator(actor) and (department is None or department.pk == actor.department_id)


@rule("territory.edit")
def may_edit_territory(actor: Actor, territory: Territory | None) -> bool:
    wide = actor.role == DEPARTMENT and actor.has(Function.COORDINATION, Function.SUPERVISION)
    return (is_administrator(actor) or wide) and (territory is None or _same_department(actor, territory))


@scope(Absence)
def own_absences(actor: Actor, absences: QuerySet[Absence]) -> QuerySet[Absence]:
    """His own; also those of whom he may manage."""
    if actor.is_system:
        return absences
    mine, here = Q(membership=actor.membership_id), Q(membership__department=actor.department_id)
    if is_administrator(actor):
        mine |= here
    elif actor.manager:
        mine |= here & Q(membership__organization=actor.organization_id)
    return absences.filter(mine)


@rule("absence.declare")
def may_declare_absence(actor: Actor, member: Membership | None = None) -> bool:
    """His own; of a colleague, whoever manages him: somebody ill declares nothing."""
    if member is None or member.pk == actor.membership_id:
        return actor.membership_id is not None
    return may_manage_member(actor, member)


@rule("token.create")
def may_create_token(actor: Actor, obj: None) -> bool:
    """For his own membership only."""
    return actor.is_system or actor.membership_id is not None


@rule("token.revoke")
def may_revoke_token(actor: Actor, token: ApiToken) -> bool:
    if token.membership.user_id == actor.user_id:
        return True
    return is_administrator(actor) and token.membership.department_id == actor.department_id


@scope(Department)
def departments(actor: Actor, queryset: QuerySet[Department]) -> QuerySet[Department]:
    return queryset.filter(pk=actor.department_id)


@scope(Territory)
def territories(actor: Actor, queryset: QuerySet[Territory]) -> QuerySet[Territory]:
    return queryset.filter(department_id=actor.department_id)


@scope(Commune)
def communes(actor: Actor, queryset: QuerySet[Commune]) -> QuerySet[Commune]:
    return queryset.filter(department_id=actor.department_id)


@scope(Organization)
def organizations(actor: Actor, queryset: QuerySet[Organization]) -> QuerySet[Organization]:
    """Everybody knows the organisations present in his Département; those closed, only the administrator."""
    found = queryset.filter(presence__department_id=actor.department_id)
    return found if is_administrator(actor) else found.filter(Q(active=True) | Q(pk=actor.organization_id))


@scope(Team)
def teams(actor: Actor, queryset: QuerySet[Team]) -> QuerySet[Team]:
    return queryset.filter(department_id=actor.department_id)


@scope(ClosingPeriod)
def closing_periods(actor: Actor, queryset: QuerySet[ClosingPeriod]) -> QuerySet[ClosingPeriod]:
    return queryset.filter(organization__presence__department_id=actor.department_id)


@scope(Membership)
def memberships(actor: Actor, queryset: QuerySet[Membership]) -> QuerySet[Membership]:
    """Members of one's own organisation in this Département; the administrator sees them all."""
    found = queryset.filter(department_id=actor.department_id)
    return found if is_administrator(actor) else found.filter(Q(organization=actor.organization_id))


@scope(Invitation)
def invitations(actor: Actor, queryset: QuerySet[Invitation]) -> QuerySet[Invitation]:
    found = queryset.filter(department_id=actor.department_id)
    if is_administrator(actor):
        return found
    return found.filter(Q(organization=actor.organization_id)) if actor.manager else found.none()


@scope(ApiToken)
def tokens(actor: Actor, queryset: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
    if is_administrator(actor):
        return queryset.filter(membership__department_id=actor.department_id)
    return queryset.filter(Q(membership__user=actor.user_id))


def _above(actor: Actor, membership: Membership) -> bool:
    """Does the member administer the platform, while the actor does not?"""
    kind = membership.organization.kind_id
    return Function.ADMINISTRATION in membership.functions and Function.ADMINISTRATION not in grantable(actor, kind)
