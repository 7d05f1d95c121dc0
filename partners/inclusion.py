"""data·inclusion schema v1: its fields and ours, and what each may hold.

One table serves forms, files and the API: `cleaned` gives the values that make sense, and a sentence for the others.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from hub.core import identifiers
from hub.core.dates import parse_date
from hub.core.text import clean
from partners.themes import THEME_LABELS
from partners.vocabulary import ACTION_MODES, AUDIENCES, EVERYBODY, FEES, KINDS, NETWORKS, RECEPTION, REFERRERS

# The schema's name → ours.
COMMON_FIELDS = {
    "nom": "name",
    "description": "description",
    "lien_source": "source_url",
    "date_maj": "updated_on",
    "commune": "city",
    "code_postal": "postcode",
    "code_insee": "insee",
    "adresse": "address",
    "complement_adresse": "address_extra",
    "longitude": "longitude",
    "latitude": "latitude",
    "telephone": "phone",
    "courriel": "email",
    "horaires_accueil": "opening_hours",
}
STRUCTURE_FIELDS = COMMON_FIELDS | {
    "siret": "siret",
    "site_web": "website",
    "accessibilite_lieu": "accessibility_url",
    "reseaux_porteurs": "networks",
}
SERVICE_FIELDS = COMMON_FIELDS | {
    "type": "kind",
    "thematiques": "themes",
    "frais": "fee",
    "frais_precisions": "fee_details",
    "publics": "audiences",
    "publics_precisions": "audience_details",
    "conditions_acces": "conditions",
    "modes_accueil": "reception",
    "zone_eligibilite": "zone",
    "contact_nom_prenom": "contact_name",
    "lien_mobilisation": "action_url",
    "modes_mobilisation": "action_modes",
    "mobilisable_par": "referrers",
    "mobilisation_precisions": "action_details",
    "volume_horaire_hebdomadaire": "weekly_hours",
    "nombre_semaines": "weeks",
}
CODES: dict[str, Mapping[str, str]] = {
    "kind": KINDS,
    "fee": FEES,
    "themes": THEME_LABELS,
    "audiences": AUDIENCES,
    "reception": RECEPTION,
    "action_modes": ACTION_MODES,
    "referrers": REFERRERS,
    "networks": NETWORKS,
}
SHORTEST_NAME, LONGEST_NAME = 3, 150
SHORTEST_TEXT, LONGEST_TEXT = 5, 10_000
LONGEST = {"address": 200, "address_extra": 200, "city": 80, "opening_hours": 300, "contact_name": 120}
OLDEST = dt.date(2000, 1, 1)
# A commune, a country (99xxx), a Département, an EPCI, or the whole country.
ZONE = re.compile(r"\d[\dAB]\d{3}|\d{2,3}|2[AB]|\d{9}|france", re.ASCII)
MOST_WEEKS, MOST_HOURS = 520, 168
_url = URLValidator(schemes=["http", "https"])


class Wrong(ValueError):
    """A value that makes no sense; its text is a French sentence without capital nor full stop."""


def cleaned(values: Mapping[str, Any], *, today: dt.date) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that make sense as we keep them, and for each other field (our names) why it does not."""
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in values.items():
        try:
            kept[name] = _read(name, value, today)
        except Wrong as problem:
            wrong[name] = str(problem)
    return kept, wrong


def _read(name: str, value: Any, today: dt.date) -> Any:
    if name == "updated_on":
        return _date(value, today)
    if name in CODES:
        several = name not in ("kind", "fee")
        return _codes(name, value) if several else _code(name, value)
    if reader := _READERS.get(name):
        return reader(value)
    text = _text(value)
    if len(text) > (longest := LONGEST.get(name, LONGEST_TEXT)):
        raise Wrong(f"ce texte est trop long ({len(text)} caractères, maximum {longest})")
    return text


def _text(value: Any) -> str:
    return (clean(str(value)) if value is not None else None) or ""


def _name(value: Any) -> str:
    text = _text(value)
    if not SHORTEST_NAME <= len(text) <= LONGEST_NAME:
        raise Wrong(f"un nom a de {SHORTEST_NAME} à {LONGEST_NAME} caractères")
    return text


def _description(value: Any) -> str:
    """Paragraphs are kept: the line breaks of a description mean something."""
    text = "\n".join((clean(line) or "") for line in str(value or "").splitlines()).strip()
    if text and not SHORTEST_TEXT <= len(text) <= LONGEST_TEXT:
        raise Wrong(f"une description a de {SHORTEST_TEXT} à {LONGEST_TEXT} caractères")
    return text


def _date(value: Any, today: dt.date) -> dt.date | None:
    if value in (None, ""):
        return None
    day = value if isinstance(value, dt.date) else parse_date(str(value), today=today).value
    if day is None or not OLDEST <= day <= today:
        raise Wrong(f"la date « {value} » n'existe pas ou n'est pas entre 2000 et aujourd'hui")
    return day


def _identifier(reader: Callable[[str | None], str | None], sentence: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        try:
            return reader(_text(value) or None) or ""
        except identifiers.BadIdentifier as error:
            raise Wrong(sentence.format(value=_short(value))) from error

    return read


def _address(check: Callable[[str], None], sentence: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = _text(value)
        try:
            if text:
                check(text)
        except ValidationError as error:
            raise Wrong(sentence.format(value=_short(value))) from error
        return text

    return read


def _number(least: float, most: float, *, whole: bool = False) -> Callable[[Any], float | int | None]:
    def read(value: Any) -> float | int | None:
        if value in (None, ""):
            return None
        try:
            number = float(str(value).replace(",", "."))
        except ValueError as error:
            raise Wrong(f"« {_short(value)} » n'est pas un nombre") from error
        if not least <= number <= most or (whole and number != int(number)):
            raise Wrong(f"« {_short(value)} » n'est pas entre {least:g} et {most:g}")
        return int(number) if whole else number

    return read


def _code(name: str, value: Any) -> str:
    text = _text(value)
    if text and text not in CODES[name]:
        raise Wrong(_unknown(name, [text]))
    return text


def _codes(name: str, value: Any) -> list[str]:
    """A set, kept sorted. What is unknown is named with what comes closest."""
    given = sorted({_text(one) for one in several(value)} - {""})
    if unknown := [one for one in given if one not in CODES[name]]:
        raise Wrong(_unknown(name, unknown))
    if name == "audiences" and EVERYBODY in given and len(given) > 1:
        raise Wrong("« tous publics » ne va pas avec d'autres publics")
    return given


def _zone(value: Any) -> list[str]:
    given = list(dict.fromkeys(_text(one) for one in several(value)))
    if bad := [one for one in given if one and not ZONE.fullmatch(one)]:
        raise Wrong(f"« {_short(bad[0])} » n'est pas un code de commune, d'EPCI ou de département")
    return [one for one in given if one]


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, dt.date) else value


def several(value: Any) -> Iterable[Any]:
    """The values of a list, or of a cell that holds several (`|` or `,`)."""
    if value is None:
        return ()
    return re.split(r"[|,]", value) if isinstance(value, str) else value


def _unknown(name: str, given: list[str]) -> str:
    close = get_close_matches(given[0], CODES[name], n=2, cutoff=0.7)
    hint = f" (peut-être {' ou '.join(f'« {one} »' for one in close)})" if close else ""
    return f"« {_short(given[0])} » n'est pas une valeur connue{hint}"


def _short(value: Any) -> str:
    return str(value)[:60]


_READERS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "description": _description,
    "zone": _zone,
    "phone": _identifier(identifiers.phone, "le numéro de téléphone « {value} » est mal formé"),
    "siret": _identifier(identifiers.siret, "le SIRET « {value} » est faux"),
    "postcode": _identifier(identifiers.postcode, "le code postal « {value} » est mal formé"),
    "insee": _identifier(identifiers.insee_code, "le code de commune « {value} » est mal formé"),
    "email": _address(validate_email, "l'adresse électronique « {value} » est mal formée"),
    **{
        name: _address(_url, "l'adresse « {value} » n'est pas celle d'une page")
        for name in ("source_url", "website", "accessibility_url", "action_url")
    },
    "latitude": _number(-90, 90),
    "longitude": _number(-180, 180),
    "weekly_hours": _number(0, MOST_HOURS),
    "weeks": _number(1, MOST_WEEKS, whole=True),
}
