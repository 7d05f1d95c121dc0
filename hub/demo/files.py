"""The files partners would bring: the Département's table of people, Pôle emploi's monthly lists."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from hub.core.dates import add_months
from hub.core.tabular.write import write_csv, write_xlsx
from hub.demo.population import PROFESSIONAL, SOCIAL, SOCIO_PROFESSIONAL, Invented

PEOPLE_TITLES = (
    "Identifiant dans le SI", "Civilité", "Nom", "Nom de naissance", "Prénom", "Date de naissance", "NIR",
    "Organisme payeur", "Code organisme", "Numéro allocataire CAF/MSA", "Rôle", "Identifiant Pôle emploi", "Téléphone",
    "Email", "Adresse", "Code postal", "Ville", "Code INSEE", "Droits RSA", "Date d'ouverture des droits",
    "Soumis à droits et devoirs", "Orientation", "Date orientation", "Structure d'orientation",
)  # fmt: skip
LIST_TITLES = (
    "nir", "identifiantpe", "nom", "prenom", "dtnai", "date", "code", "nir2", "codeinsee", "localite", "adresse", "ale",
)  # fmt: skip
EXIT_TITLES = (*LIST_TITLES[:7], "motif", *LIST_TITLES[7:])
TRACK_WORDS = {
    PROFESSIONAL: "Professionnelle",
    SOCIO_PROFESSIONAL: "Sociale à visée professionnelle",
    SOCIAL: "Sociale",
    "": "",
}
AGENCIES = {"T57-1": "57010", "T57-2": "57020", "T57-3": "57030", "T57-4": "57040", "T57-5": "57050"}
CMS = {"T57-1": "Metz", "T57-2": "Thionville", "T57-3": "Forbach", "T57-4": "Sarreguemines", "T57-5": "Sarrebourg"}
# What becomes of people who must register, by their luck: parts of a whole.
NEVER, VANISHING, NOT_UPDATED, STRUCK_OFF = 0.035, 0.055, 0.065, 0.070
NEXT_VANISHING = 0.20  # up to here, the next month's list no longer shows those of one territory
LISTS = 6  # months of lists already imported
AWAY = 2  # months without registration, for those who come back


@dataclass(frozen=True, slots=True)
class Month:
    """A month of lists; `index` counts from the first one the demo imports."""

    first: date
    index: int

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"


def months(today: date) -> tuple[Month, ...]:
    """The months already imported, oldest first, then the present one, whose list is ready."""
    this = today.replace(day=1)
    return tuple(Month(add_months(this, index - LISTS), index) for index in range(LISTS + 1))


def arrived(person: Invented, day: date) -> bool:
    """Does the Département know this person on that day?"""
    return (person.decided_on or person.rights_opened_on) <= day


def write_people(path: Path, people: Iterable[Invented]) -> Path:
    """The Département's table of people, as CSV or as a workbook by the name of the file."""
    write = write_xlsx if path.suffix == ".xlsx" else write_csv
    with path.open("wb") as target:
        write(target, PEOPLE_TITLES, list(people_rows(people)))
    return path


def people_rows(people: Iterable[Invented]) -> Iterator[Sequence[object]]:
    """The lines of the Département's table."""
    return map(_person, people)


def list_rows(people: Iterable[Invented], month: Month, *, territory: str = "") -> Iterator[list[str]]:
    """The lines of a complete list, of one territory or of all."""
    for person in people:
        if listed(person, month) and (not territory or person.territory == territory):
            yield _listed(person, month)


def write_list(path: Path, people: Iterable[Invented], month: Month, *, territory: str = "") -> Path:
    """The complete list of one month, as Pôle emploi's exports are: `;`, cp1252, telling a NIR twice."""
    return _write_1252(path, LIST_TITLES, list_rows(people, month, territory=territory))


def write_exits(path: Path, people: Iterable[Invented], month: Month) -> Path:
    """Who left the list that month, and why."""
    return _write_1252(path, EXIT_TITLES, [row for person in people if (row := _exit(person, month))])


def listed(person: Invented, month: Month) -> bool:
    """Is the person on that month's list? What is not listed, and not explained, becomes a gap."""
    if not person.must_register or person.chance < NEVER or not arrived(person, month.first):
        return False
    if person.chance < STRUCK_OFF:
        return month.index < _leaves(person) or (_comes_back(person) and month.index >= _leaves(person) + AWAY)
    return not (month.index == LISTS and vanishes_next(person))


def _leaves(person: Invented) -> int:
    """The month in which an unlucky person leaves the list: never the first, which is the baseline."""
    return 1 + person.number % (LISTS - 1)


def _comes_back(person: Invented) -> bool:
    return person.number // LISTS % 2 == 0


def vanishes_next(person: Invented) -> bool:
    """Followed by UDAF, registered until now, and missing from the list that is ready to import."""
    return person.must_register and person.track == SOCIO_PROFESSIONAL and STRUCK_OFF <= person.chance < NEXT_VANISHING


def _person(person: Invented) -> Sequence[object]:
    return (
        f"S{person.number:07d}", "Madame" if person.female else "Monsieur", person.last_name, person.birth_name,
        person.first_name, person.birth_date, person.nir, "CAF", "571", person.caf_number, "Demandeur", person.pes_id,
        person.phone, person.email, person.address, person.postcode, person.city, person.insee, person.rights,
        person.rights_opened_on, "Oui" if person.obliged else "Non", TRACK_WORDS[person.track], person.decided_on,
        _organization(person),
    )  # fmt: skip


def _organization(person: Invented) -> str:
    """Who becomes the referent, by the programme: Pôle emploi, UDAF, or the CMS of the commune."""
    return {
        PROFESSIONAL: "Pôle emploi Moselle",
        SOCIO_PROFESSIONAL: "UDAF de la Moselle",
        SOCIAL: f"CMS {CMS[person.territory]}",
    }.get(person.track, "")


def _listed(person: Invented, month: Month) -> list[str]:
    registered = _registered_on(person, month)
    category = "123"[person.number % 3] if person.chance < 0.9 else "45678"[person.number % 5]
    return [*_identity(person), f"{registered:%d/%m/%Y}", category, *_place(person)]


def _registered_on(person: Invented, month: Month) -> date:
    if NEVER <= person.chance < STRUCK_OFF and month.index >= _leaves(person):
        return add_months(month.first, _leaves(person) + AWAY - month.index) + timedelta(days=3)
    began = add_months(month.first, -month.index)
    decided = max(person.decided_on or month.first, began - timedelta(days=400))
    # The same day in every list of the story: before the first one that may name her.
    return min(decided + timedelta(days=20), add_months(decided.replace(day=1), 1))


def _exit(person: Invented, month: Month) -> list[str] | None:
    """Absence at the monthly check, a struck-off sanction, or an ordinary exit (work, training)."""
    if not person.must_register or not arrived(person, month.first) or month.index != _leaves(person):
        return None
    on = month.first + timedelta(days=14)
    if VANISHING <= person.chance < NOT_UPDATED:
        code, motive = "90", "ABSENCE AU CONTROLE"
    elif NOT_UPDATED <= person.chance < STRUCK_OFF:
        code, motive = "R2", "RADIATION NON PRESENTATION A CONVOCATION 1 MOIS"
    elif NEVER <= person.chance < NEVER + 0.006:
        code, motive = "11", "REPRISE D'EMPLOI DECLAREE"
    else:
        return None
    return [*_identity(person), f"{on:%d/%m/%Y}", code, motive, *_place(person)]


def _identity(person: Invented) -> list[str]:
    identifier = f"{person.pes_id}{AGENCIES[person.territory][:3]}"
    return [
        person.nir13, identifier, person.last_name, person.first_name.upper(), f"{person.birth_date:%d/%m/%Y}",
    ]  # fmt: skip


def _place(person: Invented) -> list[str]:
    return [
        person.nir13, person.insee, person.city.upper(), person.address.upper(), AGENCIES[person.territory],
    ]  # fmt: skip


def _write_1252(path: Path, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="cp1252", errors="replace", newline="") as target:
        writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
        writer.writerow(titles)
        writer.writerows(rows)
    return path
