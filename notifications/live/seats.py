"""Who sits behind a socket: read when it opens, read again every minute for all sockets together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from hub.core.actor import Actor
from hub.core.gate import tenant
from notifications.models import NotificationCursor
from notifications.selectors import REPLAY_LIMIT, Changes, changes_after
from notifications.services import use_ticket
from partners.actors import actor_from, actor_of
from partners.models import ApiToken, Membership, User


@dataclass(frozen=True, slots=True)
class Seat:
    """An actor, and what must stay true for the socket to stay open."""

    actor: Actor
    session_key: str | None
    password: str  # digest of the stored hash: a changed password ends every other session
    key_id: UUID | None = None  # the API key the ticket was asked with

    @property
    def user_id(self) -> UUID:
        assert self.actor.user_id is not None
        return self.actor.user_id


def seat_of_session(session_key: str | None) -> Seat | None:
    """The seat of a signed-in browser acting for an organisation."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    request.user = user = get_user(request)
    actor = actor_of(request)
    if actor is None or not isinstance(user, User):
        return None
    return Seat(actor, session_key, _digest(user.password))


def seat_of_ticket(ticket: str) -> Seat | None:
    """The seat a ticket opens, once."""
    opens = use_ticket(ticket)
    found = _members().filter(pk=opens.membership_id).first() if opens else None
    if opens is None or found is None or (opens.key_id and opens.key_id not in _keys({opens.key_id})):
        return None
    return Seat(actor_from(found, datetime.now(UTC)), None, _digest(found.user.password), opens.key_id)


def lost_seats(seats: Iterable[Seat]) -> set[Seat]:
    """The seats whose session, API key, account or membership is over: three queries for all."""
    seats = set(seats)
    members = {seat.actor.membership_id for seat in seats}
    keys = {seat.session_key for seat in seats if seat.session_key}
    passwords = dict(_members().filter(pk__in=members).values_list("pk", "user__password"))
    sessions = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=datetime.now(UTC)).values_list("pk", flat=True)
    )
    in_service = _keys({seat.key_id for seat in seats if seat.key_id})
    return {
        seat
        for seat in seats
        if not _holds(seat, passwords, sessions) or (seat.key_id and seat.key_id not in in_service)
    }


def replay(seat: Seat, cursor: int, epoch: str, limit: int = REPLAY_LIMIT) -> Changes:
    """What changed for this actor after a cursor, read in the gate."""
    actor = replace(seat.actor, now=datetime.now(UTC))
    with tenant(actor):
        return changes_after(actor, cursor, limit, epoch)


def heads(users: list[UUID]) -> dict[UUID, int]:
    """The last number of each of these users, in one query."""
    return dict(NotificationCursor.objects.filter(user_id__in=users).values_list("user_id", "last_seq"))


def _holds(seat: Seat, passwords: Mapping[Any, str], sessions: set[str]) -> bool:
    password = passwords.get(seat.actor.membership_id)
    same = password is not None and _digest(password) == seat.password
    return same and (seat.session_key is None or seat.session_key in sessions)


def _keys(ids: set[UUID]) -> set[UUID]:
    """Those of these API keys that are in service."""
    if not ids:
        return set()
    living = ApiToken.objects.filter(pk__in=ids, revoked_at=None, expires_at__gt=datetime.now(UTC))
    return set(living.values_list("pk", flat=True))


def _members() -> Any:
    return Membership.objects.filter(active=True, user__is_active=True, organization__active=True).select_related(
        "user", "organization", "team"
    )


def _digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()
