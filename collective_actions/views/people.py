"""For whom one looks: a person carried by the address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hub.core.access import find
from hub.core.actor import Actor
from referrals.models import Beneficiary
from referrals.selectors.known import known_people


@dataclass(frozen=True, slots=True)
class Named:
    """A person and how the actor may call her."""

    pk: UUID
    name: str
    person: Beneficiary


def person_named(actor: Actor, key: str) -> Named | None:
    """The person of `?pour=`, when she is visible."""
    person = find(actor, Beneficiary, key) if key else None
    if person is None:
        return None
    return Named(person.pk, known_people(actor, [person.pk])[person.pk].name, person)
