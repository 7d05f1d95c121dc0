"""Files of the directory: data·inclusion v1 (JSON or tables), and tables made by hand, one row for one service.

Parsing is pure: each line gives structure or service values as we keep them, and says what was dropped and why.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.core.tabular import Choice, ColumnsProblem, Remark, Source, Table, read_table, refusal, remark
from hub.core.tabular.limits import DEFAULT_LIMITS, MEBIBYTE
from hub.core.tabular.sheet import open_sheets
from hub.core.tabular.sniff import container, opened
from hub.core.tabular.table import Aliases, alias_index
from hub.core.text import clean, fold, header_key, name_key
from partners.imports.offers import OfferFile
from partners.inclusion import SERVICE_FIELDS, STRUCTURE_FIELDS, cleaned, plain
from partners.themes import THEME_LABELS
from partners.vocabulary import AUDIENCES, EVERYBODY

STRUCTURE, SERVICE = "structure", "service"
JSON_LIMIT = 64 * MEBIBYTE
OWN = {"source", "id", "structure_id", "structure"}  # what says which row this is
_SCHEMA = {name: [name, name.replace("_", " ")] for name in (*STRUCTURE_FIELDS, *SERVICE_FIELDS)}
# Titles of tables made by hand, beside those of the schema.
ALIASES: Aliases = {
    **_SCHEMA,
    "nom": ["nom", "nom de l'action", "action", "intitulé", "nom du service", "service"],
    "source": ["source"],
    "id": ["id", "identifiant"],
    "structure_id": ["structure_id", "structure id"],
    "structure": ["structure", "organisme", "association", "porteur", "nom de la structure"],
    "description": ["description", "présentation", "contenu"],
    "thematiques": ["thematiques", "thématique", "thème", "thèmes"],
    "publics": ["publics", "public"],
    "frais": ["frais", "gratuit", "coût", "tarif"],
    "commune": ["commune", "ville", "lieu"],
    "code_postal": ["code_postal", "code postal", "cp"],
    "adresse": ["adresse"],
    "telephone": ["telephone", "téléphone", "tél", "tel"],
    "courriel": ["courriel", "mail", "e-mail", "email"],
    "horaires_accueil": ["horaires_accueil", "quand", "horaires", "jours"],
    "date_maj": ["date_maj", "date de mise à jour"],
}
LABELS = {name: titles[0].capitalize().replace("_", " ") for name, titles in ALIASES.items()}
FIELDS = tuple(LABELS.items())
_INDEX = alias_index(ALIASES)
_YES, _NO = frozenset({"oui", "o", "gratuit", "1", "x", "vrai"}), frozenset({"non", "n", "payant", "0", "faux"})
_AUDIENCES = {
    "tous": EVERYBODY, "tout public": EVERYBODY, "tous publics": EVERYBODY, "rsa": "beneficiaires-des-minimas-sociaux",
    "brsa": "beneficiaires-des-minimas-sociaux", "femme": "femmes", "jeune": "jeunes", "senior": "seniors",
    "famille": "familles", "demandeurs d'emploi": "demandeurs-emploi",
} | {fold(label): code for code, label in AUDIENCES.items()}  # fmt: skip
_THEMES = {
    "lien social": "remobilisation--lien-social", "acces aux soins": "sante--acces-aux-soins",
    "sante": "sante--acces-aux-soins", "sport": "remobilisation--activites-sportives-et-culturelles",
    "culture": "remobilisation--activites-sportives-et-culturelles", "loisirs": "remobilisation--lien-social",
    "benevolat": "remobilisation--benevolat-action-citoyenne",
} | {fold(label.partition(" : ")[2]): code for code, label in THEME_LABELS.items()}  # fmt: skip


@dataclass(slots=True)
class DirectoryLine:
    """One structure or service: who wrote it under which id, whose it is, what makes sense of what it says."""

    line: int
    of: str
    raw: list[str]
    source: str = ""
    id: str = ""
    structure_id: str = ""
    structure_name: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    by_hand: bool = False

    @property
    def is_wrong(self) -> bool:
        return any(said.level == "error" for said in self.remarks)


def parse(
    path: Path, *, today: dt.date, source: str, chosen: Choice | None = None, repair: bool = False
) -> OfferFile[DirectoryLine]:
    """Open a file of the directory. Raises FileProblem, ColumnsProblem."""
    if _is_json(path):
        return _json_file(path, today, source)
    names = [sheet.name for sheet in open_sheets(path, DEFAULT_LIMITS)]
    wanted = [name for name in names if header_key(name) in ("structures", "services")]
    sheets = sorted(wanted, key=lambda name: header_key(name) == "services") or [""]
    tables = [_table(path, only, chosen, repair) for only in sheets]
    first = tables[0]
    return OfferFile(
        columns=list(first.headers),
        rows=(line for table in tables for line in _table_lines(table, today, source)),
        warnings=[said.message for table in tables for said in table.warnings if said.code != "FEUILLES"],
        encoding=first.encoding or "",
        separator=first.separator or "",
        lines=sum(table.survey.lines or 0 for table in tables) or None,
        survey=first.survey if len(tables) == 1 else None,
    )


def is_directory_json(source: Source) -> bool:
    """Does a file hold data·inclusion JSON, as far as its beginning tells?"""
    with opened(source) as file:
        head = file.read(64 * 1024).lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") and (b'"structures"' in head or b'"services"' in head)


def is_directory_table(titles: set[str]) -> bool:
    """Do these keys of titles announce structures or services?"""
    known = {_INDEX[title] for title in titles if title in _INDEX}
    of_schema = not {"structure-id", "reseaux-porteurs"}.isdisjoint(titles)
    return "nom" in known and (of_schema or {"thematiques", "structure"} <= known)


def _is_json(path: Path) -> bool:
    with opened(path) as file:
        if container(file, DEFAULT_LIMITS) != "text":
            return False
        file.seek(0)
        return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))


def _json_file(path: Path, today: dt.date, source: str) -> OfferFile[DirectoryLine]:
    if path.stat().st_size > JSON_LIMIT:
        raise refusal("FICHIER_TROP_GROS", found=f"{path.stat().st_size // MEBIBYTE} Mo", limit="64 Mo", advice="")
    try:
        said = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise refusal("FICHIER_TRONQUE") from error
    if not isinstance(said, dict) or not any(isinstance(said.get(name), list) for name in ("structures", "services")):
        raise refusal("ENTETE_INTROUVABLE", columns="structures, services")
    items = [(STRUCTURE, one) for one in said.get("structures") or []]
    items += [(SERVICE, one) for one in said.get("services") or []]
    if not items:
        raise refusal("FICHIER_VIDE")
    rows = (_json_line(number, of, one, today, source) for number, (of, one) in enumerate(items, start=1))
    return OfferFile(["Objet", "Identifiant", "Nom"], rows, encoding="utf-8", lines=len(items))


def _json_line(number: int, of: str, said: Any, today: dt.date, source: str) -> DirectoryLine:
    if not isinstance(said, dict):
        said = {}
    raw = [of, str(said.get("id") or ""), str(said.get("nom") or "")[:200]]
    return _read(DirectoryLine(number, of, raw), said, today, source)


def _table(path: Path, only: str, chosen: Choice | None, repair: bool) -> Table:
    table = read_table(path, aliases=ALIASES, required=["nom"], chosen=chosen, repair=repair, only=only)
    if {"structure", "structure_id", "id", "siret", "code_insee"}.isdisjoint(table.columns):
        raise ColumnsProblem(refusal("COLONNES_MANQUANTES", columns=LABELS["structure"]), table.survey)
    return table


def _table_lines(table: Table, today: dt.date, source: str) -> Iterator[DirectoryLine]:
    of = SERVICE if {"structure", "structure_id"} & set(table.columns) else STRUCTURE
    by_hand = "structure_id" not in table.columns and of == SERVICE
    for number, cells in table.rows():
        line = DirectoryLine(number, of, cells, remarks=table.problems.pop(number, []), by_hand=by_hand)
        if line.is_wrong:
            yield line
            continue
        said: dict[str, Any] = {name: clean(cell) for name, cell in zip(table.columns, cells, strict=True)}
        yield _read(line, _by_hand(said) if by_hand else said, today, source)


def _read(line: DirectoryLine, said: dict[str, Any], today: dt.date, source: str) -> DirectoryLine:
    """Keep what makes sense, say what was dropped."""
    fields = STRUCTURE_FIELDS if line.of == STRUCTURE else SERVICE_FIELDS
    given = {ours: said[theirs] for theirs, ours in fields.items() if said.get(theirs) not in (None, "", [])}
    line.values, wrong = cleaned(given, today=today)
    line.values = {name: plain(value) for name, value in line.values.items()}
    titles = {ours: theirs for theirs, ours in fields.items()}
    for name, sentence in wrong.items():
        if name != "name":
            line.remarks.append(_dropped(f"{LABELS.get(titles[name], titles[name])} : {sentence} ; valeur non reprise"))
    if "name" not in line.values:
        line.remarks.append(remark("NOM_VIDE", what="nom") if "name" not in wrong else _error(wrong["name"]))
        return line
    line.source = (clean(str(said.get("source") or "")) or source)[:60]
    line.structure_name = str(said.get("structure") or "")[:150]
    line.id = str(said.get("id") or "")[:150]
    line.structure_id = str(said.get("structure_id") or "")[:150]
    if line.of == SERVICE and not line.structure_id and not line.structure_name:
        line.remarks.append(_error("la structure qui le propose n'est pas dite"))
        return line
    if line.by_hand:
        line.structure_id = _made_id(line.source, line.structure_name)
    if not line.id:
        place = line.values.get("insee") or line.values.get("city") or line.values.get("postcode") or ""
        line.id = _made_id(line.source, line.structure_name, str(line.values["name"]), str(place))
    return line


def _made_id(source: str, *parts: str) -> str:
    """The same for the same thing written again, however it is spelt."""
    key = "|".join(name_key(part) for part in parts)
    return f"{source}--{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _by_hand(said: dict[str, Any]) -> dict[str, Any]:
    """A row in the words people use, brought to those of the schema; what has no equivalent stays as a detail."""
    said = dict(said)
    if theme := fold(said.get("thematiques") or ""):
        said["thematiques"] = _THEMES.get(theme, said["thematiques"])
    if audience := said.get("publics"):
        found = [_AUDIENCES.get(fold(part).strip()) for part in str(audience).replace("/", ",").split(",")]
        known = sorted({code for code in found if code})
        said["publics"] = [EVERYBODY] if EVERYBODY in known else known
        if None in found:
            said["publics_precisions"] = said.get("publics_precisions") or audience
    if cost := said.get("frais"):
        said["frais"] = "gratuit" if fold(cost) in _YES else "payant"
        if fold(cost) not in _YES | _NO:  # a price
            said["frais_precisions"] = said.get("frais_precisions") or cost
    if (city := said.get("commune") or "").isdigit():  # a postal code in the column of communes
        said["code_postal"], said["commune"] = said.get("code_postal") or city, None
    if len(phones := [part for part in str(said.get("telephone") or "").split(";") if part.strip()]) > 1:
        said["telephone"] = phones[0]
    return said


def _dropped(sentence: str) -> Remark:
    return Remark("VALEUR_NON_REPRISE", "warning", sentence)


def _error(sentence: str) -> Remark:
    return Remark("LIGNE_INCOMPLETE", "error", sentence)
