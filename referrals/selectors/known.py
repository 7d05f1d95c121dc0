"""Names of the people on a page, each at the level the actor has, in two queries at most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from hub.core.access import visible
from hub.core.actor import Actor
from referrals.disclosure import levels_of, short_name
from referrals.models import Beneficiary, Level

CLOSED = "Dossier fermé"  # access has ended, or the file is outside one's team


@dataclass(frozen=True, slots=True)
class Known:
    """A person as this actor may name her."""

    person: Beneficiary
    level: str
    name: str


def known_people(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Known]:
    """The people of a page whose file is open to the actor; the others are absent."""
    wanted = set(ids)
    if not wanted:
        return {}
    levels = levels_of(actor, wanted)
    found = visible(actor, Beneficiary).filter(pk__in=wanted).select_related("territory", "commune")
    return {one.pk: _known(one, levels.get(one.pk, Level.MINIMAL)) for one in found}


def name_in(known: dict[UUID, Known], person_id: UUID) -> str:
    """How a list calls a person, or that her file is closed."""
    return known[person_id].name if person_id in known else CLOSED


def _known(person: Beneficiary, level: str) -> Known:
    return Known(person, level, short_name(person, level))
