"""The invented directory: a national file, a table made by hand, what the network's organisations say of themselves."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hub.core.gate import tenant
from hub.demo.imports import bring
from hub.demo.offers import TOWNS
from hub.demo.opening import Network
from partners.models import Service
from partners.models.services import ServiceState
from partners.services.directory.searches import save_search
from partners.services.directory.suggestions import suggest
from referrals.models import Beneficiary
from referrals.services.barriers import note_barriers

DATA = Path(__file__).parent / "data" / "services.txt"
OLD, RECENT = timedelta(days=260), timedelta(days=40)
BY_HAND = (
    ("Thématique", "Nom de l'action", "Structure", "Commune", "Public", "Gratuit", "Téléphone", "Mail", "Quand"),
    ("Lien social", "Café des habitants", "Centre social Les Mirabelles", "Metz", "tous", "oui", "03 99 00 57 71", "",
     "mardi 14 h"),
    ("Loisirs", "Chorale de quartier", "Chœur Fictif", "Woippy", "tous", "oui", "", "chorale@pacte.invalid", ""),
    ("Sport", "Marche du dimanche", "Les Pas Perdus", "Forbach", "seniors", "2 €", "03 99 00 57 72", "", "dimanche"),
)  # fmt: skip
EVERY = 9  # one person in nine has barriers noted
BARRIERS = (["mobility"], ["childcare", "employment"], ["housing", "social"], ["schooling", "mobility"])


def fill_directory(network: Network, folder: Path) -> int:
    """Everything of the directory; how many services are published."""
    now = datetime.now(UTC)
    bring(network, "officer_metz", "directory", _national(folder, now), now=now - timedelta(days=20))
    bring(network, "officer_metz", "directory", _by_hand(folder))
    _live(network)
    return Service.objects.filter(department=network.moselle, state=ServiceState.PUBLISHED).count()


def _national(folder: Path, now: datetime) -> Path:
    """A file as a national directory gives it: structures in each town, and what they offer there."""
    structures: dict[str, dict[str, Any]] = {}
    services = []
    for number, (structure, service) in enumerate(_pairs(now)):
        structures.setdefault(structure["id"], structure)
        services.append({**service, "id": f"annuaire-fictif--{number + 1}", "structure_id": structure["id"]})
    path = folder / "annuaire_data_inclusion.json"
    path.write_text(json.dumps({"structures": list(structures.values()), "services": services}, ensure_ascii=False))
    return path


def _pairs(now: datetime) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    lines = [line for line in DATA.read_text().splitlines() if line and not line.startswith("#")]
    for town_number, town in enumerate(TOWNS):
        for number, line in enumerate(lines):
            old = (number + town_number) % 7 == 0
            day = (now - (OLD if old else RECENT)).date().isoformat()
            yield _described(line.split("|"), town, town_number, number, day)


def _described(
    cells: list[str], town: tuple[str, str, str, str], town_number: int, number: int, day: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    name, service, kind, themes, fee, audiences, hours, weeks, text = cells
    city, insee, postcode, street = town
    place = {"commune": city, "code_insee": insee, "code_postal": postcode, "adresse": f"{number + 1} {street}"}
    key = f"annuaire-fictif--{town_number}-{name}"
    said = {"source": "annuaire-fictif", "date_maj": day, **place}
    phone = f"03990057{(town_number * 7 + number) % 100:02d}"
    structure = {**said, "id": key, "nom": f"{name}, {city}", "telephone": phone, "reseaux_porteurs": ["communes"]}
    offered = {
        **said, "nom": service, "description": text, "type": kind, "thematiques": themes.split(","), "frais": fee,
        "publics": audiences.split(","), "modes_accueil": ["en-presentiel"], "zone_eligibilite": ["57"],
        "modes_mobilisation": ["telephoner"], "mobilisable_par": ["professionnels", "usagers"], "telephone": phone,
    }  # fmt: skip
    numbers = {"volume_horaire_hebdomadaire": hours, "nombre_semaines": weeks}
    return structure, offered | {title: int(value) for title, value in numbers.items() if value}


def _by_hand(folder: Path) -> Path:
    path = folder / "repertoire_fait_a_la_main.csv"
    with path.open("w", encoding="cp1252", newline="") as target:
        csv.writer(target, delimiter=";").writerows(BY_HAND)
    return path


def _live(network: Network) -> None:
    """A suggestion, a kept search, barriers noted in some files."""
    with tenant(network.actor("udaf_worker")) as actor:
        service = network.services["association", "Aide alimentaire"]
        suggest(actor, service=service, text="La distribution du vendredi a changé d'heure : 14 h au lieu de 10 h.")
        suggest(actor, service=None, text="Il manque la ressourcerie de Woippy, qui reprend aussi des meubles.")
        save_search(actor, name="Permis autour de Metz", query="q=permis&commune=Metz&distance=20")
    with tenant(network.actor("officer_metz")) as actor:
        people = Beneficiary.objects.filter(died_on=None).order_by("sort_key", "id")
        for number, person in enumerate(people[: EVERY * 40 : EVERY]):
            note_barriers(actor, person=person, barriers=BARRIERS[number % len(BARRIERS)])
