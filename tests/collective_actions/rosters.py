"""Rosters brought by the Région, and the invented people of the samples."""

from __future__ import annotations

import json
from datetime import date, datetime

from collective_actions.models import Trainee
from hub.core.gate import tenant
from partners.models import ImportJob, Membership
from referrals.models import Beneficiary
from tests.cast import Cast, actor
from tests.files import SAMPLES, bring, confirm
from tests.people import person

REGION_01, REGION_02 = "region_01_stagiaires_format_idf.csv", "region_02_stagiaires_modele_hub_cp1252.csv"
HEADER = (
    "N° session;Intitulé;Organisme;Date début session;Date fin session;Nom;Prénom;Date de naissance;"
    "Identifiant France Travail;Courriel;Date entrée;Date fin prévue;Date sortie;Motif de sortie"
)
CAST = json.loads((SAMPLES / "_personnages_fictifs.json").read_text())


def known(cast: Cast, *names: str) -> dict[str, Beneficiary]:
    """These people of the samples, known to the Département."""
    found = {}
    for name in names:
        said = CAST[name]
        found[name] = person(
            cast, by=cast.head, last_name=said["nom"], birth_name=said["nai"], first_names=said["pre"],
            birth_date=date.fromisoformat(said["dn"]), pes_id=said["ft8"], insee=said["insee"], email=said["mail"],
            phone="+33" + said["tel"].replace(" ", "")[1:],
        )  # fmt: skip
    return found


def line(
    who: str, *, number: str = "990100", start: str = "02/11/2026", end: str = "29/01/2027", planned: str = "",
    left: str = "", motive: str = "",
) -> str:  # fmt: skip
    """One line of our template about somebody of the samples, or about an invented stranger `NOM|Prénom|date`."""
    if who in CAST:
        said = CAST[who]
        name, first, born = said["nom"], said["pre"], f"{date.fromisoformat(said['dn']):%d/%m/%Y}"
        pes, mail = said["ft8"], said["mail"]
    else:
        name, first, born = who.split("|")
        pes = mail = ""
    return ";".join((
        number, "Agent de propreté", "Organisme fictif", start, end, name, first, born, pes, mail, start, planned,
        left, motive,
    ))  # fmt: skip


def roster(*lines: str) -> bytes:
    """A file of our template."""
    return "\r\n".join((HEADER, *lines)).encode("utf-8-sig")


def apply_roster(
    member: Membership, content: bytes, *, now: datetime | None = None, name: str = "liste.csv"
) -> ImportJob:
    """Bring a roster and confirm it, as the Région does."""
    return confirm(member, bring(member, "roster", content, name=name, now=now))


def trainees(cast: Cast) -> dict[str, dict]:
    """First names → what is kept of each trainee, as the Département reads it."""
    with tenant(actor(cast.head)):
        rows = Trainee.objects.select_related("beneficiary", "session").order_by("beneficiary__first_names")
        return {
            row.beneficiary.first_names: {
                "starts_on": row.starts_on, "ends_on": row.ends_on, "left_on": row.left_on, "outcome": row.outcome,
                "missing": row.missing, "rule": row.match_rule, "session": row.session.number,
            }
            for row in rows
        }  # fmt: skip
