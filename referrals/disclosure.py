"""What each level of access shows of a person: one table, obeyed by screens, API, exports, mails and PDF.

NIR is in no level: it is shown on demand, one by one (`show_nir`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Case, IntegerField, Max, QuerySet, Value, When

from hub.core.access import among
from hub.core.actor import Actor
from hub.core.compiled import Several, compiled
from referrals.models import AccessGrant, Beneficiary, Level
from referrals.policies.people import active_grants

ORDER = (Level.MINIMAL, Level.PLACEMENT, Level.REFERRAL, Level.SUPPORT, Level.FULL)

_MINIMAL = ("id", "first_name", "initial")
_IDENTITY = ("last_name", "first_names", "birth_date", "sex", "died")
_CONTACT = (
    "phone",
    "email",
    "postcode",
    "city",
    "territory",
    "do_not_call",
    "do_not_write",
    "confidential_address",
    "contact_through",
)
_SUPPORT = (
    "birth_name",
    "birth_date_partial",
    "address",
    "commune",
    "caf_fund",
    "caf_organization",
    "caf_number",
    "caf_role",
    "pes_id",
    "internal_id",
    "rights_state",
    "rights_opened_on",
    "subject_to_obligations",
    "restricted",
    "created_at",
    "updated_at",
)
FIELDS: dict[str, tuple[str, ...]] = {
    Level.MINIMAL: _MINIMAL,
    Level.PLACEMENT: _MINIMAL + _IDENTITY + _CONTACT,
    Level.REFERRAL: _MINIMAL + _IDENTITY + _CONTACT,
    Level.SUPPORT: _MINIMAL + _IDENTITY + _CONTACT + _SUPPORT,
    Level.FULL: _MINIMAL + _IDENTITY + _CONTACT + _SUPPORT,
}
# Screens show the address only if it is not confidential, whatever the level.
_SPECIAL = {
    "id": lambda person: person.pk,
    "first_name": lambda person: person.first_names.split(" ")[0] if person.first_names else "",
    "initial": lambda person: person.last_name[:1].upper(),
    "died": lambda person: person.died_on is not None,
    "address": lambda person: "" if person.confidential_address else person.address,
    "sex": lambda person: person.get_sex_display(),
    "rights_state": lambda person: person.rights_state,
    "territory": lambda person: str(person.territory) if person.territory else "",
    "commune": lambda person: str(person.commune) if person.commune else "",
}


def level_of(actor: Actor, person: Beneficiary) -> str:
    """The level this actor has on this person (one query for a partner, none for the Département)."""
    return levels_of(actor, [person.pk]).get(person.pk, Level.MINIMAL)


def levels_of(actor: Actor, people: Iterable[UUID]) -> dict[UUID, str]:
    """The level on each person of a page, in one query; people without any grant are absent."""
    ids = list(people)
    if actor.is_wide:
        return dict.fromkeys(ids, Level.FULL)
    return {person: ORDER[best] for person, best in _ranks(actor, Several(ids))}


@compiled
def _ranks(actor: Actor, ids: Several) -> QuerySet[Any, tuple[UUID, int]]:
    rank = Case(*(When(level=level, then=Value(n)) for n, level in enumerate(ORDER)), output_field=IntegerField())
    grants = active_grants(actor).filter(among("beneficiary", ids))
    return grants.values_list("beneficiary").annotate(rank=Max(rank))


def reaches(level: str, wanted: str) -> bool:
    """Is `level` at least `wanted`?"""
    return ORDER.index(Level(level)) >= ORDER.index(Level(wanted))


def disclose(person: Beneficiary, level: str) -> dict[str, Any]:
    """What `level` shows of a person, and nothing else (territory and commune must be joined)."""
    return {name: _SPECIAL[name](person) if name in _SPECIAL else getattr(person, name) for name in FIELDS[level]}


class Named(Protocol):
    """A person, or what a list reads of one."""

    @property
    def last_name(self) -> str: ...

    @property
    def first_names(self) -> str: ...


def short_name(person: Named, level: str) -> str:
    """How a list calls the person at this level."""
    if level == Level.MINIMAL:
        return f"{_SPECIAL['first_name'](person)} {_SPECIAL['initial'](person)}."
    return str(person)


def highest(grants: Iterable[AccessGrant]) -> str:
    """The highest level of some grants."""
    return max((Level(grant.level) for grant in grants), key=ORDER.index, default=Level.MINIMAL)
