"""A member subscribes another calendar to the shared one, and stops it."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from collective_actions.calendar import CalendarAsked
from collective_actions.models import CalendarFeed
from hub.core.access import require
from hub.core.actor import Actor
from hub.core.crypto import token_hash
from hub.core.errors import Conflict, NotVisible
from partners.actors import actor_from
from partners.models import Membership

MOST_FEEDS = 10
BYTES = 32  # of chance in an address


@transaction.atomic
def open_feed(actor: Actor, *, label: str, asked: CalendarAsked) -> tuple[CalendarFeed, str]:
    """A private address and its secret, shown this once. Raises `Conflict` beyond ten in service."""
    require(actor, "calendar.subscribe")
    mine = CalendarFeed.objects.filter(membership=actor.membership_id, revoked_at=None)
    if mine.count() >= MOST_FEEDS:
        raise Conflict(f"Vous avez déjà {MOST_FEEDS} abonnements : retirez-en un.", code="too_many_feeds")
    secret = secrets.token_urlsafe(BYTES)
    feed = CalendarFeed.objects.create(
        membership_id=actor.membership_id,
        label=label.strip()[:80] or "Formations et actions",
        query=asked.query,
        token_hash=token_hash(secret),
        created_at=actor.now,
    )
    return feed, secret


@transaction.atomic
def revoke_feed(actor: Actor, *, feed: CalendarFeed) -> CalendarFeed:
    """Close the address at once; twice changes nothing."""
    require(actor, "calendar.revoke", feed)
    if feed.revoked_at is None:
        feed.revoked_at = actor.now
        feed.save(update_fields=["revoked_at"])
    return feed


def feed_of(secret: str, now: datetime) -> tuple[CalendarFeed, Actor]:
    """The subscription behind an address, and for whom it is read. Raises `NotVisible`, the same for an address that
    never was, was revoked, or whose member may not come in any more."""
    joined = ("membership__user", "membership__organization", "membership__department", "membership__team")
    living = CalendarFeed.objects.filter(
        revoked_at=None,
        membership__active=True,
        membership__user__is_active=True,
        membership__organization__active=True,
    )
    feed = living.filter(token_hash=token_hash(secret)).select_related(*joined).first()
    if feed is None:
        raise NotVisible
    member: Membership = feed.membership
    return feed, actor_from(member, now)
