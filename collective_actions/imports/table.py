"""Sessions in a table, one row each, under titles people really use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from collective_actions.formacode import THEMES, theme_of
from collective_actions.imports.lines import SessionLine
from hub.core.dates import parse_date
from hub.core.tabular import Choice, Table, read_table, remark
from hub.core.tabular.problems import excerpt
from hub.core.tabular.table import Aliases, alias_index
from hub.core.text import clean, fold, header_key
from partners.imports.offers import OfferFile

ALIASES: Aliases = {
    "title": ["intitulé", "intitulé de la formation", "formation", "libellé", "libellé action", "nom de la formation"],
    "number": ["n° session", "numéro de session", "session", "id session", "identifiant session"],
    "action_number": ["n° action", "numéro d'action", "numéro action"],
    "body_name": ["organisme", "organisme de formation", "raison sociale", "centre de formation"],
    "body_siret": ["siret", "siret organisme", "siret de l'organisme"],
    "objective": ["objectif", "objectifs"],
    "content": ["contenu", "programme"],
    "conditions": ["conditions d'accès", "prérequis", "conditions", "public"],
    "theme": ["thème", "domaine", "thématique"],
    "formacodes": ["formacode", "formacodes", "code formacode"],
    "rncp": ["rncp", "code rncp", "n° rncp"],
    "rs": ["rs", "code rs", "répertoire spécifique"],
    "certif_info": ["certif info", "certifinfo", "code certif info", "code certifinfo"],
    "level_in": ["niveau d'entrée", "niveau entrée", "niveau requis"],
    "level_out": ["niveau de sortie", "niveau sortie", "niveau"],
    "hours": ["durée", "durée en heures", "heures", "nombre d'heures"],
    "remuneration": ["rémunération", "rémunérée", "stage rémunéré"],
    "starts_on": ["début", "date début", "date de début", "date début session", "du", "date d'entrée"],
    "ends_on": ["fin", "date fin", "date de fin", "date fin session", "au"],
    "place": ["lieu", "lieu de formation", "site"],
    "address": ["adresse"],
    "postcode": ["code postal", "cp"],
    "city": ["ville", "commune"],
    "insee": ["code insee", "insee", "code commune"],
    "places": ["places", "nombre de places", "capacité", "places financées"],
    "free_places": ["places libres", "places restantes", "places disponibles"],
    "recruitment": ["recrutement", "état du recrutement", "état"],
    "info_dates": ["réunion d'information", "information collective", "dates d'information", "réunions d'information"],
    "registration": ["inscription", "comment s'inscrire", "modalités d'inscription"],
    "contact_name": ["contact", "personne à contacter"],
    "contact_phone": ["téléphone", "tél", "tel"],
    "contact_email": ["courriel", "mail", "e-mail", "email"],
    "url": ["lien", "url", "site web", "page"],
}
LABELS = {name: titles[0].capitalize() for name, titles in ALIASES.items()}
FIELDS = tuple(LABELS.items())
REQUIRED = ("title", "body_name", "starts_on")
INDEX = alias_index(ALIASES)
OF_SESSION = frozenset(
    {
        "number", "starts_on", "ends_on", "place", "address", "postcode", "city", "insee", "places", "free_places",
        "recruitment", "info_dates", "registration",
    }
)  # fmt: skip
_PEOPLE = frozenset({"nom", "prenom", "individu.nom", "date-de-naissance"})
_LIMITS = {"title": 255, "body_name": 150, "place": 150, "address": 200, "city": 80, "objective": 3000, "content": 3000}
_OPEN_DAY = frozenset({"permanent", "permanente", "entrees permanentes", "ouverte", "indetermine", "indeterminee"})
_OPEN_DAY |= {"00000000", "99999999", "a definir", "a preciser", "non connue"}
_DAY = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}")
_THEMES = {fold(label): code for code, label in THEMES.items()} | {code: code for code in THEMES}
_RECRUITMENT = {
    "ouvert": "open", "recrutement ouvert": "open", "ouverte": "open", "1": "open", "oui": "open",
    "ferme": "closed", "fermee": "closed", "clos": "closed", "complet": "closed", "2": "closed", "non": "closed",
    "suspendu": "suspended", "suspendue": "suspended", "3": "suspended",
}  # fmt: skip
_PAID = {"oui": "paid", "o": "paid", "remuneree": "paid", "1": "paid", "x": "paid", "non": "unpaid", "n": "unpaid"}
_PAID |= {"non remuneree": "unpaid", "0": "unpaid"}
_LEVEL_WORDS = {"cap": 3, "bep": 3, "bac": 4, "bts": 5, "licence": 6, "master": 7, "sans": 0, "aucun": 0}
_ROMAN = {"vi": 1, "v bis": 2, "v": 3, "iv": 4, "iii": 5, "ii": 6, "i": 7}


def is_trainings_table(titles: list[str]) -> bool:
    """Do these titles announce sessions, and nobody's name?"""
    keys = {header_key(title) for title in titles}
    known = {INDEX[key] for key in keys if key in INDEX}
    return {"title", "starts_on"} <= known and bool({"body_name", "body_siret"} & known) and keys.isdisjoint(_PEOPLE)


def parse_table(path: Path, *, today: date, chosen: Choice | None, repair: bool) -> OfferFile[SessionLine]:
    """Open a table of sessions. Raises FileProblem, ColumnsProblem."""
    table = read_table(path, aliases=ALIASES, required=REQUIRED, chosen=chosen, repair=repair)
    return OfferFile(
        columns=list(table.headers),
        rows=_lines(table, today),
        warnings=[said.message for said in table.warnings],
        encoding=table.encoding or "",
        separator=table.separator or "",
        lines=table.survey.lines,
        survey=table.survey,
    )


def _lines(table: Table, today: date) -> Iterator[SessionLine]:
    for number, cells in table.rows():
        line = SessionLine(number, cells, remarks=table.problems.pop(number, []))
        if not line.is_wrong:
            _read(line, dict(zip(table.columns, cells, strict=True)), today)
        yield line


def _read(line: SessionLine, cells: dict[str, str], today: date) -> None:
    for name, cell in cells.items():
        if not (text := clean(cell)):
            continue
        target = line.session if name in OF_SESSION else line.training
        reader = READERS.get(name)
        value = reader(text, LABELS[name], line, today) if reader else text[: _LIMITS.get(name, 1000)]
        if value is not None or name in ("starts_on", "ends_on"):
            target[name] = value
    said = line.training
    if codes := said.get("formacodes"):
        said.setdefault("theme", theme_of(codes))
    for name in ("title", "body_name"):
        if not said.get(name):
            line.remarks.append(remark("NOM_VIDE", what=f"champ « {LABELS[name]} »"))
    line.check()


def _day(text: str, column: str, line: SessionLine, today: date) -> Any:
    if fold(text) in _OPEN_DAY:
        return None
    read = parse_date(text, today=today)
    if read.value is None:
        line.remarks.append(remark("DATE_INVALIDE", column=column, value=excerpt(text)))
        return None
    if read.warning:
        shown = f"{read.value:%d/%m/%Y}"
        line.remarks.append(remark(read.warning, column=column, value=excerpt(text), read=shown))
    return read.value.isoformat()


def _days(text: str, column: str, line: SessionLine, today: date) -> Any:
    found = [parse_date(one, today=today).value for one in _DAY.findall(text)]
    if not (days := sorted({one.isoformat() for one in found if one})):
        return _unknown(text, column, line)
    return days


def _count(text: str, column: str, line: SessionLine, today: date) -> Any:
    number = text.removesuffix(",0").removesuffix(".0").removesuffix(" h").replace(" ", "")
    if fold(text) == "complet":
        return 0
    return int(number) if number.isdecimal() and len(number) < 5 else _unknown(text, column, line)


def _codes(text: str, column: str, line: SessionLine, today: date) -> Any:
    found = [code for code in re.split(r"[^0-9A-Za-z]+", text.upper().replace("RNCP", "").replace("RS", "")) if code]
    return [code[:10] for code in found] or None


def _formacodes(text: str, column: str, line: SessionLine, today: date) -> Any:
    found = [code for code in re.findall(r"\d+", text) if len(code) == 5]
    return found or _unknown(text, column, line)


def _siret(text: str, column: str, line: SessionLine, today: date) -> Any:
    digits = re.sub(r"[\s.\u202f\u00a0]", "", text)
    if digits.isdecimal() and len(digits) == 14:
        return digits
    line.remarks.append(remark("SIRET_FORMAT", column=column, level="warning"))
    return None


def _level(text: str, column: str, line: SessionLine, today: date) -> Any:
    key = fold(text).removeprefix("niveau ").strip()
    if key[:1].isdecimal() and (len(key) == 1 or not key[1].isdecimal()) and int(key[0]) <= 8:
        return int(key[0])
    if key in _ROMAN:
        return _ROMAN[key]
    found = next((level for word, level in _LEVEL_WORDS.items() if key.startswith(word)), None)
    return found if found is not None else _unknown(text, column, line)


def _postcode(text: str, column: str, line: SessionLine, today: date) -> Any:
    return _padded(text, "CP_INCONNU", column, line)


def _insee(text: str, column: str, line: SessionLine, today: date) -> Any:
    return _padded(text, "INSEE_INCONNU", column, line)


def _padded(text: str, code: str, column: str, line: SessionLine) -> str | None:
    """Five characters; a workbook loses the zero they may begin with."""
    value = text.replace(" ", "").upper().rjust(5, "0")
    if len(value) == 5 and value[2:].isdecimal() and value.isalnum():
        return value
    line.remarks.append(remark(code, column=column))
    return None


def _among(table: dict[str, str]) -> Callable[[str, str, SessionLine, date], Any]:
    def read(text: str, column: str, line: SessionLine, today: date) -> Any:
        return table.get(fold(text)) or _unknown(text, column, line)

    return read


def _link(text: str, column: str, line: SessionLine, today: date) -> Any:
    good = text.startswith(("http://", "https://")) and len(text) <= 500
    return text if good else _unknown(text, column, line)


def _email(text: str, column: str, line: SessionLine, today: date) -> Any:
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) and len(text) <= 254:
        return text
    line.remarks.append(remark("COURRIEL_FORMAT", column=column))
    return None


def _short(longest: int) -> Callable[[str, str, SessionLine, date], Any]:
    return lambda text, column, line, today: text[:longest]


def _unknown(text: str, column: str, line: SessionLine) -> Any:
    """Nothing to keep; the line says so."""
    line.remarks.append(remark("CODE_INCONNU", column=column, value=excerpt(text)))
    return None


READERS: dict[str, Callable[[str, str, SessionLine, date], Any]] = {
    "starts_on": _day, "ends_on": _day, "info_dates": _days, "places": _count, "free_places": _count, "hours": _count,
    "formacodes": _formacodes, "rncp": _codes, "rs": _codes, "certif_info": _codes, "body_siret": _siret,
    "level_in": _level, "level_out": _level, "postcode": _postcode, "insee": _insee, "theme": _among(_THEMES),
    "recruitment": _among(_RECRUITMENT), "remuneration": _among(_PAID), "url": _link, "contact_email": _email,
    "number": _short(80), "action_number": _short(80), "contact_name": _short(120), "contact_phone": _short(20),
}  # fmt: skip
