"""People of the sample lists, and lists made for a test."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import ImportJob
from referrals.models import RegistrationGap
from tests.cast import Cast
from tests.files import OCTOBER, bring, confirm, sample

STOCK = "pe_01_stock_2026-10_cp1252.csv"
EXITS = "pe_02_cessations_2026-10_utf8bom.csv"


def sample_people(cast: Cast) -> None:
    """The twelve invented people of the samples, with their tracks."""
    confirm(cast.officer_metz, bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml")))
    confirm(cast.officer_metz, bring(cast.officer_metz, "people", sample("orientation_01_flux_departement.csv")))


def stock(cast: Cast, **values: Any) -> ImportJob:
    """The complete list of October, analysed."""
    given = {"month": OCTOBER, "nature": "complete"} | values
    return bring(cast.adviser, "registration", sample(STOCK), name=STOCK, **given)


def exits(cast: Cast) -> ImportJob:
    """The exits of October, analysed."""
    return bring(cast.adviser, "registration", sample(EXITS), name=EXITS, month=OCTOBER, nature="events")


def crowd(cast: Cast, count: int) -> list[tuple[str, str, str, str, str]]:
    """Invented people of Metz with a socio-professional track since July, as `classic` lists them."""
    people = []
    for n in range(count):
        born = f"{1 + n % 28:02d}/03/{1970 + n % 25}"
        people.append((f"{5700000 + n}A{n % 1000:03d}", f"NOMINVENTE{_letters(n)}", "Alex", born, "57010"))
    header = "ID_CD;NOM;PRENOM;DATE DE NAISSANCE;ID FT;Code INSEE;NATURE_ORIENTATION;DATE_DEBUT_ORIENTATION"
    lines = [
        f"C{n:05d};{last};{first};{birth};{pes};57463;Orientation socio-professionnelle;2026-07-01"
        for n, (pes, last, first, birth, _) in enumerate(people)
    ]
    confirm(cast.officer_metz, bring(cast.officer_metz, "people", "\r\n".join([header, *lines, ""]).encode()))
    return people


def _letters(n: int) -> str:
    return "".join(chr(65 + int(digit)) for digit in str(n))


def classic(*people: tuple[str, str, str, str, str], day: date = date(2026, 3, 2)) -> bytes:
    """A classic list of (identifier, last name, first name, birth date, agency)."""
    header = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2;CODE INSEE;LOCALITE;ADRESSE;N° ALE"
    lines = [
        f";{pes};{last};{first};{birth};{day:%d/%m/%Y};1;;57463;METZ;1 RUE;{agency}"
        for pes, last, first, birth, agency in people
    ]
    return "\r\n".join([header, *lines, ""]).encode("cp1252")


def gap_of(cast: Cast, first_key: str) -> RegistrationGap:
    """The only gap of a person of the samples, by first name."""
    with tenant(Actor.system(cast.department.pk)):
        return RegistrationGap.objects.select_related("beneficiary").get(beneficiary__first_key=first_key)
