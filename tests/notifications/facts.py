"""Numbered facts for tests: each tells some users of one new subject, through the gate's own flush."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.core.actor import Actor
from hub.core.events import Event, emit
from hub.core.gate import tenant
from notifications.catalogue import Notice, Told, announce
from partners.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered(Event):
    """A fact about `subject` that concerns these (user, organisation) pairs."""

    subject: UUID
    told: tuple[tuple[UUID, UUID], ...]


@announce(Numbered)
def numbered(events: list[Numbered]) -> Iterator[Told]:
    """One line per user and subject."""
    for event in events:
        for user_id, organization_id in event.told:
            yield Notice(
                user_id=user_id,
                organization_id=organization_id,
                kind="gap_opened",
                dedupe_key=f"gap_opened:{event.subject}",
                reason="vous êtes le référent",
                subject_kind="gap",
                subject_id=event.subject,
            )


def fact(members: Iterable[Membership], *, subject: UUID | None = None) -> UUID:
    """State one fact inside the present gate."""
    chosen = list(members)
    about = subject or uuid.uuid4()
    told = tuple((member.user_id, member.organization_id) for member in chosen)
    emit(Numbered(department_id=chosen[0].department_id, subject=about, told=told))
    return about


def tell(*members: Membership, times: int = 1, subject: UUID | None = None, now: datetime | None = None) -> None:
    """`times` facts, a transaction each, by the product itself."""
    for _ in range(times):
        with tenant(Actor.system(members[0].department_id, now)):
            fact(members, subject=subject)
