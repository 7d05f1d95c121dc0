"""The one-page slip of an appointment: who, where, when, why, what to bring, whom to call."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from hub.core.actor import PARIS, Actor
from hub.core.identifiers import spoken_phone
from hub.core.pdf import render_pdf
from referrals.documents.texts import COMPANION
from referrals.models import Appointment, AppointmentMode, Beneficiary

SOURCE = Path(__file__).parent / "slip.typ"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def slip(actor: Actor, appointment: Appointment, person: Beneficiary) -> bytes:
    """The PDF handed to the person. Nothing on it says RSA, and it holds no number of hers."""
    return render_pdf(SOURCE, _data(appointment, person), at=actor.now)


def long_day(instant: datetime) -> str:
    """lundi 1er décembre 2026."""
    local = instant.astimezone(PARIS)
    figure = "1er" if local.day == 1 else str(local.day)
    return f"{DAYS[local.weekday()]} {figure} {MONTHS[local.month - 1]} {local.year}"


def long_hour(instant: datetime) -> str:
    """9 h 30."""
    local = instant.astimezone(PARIS)
    return f"{local.hour} h {local.minute:02d}" if local.minute else f"{local.hour} h"


def _data(one: Appointment, person: Beneficiary) -> dict[str, Any]:
    where = {
        AppointmentMode.PHONE: ["Par téléphone : nous vous appelons."],
        AppointmentMode.VIDEO: ["En visioconférence : vous recevrez le lien."],
    }.get(AppointmentMode(one.mode), [one.place or str(one.team or one.organization), one.address])
    whom = " · ".join(str(part) for part in (one.member, one.team, one.organization, one.co_host) if part)
    call = one.contact or " ".join(filter(None, (str(one.organization), spoken_phone(one.organization.phone))))
    sections = [
        ("Quand", [f"Le {long_day(one.starts_at)} à {long_hour(one.starts_at)}.", f"Durée : {one.duration} minutes."]),
        ("Où", where),
        ("Avec qui", [whom]),
        ("Pourquoi", [one.motive or "Faire le point avec vous."]),
        ("À apporter", [one.bring or "Une pièce d'identité."]),
        ("Vous pouvez être accompagné(e)", [COMPANION]),
        ("Vous ne pouvez pas venir ?", [f"Appelez pour choisir une autre date : {call}."]),
    ]
    return {
        "title": "Votre rendez-vous",
        "lead": [str(person)],
        "sections": [{"title": title, "lines": [line for line in said if line]} for title, said in sections],
    }
