"""Subscriptions to the shared calendar: each member his own."""

from __future__ import annotations

from django.db.models import QuerySet

from collective_actions.models import CalendarFeed
from hub.core.access import rule, scope
from hub.core.actor import Actor


@rule("calendar.subscribe")
def may_subscribe(actor: Actor, obj: None = None) -> bool:
    return actor.membership_id is not None


@rule("calendar.revoke")
def may_revoke(actor: Actor, feed: CalendarFeed) -> bool:
    return actor.membership_id is not None and feed.membership_id == actor.membership_id


@scope(CalendarFeed)
def feeds(actor: Actor, queryset: QuerySet[CalendarFeed]) -> QuerySet[CalendarFeed]:
    return queryset.filter(membership=actor.membership_id) if actor.membership_id else queryset.none()
