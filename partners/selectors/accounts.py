"""My account: the organisations I act for, my keys."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from hub.core.access import visible
from hub.core.actor import Actor
from partners.models import Absence, ApiToken, Membership, User

MOST_SHOWN = 100


def my_memberships(user: User) -> list[Membership]:
    """Every membership of an account, the inactive ones last."""
    mine = Membership.objects.filter(user=user).select_related("organization__kind", "department", "team")
    return list(mine.prefetch_related("territories").order_by("-active", "organization__name")[:MOST_SHOWN])


def my_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """Keys of all my memberships in this Département, the newest first."""
    mine = visible(actor, ApiToken).filter(Q(membership__user=actor.user_id))
    return mine.select_related("membership__organization").order_by("-created_at", "pk")


def absences_of(actor: Actor, membership_id: UUID | None) -> list[Absence]:
    """Those of one member that are not over, where the actor acts."""
    found = visible(actor, Absence).filter(membership=membership_id, ends_on__gte=actor.today)
    return list(found.select_related("stand_in__user")[:MOST_SHOWN])
