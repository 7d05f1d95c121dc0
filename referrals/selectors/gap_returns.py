"""The list given back to Pôle emploi, by agency, with its own identifiers: what there is to correct on its side.

Nothing social stands in it: no track, no referent, no territory, no organisation that follows the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.errors import Invalid
from partners.models import Team
from referrals.models import (
    AssignmentKind,
    Beneficiary,
    GapKind,
    RegistrationGap,
    RegistrationStatus,
    SupportAssignment,
)
from referrals.models.registration import OPEN_GAP_STATES
from referrals.selectors.gaps import status_sentence

MOST = 500  # above, a second person would be needed: ask agency by agency instead
OTHER = "Agence non connue"
CSV_HEADER = ("Identifiant", "Nom", "Prénom", "Date de naissance", "Dernier état connu", "Question")
QUESTIONS: dict[str, str] = {
    GapKind.NEVER_REGISTERED: "Attendue et jamais vue sur une liste : est-elle inscrite, sous quel identifiant ?",
    GapKind.NOT_REREGISTERED: "Pas de réinscription vue : est-elle inscrite à nouveau ?",
    GapKind.DISAPPEARED: "Présente le mois précédent, absente sans événement : est-elle toujours inscrite ?",
    GapKind.CEASED: "Cessation à vérifier : est-elle exacte, la personne s'est-elle réinscrite ?",
    GapKind.STRUCK_OFF: "Radiation à vérifier : est-elle exacte et toujours en cours ?",
    GapKind.CATEGORY_GAP: "Catégorie à mettre à jour d'après le parcours décidé ?",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """One person, as Pôle emploi knows her, and the question."""

    pes_id: str
    last_name: str
    first_names: str
    birth_date: object
    known: str
    question: str


def corrections(actor: Actor, agency: str = "") -> dict[str, list[Correction]]:
    """By agency, in alphabetical order: people with an identifier whose gap is open. Three queries."""
    gaps = visible(actor, RegistrationGap).filter(state__in=OPEN_GAP_STATES).exclude(beneficiary__pes_id="")
    rows = list(gaps.select_related("beneficiary__registration").order_by("beneficiary__sort_key", "pk"))
    agencies = _agencies(actor, [gap.beneficiary for gap in rows])
    found: dict[str, list[Correction]] = {}
    for gap in rows:
        found.setdefault(agencies[gap.beneficiary_id], []).append(_correction(gap))
    return {name: found[name] for name in sorted(found) if agency in ("", name)}


def export_rows(found: dict[str, list[Correction]]) -> Iterator[tuple[object, ...]]:
    """Rows of the file. Raises `Invalid` above the cap."""
    lines = [line for lines in found.values() for line in lines]
    if len(lines) > MOST:
        raise Invalid(f"Plus de {MOST} lignes : prenez le fichier agence par agence.", code="too_many_rows")
    for one in lines:
        yield one.pes_id, one.last_name, one.first_names, one.birth_date, one.known, one.question


def _correction(gap: RegistrationGap) -> Correction:
    person = gap.beneficiary
    try:
        status = person.registration
    except RegistrationStatus.DoesNotExist:
        status = None
    known = status_sentence(status, sees=True)
    return Correction(
        person.pes_id, person.last_name, person.first_names, person.birth_date, known, QUESTIONS[gap.kind]
    )


def _agencies(actor: Actor, people: Iterable[Beneficiary]) -> dict[object, str]:
    """The agency that follows the person, else the only one of her territory."""
    rows = list(people)
    teams = list(visible(actor, Team).filter(organization__kind="employment_service").exclude(agency_code=""))
    by_place: dict[object, list[str]] = {}
    for team in teams:
        by_place.setdefault(team.territory_id, []).append(team.name)
    names = {team.pk: team.name for team in teams}
    followed = SupportAssignment.objects.filter(
        beneficiary__in=[person.pk for person in rows], ends_on=None, kind=AssignmentKind.SINGLE_REFERENT
    )
    own = {one: names[team] for one, team in followed.values_list("beneficiary", "team") if team in names}

    def place(person: Beneficiary) -> str:
        near = by_place.get(person.territory_id, [])
        return near[0] if person.territory_id and len(near) == 1 else OTHER

    return {person.pk: own.get(person.pk) or place(person) for person in rows}
