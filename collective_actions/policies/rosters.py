"""Rosters and trainees: who brings, who reads, who sees people again."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from collective_actions.models import FollowUpContact, FollowUpStep, Placement, PlacementStep, Roster, Trainee
from hub.core.access import can, rule, scope
from hub.core.actor import Actor
from partners.models import Function
from partners.models.files import ImportKind
from referrals.models import Beneficiary, Level
from referrals.policies.people import active_grants, people_of

# Whoever supports the person, and the job developer while he may see her.
LEVELS = (Level.PLACEMENT, Level.SUPPORT, Level.FULL)
FOLLOWERS = (
    Function.JOB_DEVELOPMENT,
    Function.RECRUITMENT,
    Function.COUNSELLING,
    Function.SOCIAL_WORK,
    Function.COORDINATION,
    Function.SUPERVISION,
)


@rule("roster.list")
def may_list_rosters(actor: Actor, _: None = None) -> bool:
    """Whoever brings some; the Département's heads follow what comes."""
    return may_bring_rosters(actor) or (actor.role == "department" and actor.has(Function.SUPERVISION))


@rule("roster.bring")
def may_bring_rosters(actor: Actor, _: None = None) -> bool:
    return can(actor, "import.bring", ImportKind.ROSTER.value)


@scope(Roster)
def rosters_of(actor: Actor, rosters: QuerySet[Roster]) -> QuerySet[Roster]:
    """A Région or a training body reads what it brought, the Département everything."""
    rosters = rosters.filter(department_id=actor.department_id)
    if actor.is_system or (actor.is_wide and may_list_rosters(actor)):
        return rosters
    return rosters.filter(organization_id=actor.organization_id) if may_list_rosters(actor) else rosters.none()


@rule("trainee.list")
def may_list_trainees(actor: Actor, _: None = None) -> bool:
    """Whoever sees people again when their training ends; control reads."""
    return can(actor, "people.list") and actor.has(*FOLLOWERS, Function.CONTROL)


@scope(Trainee)
@scope(FollowUpStep)
@scope(FollowUpContact)
@scope(Placement)
@scope(PlacementStep)
def of_people_followed(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """What hangs on a person follows the person; for a partner, from the level `placement`."""
    rows = rows.filter(beneficiary__in=people_of(actor, Beneficiary.objects.all()).values("pk"))
    if actor.is_wide:
        return rows
    return rows.filter(beneficiary__in=active_grants(actor).filter(level__in=LEVELS).values("beneficiary"))


@rule("trainee.follow")
def may_follow_trainee(actor: Actor, trainee: Trainee | None = None) -> bool:
    """Take charge, note a call, record the interview."""
    return not actor.is_system and can(actor, "people.list") and actor.has(*FOLLOWERS)


@rule("placement.follow")
def may_follow_placement(actor: Actor, obj: Any = None) -> bool:
    """As the end of a training: whoever sees people again."""
    return may_follow_trainee(actor)
