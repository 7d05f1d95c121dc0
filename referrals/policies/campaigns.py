"""Campaigns of summonses: the Département convenes; partners read appointments, never campaigns."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from hub.core.access import can, rule, scope
from hub.core.actor import Actor
from partners.models import Function
from referrals.models import Campaign, Slot, Summons


@scope(Campaign)
def campaigns_of(actor: Actor, campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """One's own and those of one's territories; all of them for the heads."""
    if actor.is_system:
        return campaigns
    if not can(actor, "campaign.list"):
        return campaigns.none()
    if actor.has(Function.SUPERVISION) or not actor.territories:
        return campaigns
    near = Q(territory=None) | Q(territory__in=actor.territories)
    return campaigns.filter(near | Q(created_by_id=actor.user_id))


@scope(Summons)
def summonses_of(actor: Actor, summonses: QuerySet[Summons]) -> QuerySet[Summons]:
    """Those of the campaigns one sees, withdrawn ones aside. Names still follow each person's file."""
    found = summonses.filter(withdrawn_at=None)
    return found if actor.is_system else found.filter(campaign__in=campaigns_of(actor, Campaign.objects.all()))


@scope(Slot)
def slots_of(actor: Actor, slots: QuerySet[Slot]) -> QuerySet[Slot]:
    """The Département's own; the joint sessions of whoever sits beside it. They name nobody."""
    found = slots.filter(department_id=actor.department_id)
    if actor.is_system or can(actor, "campaign.list"):
        return found
    shared = found.filter(co_host=actor.organization_id)
    return shared if can(actor, "appointment.list") else shared.none()


@rule("campaign.list")
def may_list_campaigns(actor: Actor, _: Any = None) -> bool:
    """Insertion officers and heads of service of the Département."""
    if actor.is_system:
        return True
    mine = actor.has(Function.COORDINATION, Function.SUPERVISION) and not actor.has(Function.CONTROL)
    return actor.is_wide and mine and can(actor, "people.list")


@rule("campaign.edit")
def may_edit_campaign(actor: Actor, campaign: Campaign) -> bool:
    """Prepare, send or cancel it: whoever sees it."""
    return campaigns_of(actor, Campaign.objects.filter(pk=campaign.pk)).exists()


@rule("campaign.follow")
def may_follow_campaign(actor: Actor, campaign: Campaign) -> bool:
    """Who came is for whoever convened, and the managers who receive; others read that the day has passed."""
    return actor.is_system or (
        can(actor, "campaign.list") and (actor.manager or campaign.created_by_id == actor.user_id)
    )
