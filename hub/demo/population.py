"""Invented people: names that no register holds, numbers of a commune that does not exist, mail that goes nowhere.

Deterministic: the same number of people, on the same day, is the same population.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

from hub.core.identifiers import nir_key
from hub.core.text import fold
from partners.services.territories import CommuneLine, geography_of

SEED = 57
DATA = Path(__file__).parent / "data" / "names.txt"
STREETS = (
    "rue de la Fiction", "rue des Exemples", "avenue du Modèle", "place de l'Invention", "rue du Mirage",
    "impasse des Chimères", "rue de la Fable", "boulevard du Brouillon", "allée des Esquisses",
)  # fmt: skip
PROFESSIONAL, SOCIO_PROFESSIONAL, SOCIAL = "professional", "socio_professional", "social"
TRACKS = (PROFESSIONAL, SOCIO_PROFESSIONAL, SOCIAL, "")
SHARES = (40, 30, 20, 10)  # in hundredths; about a tenth waits for a decision
AGES = (24, 29, 34, 39, 44, 49, 54, 59, 63)
AGE_SHARES = (8, 16, 17, 16, 14, 11, 9, 7, 2)
OLDEST_DECISION, LATEST_DECISION = 1_100, 10  # days ago


@dataclass(frozen=True, slots=True)
class Invented:
    """One person as files of the Département and of Pôle emploi would know her."""

    number: int
    last_name: str
    birth_name: str
    first_name: str
    female: bool
    birth_date: date
    nir13: str  # "" for the few whose number is not known
    caf_number: str
    pes_id: str  # "" for people never seen at Pôle emploi
    phone: str
    email: str
    address: str
    postcode: str
    city: str
    insee: str
    territory: str
    rights: str
    rights_opened_on: date
    obliged: bool
    track: str
    decided_on: date | None
    chance: float  # the person's own luck in [0, 1[: what lists will say of her

    @property
    def nir(self) -> str:
        """Fifteen characters, key included."""
        return f"{self.nir13}{nir_key(self.nir13)}" if self.nir13 else ""

    @property
    def must_register(self) -> bool:
        """Would the Département expect this person on Pôle emploi's list?"""
        return self.track in (PROFESSIONAL, SOCIO_PROFESSIONAL) and self.obliged and self.rights in ("2", "3", "4")


def population(count: int, *, today: date, first: int = 1, territory: str = "") -> Iterator[Invented]:
    """`count` invented people of Moselle (of one territory), numbered from `first`; at most a million in all."""
    dice = random.Random(SEED * 1_000_003 + first)  # noqa: S311  (invented data, not a secret)
    words = _words()
    places, weights, area = _places(territory)
    orders: dict[str, int] = {}
    for number in range(first, first + count):
        female = dice.random() < 0.53
        birth = _birth(dice, today)
        last = f"{dice.choice(words['invented'])}-{dice.choice(words['echoes'])}"
        place = places[bisect(weights, dice.random() * weights[-1])]
        track = dice.choices(TRACKS, SHARES)[0]
        rights = dice.choices(("2", "4", "3", "5"), (90, 5, 2, 3))[0]
        decided = today - timedelta(days=dice.randint(LATEST_DECISION, OLDEST_DECISION)) if track else None
        begun = (decided or today) - timedelta(days=dice.randint(15, 60))
        first_name = dice.choice(words["women" if female else "men"])
        yield Invented(
            number=number,
            last_name=last,
            birth_name=f"{dice.choice(words['invented'])}-{dice.choice(words['echoes'])}"
            if female and dice.random() < 0.3
            else "",
            first_name=first_name,
            female=female,
            birth_date=birth,
            nir13=_nir13(female, birth, orders, first) if dice.random() < 0.97 else "",
            caf_number=f"{7_000_000 + number}",
            pes_id=f"{9_000_000 + number}{'ABCDEFGHJKLMNPRSTVWXYZ'[number % 22]}" if track and track != SOCIAL else "",
            phone=f"06 99 00 {number // 100 % 100:02d} {number % 100:02d}" if dice.random() < 0.8 else "",
            email=f"{_mailbox(first_name)}.{number}@exemple.invalid" if dice.random() < 0.55 else "",
            address=f"{dice.randint(1, 120)} {dice.choice(STREETS)}",
            postcode=place.postcodes.split("|")[0],
            city=place.name,
            insee=place.insee,
            territory=area[place.area],
            rights=rights,
            rights_opened_on=begun,
            obliged=dice.random() < 0.95,
            track=track,
            decided_on=decided,
            chance=dice.random(),
        )


@cache
def _words() -> dict[str, list[str]]:
    """Words of names by the section of the data file they stand in."""
    found: dict[str, list[str]] = {}
    section: list[str] = []
    for line in DATA.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            section.extend(line.split())
    return found


def _places(territory: str) -> tuple[list[CommuneLine], list[int], dict[str, str]]:
    """Communes, their cumulated populations, and the territory of each area."""
    geography = geography_of("57")
    assert geography is not None, "the communes of Moselle are part of the product"
    area = {line.area: line.code for line in geography.territories}
    places = [
        place
        for place in geography.communes
        if place.population and place.postcodes and (not territory or area.get(place.area) == territory)
    ]
    return places, list(accumulate(place.population or 0 for place in places)), area


def _birth(dice: random.Random, today: date) -> date:
    age = dice.choices(AGES, AGE_SHARES)[0]
    return today - timedelta(days=int(age * 365.25) + dice.randint(0, 1_800))


def _nir13(female: bool, birth: date, orders: dict[str, int], first: int) -> str:
    """A number of commune 990 of Moselle, which no register holds; the order within a month starts with the series."""
    series = f"{2 if female else 1}{birth.year % 100:02d}{birth.month:02d}57990"
    orders[series] = orders.get(series, 0 if first == 1 else 900) + 1
    return f"{series}{orders[series] % 1000:03d}" if orders[series] < 1000 else ""


def _mailbox(first_name: str) -> str:
    return fold(first_name).replace(" ", "-")
