"""What a user does with his notices. Marks are collected and numbered at the end of the transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from redis.exceptions import RedisError

from hub.core.access import get_visible, visible
from hub.core.actor import Actor
from hub.core.crypto import token_hash
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.volatile import prefixed, redis
from notifications.events import READ, UNREAD, VERBS, NoticesMarked
from notifications.models import UNREAD as WAITING
from notifications.models import Notification

TICKET_SECONDS = 60
MOST_AT_ONCE = 100
UNAVAILABLE = "La liaison en direct est indisponible. Réessayez dans un instant."


def mark(actor: Actor, *, verb: str, ids: Iterable[UUID]) -> None:
    """Mark own notices read, unread, done or undone. Raises `NotVisible` for a notice that is not one's own."""
    chosen = tuple(dict.fromkeys(ids))
    if verb not in VERBS:
        raise Invalid("Cette action n'existe pas.", code="unknown_verb")
    if len(chosen) > MOST_AT_ONCE:
        raise Invalid(f"{MOST_AT_ONCE} avis au plus à la fois.", code="too_many_notices")
    if visible(actor, Notification).filter(pk__in=chosen).count() != len(chosen):
        for pk in chosen:
            get_visible(actor, Notification, pk)
    _mark(actor, verb, ids=chosen)


def mark_all_read(actor: Actor) -> int:
    """Mark every waiting notice read; gives how many. `undo` with the same instant brings them back."""
    waiting = visible(actor, Notification).filter(WAITING).count()
    if waiting:
        _mark(actor, READ)
    return waiting


def undo(actor: Actor, *, at: datetime) -> None:
    """Take back what was marked, read or done, at this very instant."""
    _mark(actor, UNREAD, at_instant=at)


def _mark(actor: Actor, verb: str, *, ids: tuple[UUID, ...] | None = None, at_instant: datetime | None = None) -> None:
    if actor.user_id is None or actor.organization_id is None:
        raise Invalid("Personne n'agit.", code="nobody")
    emit(
        NoticesMarked(
            department_id=actor.department_id,
            by_id=actor.user_id,
            user_id=actor.user_id,
            organization_id=actor.organization_id,
            verb=verb,
            at=actor.now,
            ids=ids,
            at_instant=at_instant,
        )
    )


class Ticket(NamedTuple):
    """What a ticket opens: a membership, for as long as the key it was asked with (if any) is in service."""

    membership_id: UUID
    key_id: UUID | None = None


def issue_ticket(actor: Actor, *, key_id: UUID | None = None) -> str:
    """A single-use ticket to open one socket within a minute, for clients that hold no session cookie.

    `key_id`: the API key it is asked with; the socket ends with the key.
    Raises `Conflict` when Redis does not answer: the caller tries again.
    """
    ticket = secrets.token_urlsafe(32)
    try:
        redis().set(_ticket_key(ticket), f"{actor.membership_id} {key_id or ''}", nx=True, ex=TICKET_SECONDS)
    except RedisError as error:
        raise Conflict(UNAVAILABLE, code="live_unavailable") from error
    return ticket


def use_ticket(ticket: str) -> Ticket | None:
    """What a ticket opens, once; None when it is unknown, used or too old."""
    try:
        found = redis().getdel(_ticket_key(ticket))
    except RedisError:
        return None
    return Ticket(*(UUID(part) for part in found.decode().split())) if isinstance(found, bytes) else None


def _ticket_key(ticket: str) -> str:
    return prefixed(f"ticket:{token_hash(ticket)}")
