"""How a person may be reached without putting her in danger: read before anything is sent (domain §2)."""

from __future__ import annotations

from django.db.models import Q

from hub.core.pdf import unprintable
from referrals.models import Beneficiary


def may_be_written_to(person: Beneficiary) -> bool:
    """Is there an address a letter may go to? Never to a confidential one, nor against the person's own wish."""
    return not why_not_written(person)


def why_not_written(person: Beneficiary) -> str:
    """Why no letter goes to her, in a few words for a professional; '' when one may."""
    if person.died_on:
        return "dossier clos"
    if person.confidential_address:
        return "adresse confidentielle"
    if person.do_not_write:
        return "ne pas écrire"
    if person.contact_through:
        return "passer par la personne indiquée"
    if unprintable(f"{person.address} {person.city}"):
        return "adresse qui ne s'imprime pas"
    return "" if person.address and person.city else "pas d'adresse connue"


def not_written(prefix: str) -> Q:
    """SQL: the same of the person behind `prefix`, but for an address that does not print."""
    facts: list[dict[str, object]] = [
        {"died_on__isnull": False}, {"confidential_address": True}, {"do_not_write": True},
        {"contact_through__gt": ""}, {"address": ""}, {"city": ""},
    ]  # fmt: skip
    found = Q()
    for fact in facts:
        found |= Q(**{f"{prefix}{name}": value for name, value in fact.items()})
    return found
