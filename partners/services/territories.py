"""Territories and the communes attached to them, by INSEE code."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.text import fold
from partners.models import Commune, Department, Territory
from partners.services.directory.index import reindex_communes

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True)
class CommuneLine:
    """One commune of the reference table; `area` is the arrondissement, the default territory.

    Positions are those of GeoNames (CC BY 4.0); a village it does not know stands amid the others of its postal code.
    """

    insee: str
    name: str
    postcodes: str
    population: int | None
    area: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class TerritoryLine:
    """One territory of the model: its limits are an arrondissement until the Département says otherwise."""

    code: str
    name: str
    area: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Geography:
    """The communes of a Département and its territories by default."""

    territories: tuple[TerritoryLine, ...]
    communes: tuple[CommuneLine, ...]


@cache
def geography_of(code: str) -> Geography | None:
    """The reference tables shipped for a Département (`partners/data`), or None when there are none."""
    communes, territories = DATA / f"communes_{code}.csv", DATA / f"territoires_{code}.csv"
    if not communes.exists():
        return None
    return Geography(
        territories=tuple(
            TerritoryLine(row["code"], row["nom"], row["code_arrondissement"], row["verifie"] == "oui")
            for row in _rows(territories)
        ),
        communes=_communes(_rows(communes)),
    )


def _communes(rows: Iterable[dict[str, str]]) -> tuple[CommuneLine, ...]:
    """One line per INSEE code: a delegated commune may share the code of the present one, which then wins."""
    found: dict[str, CommuneLine] = {}
    for row in sorted(rows, key=lambda row: row["type"] != "commune-actuelle"):
        line = CommuneLine(
            insee=row["code_insee"],
            name=row["nom"],
            postcodes=row["codes_postaux"],
            population=int(row["population"]) if row["population"] else None,
            area=row["code_arrondissement"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
        )
        found.setdefault(line.insee, line)
    return tuple(found.values())


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines, delimiter=";")


@transaction.atomic
def load_communes(actor: Actor, *, department: Department, geography: Geography) -> int:
    """Create the missing territories and communes, refresh names; an attachment already made is kept.

    Returns the number of communes read. Safe to run again after each yearly update of the INSEE codes.
    """
    require(actor, "territory.edit", Territory(department=department))
    known = {territory.code: territory for territory in department.territories.all()}
    for line in geography.territories:
        if line.code not in known:
            known[line.code] = Territory.objects.create(
                department=department, code=line.code, name=line.name, verified=line.verified
            )
    by_area = {line.area: known[line.code] for line in geography.territories}
    present = set(department.communes.values_list("insee", flat=True))
    rows = [
        Commune(
            insee=line.insee,
            name=line.name,
            search_name=fold(line.name),
            postcodes=line.postcodes,
            population=line.population,
            latitude=line.latitude,
            longitude=line.longitude,
            department=department,
            territory=by_area.get(line.area),
        )
        for line in geography.communes
    ]
    Commune.objects.bulk_create([row for row in rows if row.insee not in present])
    kept = [row for row in rows if row.insee in present]
    Commune.objects.bulk_update(
        kept, ["name", "search_name", "postcodes", "population", "latitude", "longitude"], batch_size=500
    )
    return len(rows)


@transaction.atomic
def create_territory(actor: Actor, *, department: Department, code: str, name: str) -> Territory:
    """A territory without commune yet. Raises `Invalid` when the code is taken."""
    require(actor, "territory.edit", Territory(department=department))
    if department.territories.filter(code=code).exists():
        raise Invalid(fields={"code": "Ce code est déjà celui d'un autre territoire."})
    return Territory.objects.create(department=department, code=code, name=name)


@transaction.atomic
def edit_territory(actor: Actor, *, territory: Territory, name: str, verified: bool) -> Territory:
    """Rename a territory, say whether its limits are confirmed."""
    require(actor, "territory.edit", territory)
    territory.name, territory.verified = name, verified
    territory.save(update_fields=["name", "verified"])
    return territory


@transaction.atomic
def move_communes(actor: Actor, *, territory: Territory, communes: Iterable[str]) -> int:
    """Attach communes (INSEE codes of the same Département) to a territory; returns how many moved."""
    require(actor, "territory.edit", territory)
    mine = Commune.objects.filter(department_id=territory.department_id, insee__in=list(communes))
    moved = list(mine.exclude(territory=territory).values_list("insee", flat=True))
    mine.update(territory=territory)
    reindex_communes(moved)
    return len(moved)
