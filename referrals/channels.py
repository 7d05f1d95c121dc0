"""How a person may be reached without putting her in danger: read before anything is sent (domain §2)."""

from __future__ import annotations

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
