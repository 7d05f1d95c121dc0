"""Tables of people: Carnet de bord, rdv-insertion, WebRSA's orientation export, and drafts made by hand.

The columns are the union of their titles; last and first names are mandatory, and a birth date, a NIR or a file
number with its role. An empty cell says nothing; an unknown word leaves its field empty with CODE_INCONNU.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import TypeVar

from hub.core.dates import age_on
from hub.core.identifiers import BadIdentifier, caf_number, check_nir, insee_code, is_mobile, pes_keys, phone, postcode
from hub.core.tabular import (
    DEFAULT_LIMITS,
    Choice,
    ColumnsProblem,
    FileProblem,
    Limits,
    Source,
    Table,
    read_table,
    refusal,
    remark,
)
from hub.core.tabular.problems import excerpt
from hub.core.tabular.table import labels
from hub.core.text import clean, name_key
from referrals.imports import codes
from referrals.imports.asides import aside_reader
from referrals.imports.cells import fingerprint, is_too_long, names, read_date, text
from referrals.imports.columns import PEOPLE
from referrals.imports.detect import explain, kind_of_titles, require_kind
from referrals.imports.lines import Parsed, PersonLine, SeenKeys, has_error

REQUIRED = ("last_name", "first_names")
_IDENTIFYING = ("birth_date", "nir", "caf_number")
_LABELS = labels(PEOPLE)
FIELDS = tuple(_LABELS.items())
_ADULT_AGES = range(16, 101)
_EMAIL = re.compile(r"[^@\s<>(),;:\"]+@[^@\s<>(),;:\"]+\.[^@\s<>(),;:\".]{2,}")
_POSTCODE_CITY = re.compile(r"(\d{4,5})\s+(.+)", re.ASCII)
_SEVERAL_PHONES = re.compile(r"\s*(?:[/;,]|\bou\b|\bet\b)\s*")
_CACHED_NAMES = 20_000

T = TypeVar("T")


def parse(
    source: Source,
    *,
    today: dt.date,
    limits: Limits = DEFAULT_LIMITS,
    repair: bool = False,
    chosen: Choice | None = None,
    only: str = "",
) -> Parsed[PersonLine]:
    """Open a table of people, or one sheet `only`. Raises FileProblem (other kind, missing columns, unreadable)."""
    try:
        table = read_table(
            source, aliases=PEOPLE, required=REQUIRED, limits=limits, repair=repair, chosen=chosen, only=only
        )
    except FileProblem as problem:
        raise explain(problem, source, "people_table", limits) from problem
    require_kind(kind_of_titles((*table.headers, *table.extra_columns)), "people_table")
    try:
        require_identifying(table.columns)
    except FileProblem as problem:
        raise ColumnsProblem(problem, table.survey) from problem
    return Parsed(
        "people_table",
        table.headers,
        table.columns,
        table.warnings,
        _lines(table, today),
        table.encoding,
        table.separator,
        survey=table.survey,
    )


def require_identifying(columns: Collection[str]) -> None:
    """Raise COLONNES_MANQUANTES when nothing in a line would tell who it speaks of."""
    if not any(name in columns for name in _IDENTIFYING):
        raise refusal("COLONNES_MANQUANTES", columns=" ou ".join(_LABELS[name] for name in _IDENTIFYING))


def _lines(table: Table, today: dt.date) -> Iterator[PersonLine]:
    reader = _PersonReader(table, today)
    seen, aside = SeenKeys(), aside_reader(table.headers)
    for line, raw in table.rows():
        person = PersonLine(line, raw, table.problems.pop(line, []))
        # Cells out of their columns would be read as something else: the shape alone is said.
        if not person.remarks:
            reader.fill(person)
            person.fingerprint = person_fingerprint(person, reader.key)
            if first := seen.first_line(person_key(person, reader.key), line):
                person.remarks.append(remark("DOUBLON_FICHIER", first=first))
        if person.remarks and has_error(person.remarks) and (nobody := aside(raw)):
            person.remarks = [nobody]
        yield person


def person_key(person: PersonLine, key: Callable[[str | None], str] = name_key) -> str:
    """What makes two lines the same person inside one file."""
    if person.nir13:
        return person.nir13
    who = (key(person.last_name), key(person.first_names), str(person.birth_date or ""), person.internal_id or "")
    return "|".join((*who, person.caf_number or "" if person.birth_date is None else ""))


def person_fingerprint(person: PersonLine, key: Callable[[str | None], str] = name_key) -> str:
    """SHA-256 of everything the line says, names compared without case nor accents."""
    said = (
        key(person.last_name), key(person.birth_name), key(person.first_names), person.birth_date,
        person.birth_date_partial, person.sex, person.nir13, person.caf_fund, person.caf_org, person.caf_number,
        person.caf_role, ",".join(person.pes_keys), person.internal_id, person.phone, person.email,
        key(person.address), person.postcode, key(person.city), person.insee, person.rights_state,
        person.subject_to_obligations, person.track, person.track_date, key(person.organization_hint),
        person.rights_opened_on, person.suspension_reason, person.closure_reason, person.closed_on, person.homeless,
    )  # fmt: skip
    return fingerprint(said)


class _PersonReader:
    """Reads the cells of one table; its cache of names lives and dies with the import."""

    def __init__(self, table: Table, today: dt.date) -> None:
        self._at = {name: position for position, name in enumerate(table.columns)}
        self._today = today
        self.key = lru_cache(_CACHED_NAMES)(name_key)

    def fill(self, person: PersonLine) -> None:
        """Set the fields of `person` from its raw cells, with remarks."""
        self._identity(person)
        self._identifiers(person)
        self._birth(person)
        self._contact(person)
        self._situation(person)

    def _text(self, name: str, person: PersonLine) -> str | None:
        position = self._at.get(name)
        return None if position is None else text(name, person.raw[position], _LABELS[name], person.remarks)

    def _coded(self, name: str, person: PersonLine, meaning: Callable[[str], T | None]) -> T | None:
        written = self._text(name, person)
        if written is None:
            return None
        known = meaning(written)
        if known is None:
            person.remarks.append(remark("CODE_INCONNU", column=_LABELS[name], value=excerpt(written)))
        return known

    def _identity(self, person: PersonLine) -> None:
        last, birth = self._text("last_name", person), self._text("birth_name", person)
        person.last_name, person.birth_name = names(last, birth, _LABELS["last_name"], person.remarks)
        person.first_names = self._text("first_names", person)
        person.sex = self._coded("sex", person, codes.sex)
        if person.last_name is None and not is_too_long(person.remarks, _LABELS["last_name"]):
            person.remarks.append(remark("NOM_VIDE", column=_LABELS["last_name"], what="nom"))
        if not self.key(person.first_names):
            person.first_names = None
            if not is_too_long(person.remarks, _LABELS["first_names"]):
                person.remarks.append(remark("NOM_VIDE", column=_LABELS["first_names"], what="prénom"))

    def _identifiers(self, person: PersonLine) -> None:
        person.caf_fund = self._coded("caf_fund", person, lambda word: {"CAF": "CAF", "MSA": "MSA"}.get(word.upper()))
        person.caf_org = self._text("caf_org", person)
        person.caf_number = self._checked("caf_number", person, caf_number)
        person.caf_role = self._coded("caf_role", person, codes.caf_role)
        person.internal_id = self._text("internal_id", person)
        person.pes_raw = self._text("pes", person)
        person.pes_keys = pes_keys(person.pes_raw)
        if person.pes_raw and not person.pes_keys:
            person.remarks.append(remark("ID_FT_FORMAT", column=_LABELS["pes"], level="warning"))

    def _checked(self, name: str, person: PersonLine, check: Callable[[str | None], str | None]) -> str | None:
        try:
            return check(self._text(name, person))
        except BadIdentifier as bad:
            person.remarks.append(remark(bad.code, column=_LABELS[name]))
            return None

    def _birth(self, person: PersonLine) -> None:
        column, remarks = _LABELS["birth_date"], person.remarks
        position = self._at.get("birth_date")
        cell = "" if position is None else person.raw[position]
        read = read_date(cell, column, self._today, remarks, birth=True)
        person.birth_date = read.value
        self._nir(person)
        named_otherwise = bool(person.nir13 or (person.caf_number and person.caf_role))
        if read.partial and named_otherwise:
            person.birth_date_partial = read.partial
            remarks.append(remark("DATE_PARTIELLE", column=column))
        elif read.partial:
            remarks.append(remark("DATE_INVALIDE", column=column, value=excerpt(cell.strip())))
        elif read.value is None and not read.error and not named_otherwise:
            remarks.append(remark("IDENTITE_INSUFFISANTE", column=column))
        if read.value and (age := age_on(read.value, self._today)) not in _ADULT_AGES:
            remarks.append(remark("AGE_INHABITUEL", column=column, age=age))

    def _nir(self, person: PersonLine) -> None:
        position = self._at.get("nir")
        if position is None:
            return
        checked = check_nir(clean(person.raw[position]), sex=person.sex, birth_date=person.birth_date)
        person.nir13 = checked.nir13
        for code in checked.errors + checked.warnings:
            person.remarks.append(remark(code, column=_LABELS["nir"]))

    def _contact(self, person: PersonLine) -> None:
        person.phone = self._phone(person)
        if email := self._text("email", person):
            email = email.replace(" ", "").lower()
            if _EMAIL.fullmatch(email):
                person.email = email
            else:
                person.remarks.append(remark("COURRIEL_FORMAT", column=_LABELS["email"]))
        address = [part for name in ("address", "address_2") if (part := self._text(name, person))]
        person.address = ", ".join(address)[:255] or None
        person.postcode = self._checked("postcode", person, postcode)
        person.city = self._text("city", person)
        person.insee = self._checked("insee", person, insee_code)
        if together := self._text("postcode_city", person):
            found = _POSTCODE_CITY.fullmatch(together)
            person.city = person.city or (found[2] if found else together)[:100]
            person.postcode = person.postcode or (postcode(found[1]) if found else None)

    def _phone(self, person: PersonLine) -> str | None:
        found = []
        for name in ("phone", "phone_2"):
            written = self._text(name, person)
            for number in _SEVERAL_PHONES.split(written) if written else ():
                try:
                    found.append(phone(number))
                except BadIdentifier as bad:
                    person.remarks.append(remark(bad.code, column=_LABELS[name]))
        numbers = [number for number in found if number]
        return next(filter(is_mobile, numbers), numbers[0] if numbers else None)

    def _situation(self, person: PersonLine) -> None:
        person.rights_state = self._coded("rights_state", person, codes.rights_state)
        person.subject_to_obligations = self._coded("subject_to_obligations", person, codes.boolean)
        person.track = self._coded("track", person, codes.track)
        person.track_date = self._date("track_date", person)
        person.organization_hint = self._text("organization_hint", person)
        person.rights_opened_on = self._date("rights_opened_on", person)

    def _date(self, name: str, person: PersonLine) -> dt.date | None:
        position = self._at.get(name)
        if position is None:
            return None
        return read_date(person.raw[position], _LABELS[name], self._today, person.remarks).value
