"""A person's registration month by month: twelve squares, each what the lists of that month said of her."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hub.core.access import can, visible
from hub.core.actor import Actor
from hub.core.dates import add_months
from partners.models import Team
from referrals.models import Beneficiary, MonthState, RegistrationMonth

SHOWN = 12
STRONGEST = {state: rank for rank, state in enumerate(MonthState.values)}
TO_CHECK = (MonthState.LEFT, MonthState.ABSENT)  # which of the two is the motive, for whoever may know it
WITH_THE_PERSON = "À vérifier avec la personne"
NOTHING = "Aucune liste n'en parle"


@dataclass(frozen=True, slots=True)
class Square:
    """One month: what was said (a `MonthState`, or "" when no list spoke of the person), where."""

    month: date
    state: str
    label: str
    agency: str


def months_of(actor: Actor, person: Beneficiary) -> list[Square]:
    """The last twelve months, oldest first; none when no list ever spoke of the person. Two queries."""
    first = add_months(actor.today.replace(day=1), 1 - SHOWN)
    said: dict[date, RegistrationMonth] = {}
    for one in visible(actor, RegistrationMonth).filter(beneficiary=person, month__gte=first):
        known = said.setdefault(one.month, one)
        if STRONGEST[one.state] < STRONGEST[known.state]:
            said[one.month] = one
    if not said:
        return []
    agencies = _agencies(actor, {one.agency for one in said.values()} - {""})
    sees = can(actor, "gap.motive")
    return [_square(month, said.get(month), agencies, sees=sees) for month in _last_months(first)]


def _last_months(first: date) -> list[date]:
    return [add_months(first, n) for n in range(SHOWN)]


def _square(month: date, said: RegistrationMonth | None, agencies: dict[str, str], *, sees: bool) -> Square:
    if said is None:
        return Square(month, "", NOTHING, "")
    agency = agencies.get(said.agency, "")
    if said.state in TO_CHECK and not sees:
        return Square(month, MonthState.ABSENT, WITH_THE_PERSON, "")
    return Square(month, said.state, MonthState(said.state).label, agency)


def _agencies(actor: Actor, codes: set[str]) -> dict[str, str]:
    teams = visible(actor, Team).filter(agency_code__in=codes) if codes else Team.objects.none()
    return {**{code: f"agence {code}" for code in codes}, **dict(teams.values_list("agency_code", "name"))}
