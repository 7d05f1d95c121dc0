"""The onboarding table: one line per member, its organisation's columns repeated. Parsing only; nothing is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from hub.core.identifiers import BadIdentifier, phone, siret
from hub.core.tabular import Source, read_table
from hub.core.tabular.problems import excerpt
from hub.core.text import clean, fold, header_key
from partners.models import Function
from partners.models.members import Role

COLUMNS = {
    "organization": ("organisation", "structure", "nom de l'organisation", "nom de la structure", "partenaire"),
    "kind": ("type", "type d'organisation", "type de structure", "nature"),
    "siret": ("siret", "n° siret"),
    "rna": ("rna", "n° rna"),
    "city": ("commune", "ville"),
    "phone": ("téléphone", "téléphone de l'organisation", "tél"),
    "team": ("équipe", "service", "agence", "cms"),
    "territory": ("territoire", "code territoire"),
    "agency_code": ("code agence", "code de l'agence"),
    "email": ("e-mail", "email", "mail", "adresse e-mail", "courriel", "adresse électronique"),
    "first_name": ("prénom",),
    "last_name": ("nom", "nom de famille"),
    "role": ("rôle", "habilitation"),
    "functions": ("fonctions", "fonction"),
}
MOST_LINES = 2_000
_ROLES = {"": Role.MEMBER, "membre": Role.MEMBER, "member": Role.MEMBER}
_ROLES |= {"responsable": Role.MANAGER, "manager": Role.MANAGER, "referent": Role.MANAGER}
_FUNCTIONS = {header_key(f.value): f.value for f in Function}
_FUNCTIONS |= {header_key(f.label.partition(" : ")[0]): f.value for f in Function}
_BETWEEN = re.compile(r"[,|+/]")
_RNA = re.compile(r"W\d{9}")
_AGENCY = re.compile(r"\d{5}")


@dataclass(slots=True)
class OnboardingLine:
    """One line, normalised; `problems` are French sentences that reject it, starting in lower case."""

    line: int
    organization: str = ""
    kind: str = ""
    siret: str = ""
    rna: str = ""
    city: str = ""
    phone: str = ""
    team: str = ""
    territory: str = ""
    agency_code: str = ""
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    role: str = Role.MEMBER
    functions: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)

    @property
    def organization_keys(self) -> tuple[str, ...]:
        """What makes two lines speak of the same organisation, the surest first."""
        return tuple(key for key in (self.siret, self.rna, fold(self.organization)) if key)


def parse_onboarding(source: Source, *, kinds: Mapping[str, str]) -> list[OnboardingLine]:
    """Every line of the file. `kinds` gives the code of each kind by code or label, as `header_key` writes them.

    Raises `FileProblem` when the file is no such table. Beyond 2 000 lines the rest is said, not read.
    """
    table = read_table(source, aliases=COLUMNS, required=("organization",))
    lines: list[OnboardingLine] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in table.rows():
        if not any(cell.strip() for cell in cells):
            continue
        if len(lines) == MOST_LINES:
            lines.append(
                OnboardingLine(number, problems=[f"au-delà de {MOST_LINES} lignes, coupez le fichier en deux"])
            )
            break
        raw = {name: clean(cell) or "" for name, cell in zip(table.columns, cells, strict=True)}
        line = _read(number, raw, kinds)
        line.problems += [said.message for said in table.problems.get(number, []) if said.level == "error"]
        _say_repeated(line, seen)
        lines.append(line)
    return lines


def _read(number: int, raw: Mapping[str, str], kinds: Mapping[str, str]) -> OnboardingLine:
    def cell(name: str) -> str:
        return raw.get(name, "")

    line = OnboardingLine(
        number,
        organization=cell("organization")[:150],
        city=cell("city")[:80],
        team=cell("team")[:100],
        territory=cell("territory"),
        first_name=cell("first_name")[:80],
        last_name=cell("last_name")[:80],
    )
    if not line.organization:
        line.problems.append("le nom de l'organisation est absent")
    _read_identity(line, cell("kind"), cell("siret"), cell("rna"), cell("phone"), cell("agency_code"), kinds)
    _read_member(line, cell("email"), cell("role"), cell("functions"))
    return line


def _read_identity(
    line: OnboardingLine, kind: str, siret_cell: str, rna: str, phone_cell: str, agency: str, kinds: Mapping[str, str]
) -> None:
    line.kind = kinds.get(header_key(kind), "")
    if kind and not line.kind:
        line.problems.append(f"« {excerpt(kind)} » n'est pas un type d'organisation connu")
    try:
        line.siret = siret(siret_cell) or ""
    except BadIdentifier:
        line.problems.append(f"le SIRET « {excerpt(siret_cell)} » est faux")
    line.rna = rna.upper().replace(" ", "")
    if line.rna and not _RNA.fullmatch(line.rna):
        line.problems.append(f"le RNA « {excerpt(rna)} » est faux : W suivi de neuf chiffres")
    try:
        line.phone = phone(phone_cell) or ""
    except BadIdentifier:
        line.problems.append(f"le téléphone « {excerpt(phone_cell)} » est mal formé")
    line.agency_code = agency
    if agency and not _AGENCY.fullmatch(agency):
        line.problems.append(f"le code d'agence « {excerpt(agency)} » n'a pas cinq chiffres")


def _read_member(line: OnboardingLine, email: str, role: str, functions: str) -> None:
    line.email = email.lower()
    try:
        if email:
            validate_email(line.email)
        elif line.first_name or line.last_name or functions:
            line.problems.append("l'adresse e-mail est absente")
    except ValidationError:
        line.problems.append(f"« {excerpt(email)} » n'est pas une adresse e-mail")
    if (known := _ROLES.get(header_key(role))) is None:
        line.problems.append(f"le rôle « {excerpt(role)} » est inconnu : écrivez membre ou responsable")
    else:
        line.role = known
    words = [word for word in (part.strip() for part in _BETWEEN.split(functions)) if word]
    line.functions = tuple(_FUNCTIONS[header_key(word)] for word in words if header_key(word) in _FUNCTIONS)
    line.problems += [
        f"la fonction « {excerpt(word)} » est inconnue" for word in words if header_key(word) not in _FUNCTIONS
    ]


def _say_repeated(line: OnboardingLine, seen: dict[tuple[str, str], int]) -> None:
    if line.problems or not line.email:
        return
    first = seen.setdefault((line.organization_keys[0], line.email), line.line)
    if first != line.line:
        line.problems.append(f"cette personne figure déjà ligne {first} pour la même organisation")
