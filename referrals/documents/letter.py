"""A letter: its words from a text and an appointment, and its pages for a window envelope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hub.core.actor import Actor
from hub.core.identifiers import spoken_phone
from hub.core.pdf import forget, render_pdf
from referrals.documents.slip import MONTHS, long_day, long_hour
from referrals.documents.texts import COMPANION, VARIABLES, Text, blocks, fill
from referrals.models import Appointment, AppointmentMode, Beneficiary, LetterChannel, Sex

SOURCE = Path(__file__).parent / "letter.typ"
CIVILITIES = {Sex.FEMALE: "Madame", Sex.MALE: "Monsieur"}
MANY = 20
IN_HAND = "Remis en main propre"
Content = dict[str, Any]


def letter_pdf(contents: Sequence[Content], *, at: datetime) -> bytes:
    """The pages of these letters, one after the other, in one document."""
    title = contents[0]["subject"] if len(contents) == 1 else "Courriers"
    pages = render_pdf(SOURCE, {"title": title, "letters": list(contents)}, at=at)
    if len(contents) > MANY:
        forget()
    return pages


def written(text: Text, one: Appointment, person: Beneficiary, *, channel: str, today: date) -> Content:
    """The words of a letter, as they are kept: nothing of them depends on what changes later."""
    return _content(
        text,
        values_of(one, person),
        sender=[str(part) for part in (one.organization, one.team, one.organization.city) if part]
        + ([f"Tél. {spoken_phone(one.organization.phone)}"] if one.organization.phone else []),
        recipient=_recipient(person, channel),
        dated=dated(one.organization.city, today),
    )


def example(text: Text, actor: Actor) -> Content:
    """The same text written to an invented person."""
    return _content(
        text,
        {name: one.example for name, one in VARIABLES.items()},
        sender=["Département fictif", "CMS de Ville-Fictive", "Tél. 03 00 00 00 00"],
        recipient=["Madame EXEMPLE Camille", "1 rue de l'Essai", "57000 VILLE-FICTIVE"],
        dated=dated("Ville-Fictive", actor.today),
    )


def values_of(one: Appointment, person: Beneficiary) -> dict[str, str]:
    """What each variable becomes for this appointment."""
    where = {
        AppointmentMode.PHONE: "par téléphone, nous vous appelons",
        AppointmentMode.VIDEO: "en visioconférence, vous recevrez le lien",
    }.get(AppointmentMode(one.mode)) or _joined(one.place or one.team or one.organization, one.address)
    return {
        "civilite": CIVILITIES.get(Sex(person.sex), "Madame, Monsieur"),
        "nom": str(person),
        "jour": long_day(one.starts_at),
        "heure": long_hour(one.starts_at),
        "duree": f"{one.duration} minutes",
        "lieu": where,
        "avec": _joined(one.member, one.team, one.organization, one.co_host),
        "motif": one.motive.strip(" .") or "faire le point avec vous",
        "apporter": one.bring.strip(" .") or "une pièce d'identité",
        "accompagnement": COMPANION,
        "contact": one.contact or _joined(one.organization, spoken_phone(one.organization.phone)),
        "organisme": str(one.organization),
        "partenaire": str(one.co_host or ""),
    }


def dated(city: str, day: date) -> str:
    """Metz, le 1er décembre 2026."""
    said = f"le {'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{city}, {said}" if city else said.capitalize()


def _content(text: Text, values: Mapping[str, str], *, sender: list[str], recipient: list[str], dated: str) -> Content:
    said = [
        {name: [fill(line, values) for line in lines] for name, lines in part.items()} for part in blocks(text.body)
    ]
    return {
        "sender": sender,
        "recipient": recipient,
        "dated": dated,
        "subject": fill(text.subject, values),
        "blocks": said,
    }


def _recipient(person: Beneficiary, channel: str) -> list[str]:
    """What the window shows: a name and an address, nothing else. In one's own hands: no address at all."""
    name = " ".join(filter(None, (CIVILITIES.get(Sex(person.sex), ""), str(person))))
    if channel == LetterChannel.HAND:
        return [name, IN_HAND]
    return [name, person.address, f"{person.postcode} {person.city.upper()}".strip()]


def _joined(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)
