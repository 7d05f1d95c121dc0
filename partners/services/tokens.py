"""Keys for machines: one membership, a name, an end; only the hash is kept."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.crypto import token_hash
from hub.core.errors import Conflict, Invalid
from partners.models import ApiToken

LONGEST_DAYS = 365
MOST_KEYS = 20
PREFIX = 8


@transaction.atomic
def create_token(actor: Actor, *, label: str, days: int, membership_id: UUID | None = None) -> tuple[ApiToken, str]:
    """A key for the actor's own membership, and its text, shown this once.

    `days` is its life, from 1 to 365. Raises `Invalid` outside, `Conflict` beyond 20 keys in service.
    """
    require(actor, "token.create")
    owner = membership_id if actor.is_system else actor.membership_id
    if owner is None:
        raise TypeError("the product itself must say whose key it makes")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(fields={"days": f"Choisissez une durée de 1 à {LONGEST_DAYS} jours."}, code="bad_duration")
    if ApiToken.objects.filter(membership_id=owner, revoked_at=None, expires_at__gt=actor.now).count() >= MOST_KEYS:
        raise Conflict(f"Vous avez déjà {MOST_KEYS} clés en service : révoquez-en une.", code="too_many_keys")
    text = secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        membership_id=owner,
        label=label,
        prefix=text[:PREFIX],
        token_hash=token_hash(text),
        created_at=actor.now,
        expires_at=actor.now + timedelta(days=days),
    )
    return token, text


@transaction.atomic
def revoke_token(actor: Actor, *, token: ApiToken) -> ApiToken:
    """Stop a key at once; revoking twice changes nothing."""
    require(actor, "token.revoke", token)
    if token.revoked_at is None:
        token.revoked_at = actor.now
        token.save(update_fields=["revoked_at"])
    return token
