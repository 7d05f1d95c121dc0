"""The one place where a request becomes an Actor."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from hub.core.actor import DEPARTMENT, PARTNER, Actor
from hub.core.crypto import token_hash
from hub.core.errors import SignInRequired
from partners.models import ApiToken, Membership, Team, User

SESSION_KEY = "membership"
BEARER = "Bearer "


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor of a request: from its bearer token, else from the session; read again every time.

    None for anonymous visitors and for accounts without an active membership. Raises `SignInRequired`
    for a token that is unknown, expired or revoked.
    """
    now = datetime.now(UTC)
    header = request.headers.get("Authorization", "")
    if header.startswith(BEARER):
        membership = _membership_of_token(header[len(BEARER) :].strip(), now)
        request.user = membership.user
        return actor_from(membership, now)
    if not request.user.is_authenticated:
        return None
    request.memberships = active = memberships_of(request.user)  # type: ignore[attr-defined]
    found = current_membership(active, request.session.get(SESSION_KEY))
    return actor_from(found, now) if found else None


def memberships_of(user: User) -> list[Membership]:
    """Every organisation this user may act for, with its Département; left on the request for the page's frame."""
    return list(_active().filter(user=user).order_by("organization__name", "department__code"))


def current_membership(active: list[Membership], chosen: str | None) -> Membership | None:
    """The membership the user switched to, else the first active one."""
    return next((m for m in active if str(m.pk) == chosen), active[0] if active else None)


def actor_from(membership: Membership, now: datetime) -> Actor:
    """The frozen actor of a membership (territories must be prefetched or cost one query)."""
    return Actor(
        department_id=membership.department_id,
        role=DEPARTMENT if membership.organization.kind_id == "department" else PARTNER,
        now=now,
        user_id=membership.user_id,
        membership_id=membership.pk,
        organization_id=membership.organization_id,
        team_id=membership.team_id,
        kind=membership.organization.kind_id,
        functions=frozenset(membership.functions),
        territories=frozenset(territory.pk for territory in membership.territories.all())
        | _territory_of(membership.team),
        manager=membership.role == "manager",
        sees_people=membership.team is None or membership.team.sees_people,
        choices=membership.department.choices,
    )


def _territory_of(team: Team | None) -> frozenset[UUID]:
    return frozenset({team.territory_id}) if team and team.territory_id else frozenset()


def _active() -> QuerySet[Membership]:
    return (
        Membership.objects.filter(active=True, user__is_active=True, organization__active=True)
        .select_related("user", "organization", "department", "team")
        .prefetch_related("territories")
    )


def _membership_of_token(token: str, now: datetime) -> Membership:
    found = ApiToken.objects.filter(token_hash=token_hash(token), revoked_at=None, expires_at__gt=now).first()
    membership = _active().filter(pk=found.membership_id).first() if found else None
    if found is None or membership is None:
        raise SignInRequired("Cette clé d'accès n'est pas valable, a expiré ou a été révoquée.", code="invalid_token")
    if found.last_used_on != now.date():
        ApiToken.objects.filter(pk=found.pk).update(last_used_on=now.date())
    return membership
