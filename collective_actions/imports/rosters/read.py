"""Reading a roster: what it says of each trainee, with remarks on its form only.

Nothing here knows who is known to the Département: a verdict on the form is the same for everybody, and may go back
to whoever brought the file. Three shapes, told by their titles: our template, Île-de-France's extract, France Travail's
extract. A fourth, the return of prescriptions, speaks of candidates: `returns` reads it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from collective_actions.imports.rosters.codes import outcome
from collective_actions.imports.rosters.columns import REQUIRED, ROSTER
from collective_actions.imports.rosters.lines import TraineeLine
from collective_actions.imports.rosters.returns import ReturnLine, is_return, parse_return
from hub.core.identifiers import BadIdentifier, insee_code, is_mobile, pes_keys, phone, postcode, siret
from hub.core.tabular import (
    DEFAULT_LIMITS,
    FileProblem,
    Limits,
    Remark,
    Source,
    Table,
    read_table,
    refusal,
    remark,
)
from hub.core.tabular.problems import excerpt
from hub.core.tabular.table import alias_index, labels
from hub.core.text import clean, header_key, name_key
from referrals.imports.cells import is_too_long, names, read_date, text
from referrals.imports.lines import Parsed, SeenKeys, has_error

_LABELS = labels(ROSTER)
_INDEX = alias_index(ROSTER)
_DATES = ("entered_on", "planned_end", "left_on", "session_start", "session_end")
_SESSION = ("session_number", "title", "action_number")
_WHEN = ("entered_on", "session_start")
_FAR = dt.timedelta(days=30)  # an entry so far from its session is worth a second look
# Titles of Île-de-France and France Travail repeat these for other things (other body, other codes).
_LONG = {"title": 255, "organization": 200, "place": 100, "session_number": 40, "action_number": 40}


def is_roster_titles(titles: Iterable[str]) -> bool:
    """Do these titles of columns announce a list of trainees?"""
    known = {_INDEX.get(header_key(title)) for title in titles}
    return known.issuperset(REQUIRED) and not known.isdisjoint(_SESSION) and not known.isdisjoint(_WHEN)


def parse(source: Source, *, today: dt.date, limits: Limits = DEFAULT_LIMITS) -> Parsed[TraineeLine]:
    """Open a roster. Raises `FileProblem`: unreadable, another kind of file, a column that is needed is missing.

    What its columns hold is never asked of a person: samples of its lines would have to be kept for that.
    """
    try:
        table = read_table(source, aliases=ROSTER, required=REQUIRED, limits=limits)
    except FileProblem as problem:  # a question about columns would keep their first lines
        raise FileProblem(problem.code or "", problem.message) from None
    _require(table.columns, _SESSION)
    _require(table.columns, _WHEN)
    return Parsed(
        "roster", table.headers, table.columns, table.warnings, _lines(table, today), table.encoding, table.separator
    )  # fmt: skip


def opened(
    source: Source, *, today: dt.date, limits: Limits = DEFAULT_LIMITS
) -> Parsed[TraineeLine] | Parsed[ReturnLine]:
    """A roster, or a return of prescriptions. Raises `FileProblem`."""
    read = parse_return if is_return(source) else parse
    return read(source, today=today, limits=limits)


def _require(columns: Collection[str], any_of: Collection[str]) -> None:
    if not any(name in columns for name in any_of):
        raise refusal("COLONNES_MANQUANTES", columns=" ou ".join(_LABELS[name] for name in any_of))


def _lines(table: Table, today: dt.date) -> Iterator[TraineeLine]:
    reader, seen = _Reader(table, today), SeenKeys()
    for line, raw in table.rows():
        trainee = TraineeLine(line, raw, table.problems.pop(line, []))
        if not trainee.remarks:  # cells out of their columns would be read as something else
            reader.fill(trainee)
            if not has_error(trainee.remarks) and (first := seen.first_line(_key(trainee), line)):
                trainee.remarks.append(remark("DOUBLON_FICHIER", first=first))
        yield trainee


def _key(trainee: TraineeLine) -> tuple[object, ...]:
    """What makes two lines one trainee of one session."""
    who = (name_key(trainee.last_name), name_key(trainee.first_names), trainee.birth_date or trainee.email or "")
    session = trainee.session_number or (name_key(trainee.organization), name_key(trainee.title))
    return (*who, session, trainee.session_start)


class _Reader:
    """Reads the cells of one table."""

    def __init__(self, table: Table, today: dt.date) -> None:
        self._at = {name: position for position, name in enumerate(table.columns)}
        self._today = today

    def fill(self, trainee: TraineeLine) -> None:
        """Set the fields of `trainee` from its cells, with remarks."""
        self._person(trainee)
        self._session(trainee)
        self._dates(trainee)
        trainee.says_left = "left_on" in self._at
        trainee.outcome = outcome(self._cell("motive", trainee), self._cell("result", trainee))

    def _cell(self, name: str, trainee: TraineeLine) -> str:
        position = self._at.get(name)
        return "" if position is None else trainee.raw[position]

    def _text(self, name: str, trainee: TraineeLine) -> str | None:
        return text(name, self._cell(name, trainee), _LABELS[name], trainee.remarks)

    def _person(self, trainee: TraineeLine) -> None:
        last, birth = self._text("last_name", trainee), self._text("birth_name", trainee)
        trainee.last_name, trainee.birth_name = names(last, birth, _LABELS["last_name"], trainee.remarks)
        trainee.first_names = self._text("first_names", trainee)
        for name, said, what in (
            ("last_name", trainee.last_name, "nom"),
            ("first_names", trainee.first_names, "prénom"),
        ):
            if not name_key(said) and not is_too_long(trainee.remarks, _LABELS[name]):
                trainee.remarks.append(remark("NOM_VIDE", column=_LABELS[name], what=what))
        born = read_date(
            self._cell("birth_date", trainee), _LABELS["birth_date"], self._today, trainee.remarks, birth=True
        )  # fmt: skip
        trainee.birth_date = born.value
        trainee.pes_raw = self._text("pes", trainee)
        trainee.pes_keys = pes_keys(trainee.pes_raw)
        if trainee.pes_raw and not trainee.pes_keys:
            trainee.remarks.append(remark("ID_FT_FORMAT", column=_LABELS["pes"], level="warning"))
        self._contact(trainee)
        if not (trainee.birth_date or trainee.pes_keys or trainee.email or trainee.phone or has_error(trainee.remarks)):
            trainee.remarks.append(_error("IDENTITE_INSUFFISANTE", NOBODY, _LABELS["birth_date"]))

    def _contact(self, trainee: TraineeLine) -> None:
        found = []
        for name in ("phone", "phone_2"):
            try:
                found.append(phone(clean(self._cell(name, trainee))))
            except BadIdentifier as bad:
                trainee.remarks.append(remark(bad.code, column=_LABELS[name], level="warning"))
        numbers = [number for number in found if number]
        trainee.phone = next(filter(is_mobile, numbers), numbers[0] if numbers else None)
        email = (self._text("email", trainee) or "").replace(" ", "").lower()
        if email.count("@") == 1 and "." in email.partition("@")[2]:
            trainee.email = email
        elif email:
            trainee.remarks.append(remark("COURRIEL_FORMAT", column=_LABELS["email"]))

    def _session(self, trainee: TraineeLine) -> None:
        for name in ("session_number", "catalogue_number", "action_number", "title", "organization", "place"):
            said = clean(self._cell(name, trainee)) or ""
            setattr(trainee, name, said[: _LONG.get(name, 100)])
        for name, field, check in (
            ("siret", "siret", siret),
            ("postcode", "session_postcode", postcode),
            ("insee", "session_insee", insee_code),
        ):
            try:
                setattr(trainee, field, check(clean(self._cell(name, trainee))) or "")
            except BadIdentifier as bad:
                trainee.remarks.append(remark(bad.code, column=_LABELS[name], level="warning"))

    def _dates(self, trainee: TraineeLine) -> None:
        for name in _DATES:
            read = read_date(self._cell(name, trainee), _LABELS[name], self._today, trainee.remarks)
            setattr(trainee, name, read.value)
        if has_error(trainee.remarks):
            return
        trainee.session_start = trainee.session_start or trainee.entered_on
        trainee.entered_on = trainee.entered_on or trainee.session_start
        trainee.planned_end = trainee.planned_end or trainee.session_end
        if trainee.entered_on is None:
            trainee.remarks.append(remark("DATE_ABSENTE", column=_LABELS["entered_on"]))
        elif not (trainee.session_number or (trainee.title and trainee.organization)):
            trainee.remarks.append(_error("SESSION_ABSENTE", NO_SESSION, _LABELS["session_number"]))
        else:
            trainee.remarks += _incoherent(trainee, trainee.entered_on)


NOBODY = "il faut une date de naissance, un identifiant de demandeur d'emploi, un courriel ou un téléphone"
NO_SESSION = "il faut un numéro de session, ou un intitulé et un organisme"


def _incoherent(trainee: TraineeLine, entered: dt.date) -> Iterator[Remark]:
    """Ends before their beginnings are errors; an entry far from the session is only said."""
    ends = ((trainee.planned_end, entered, "planned_end"), (trainee.left_on, entered, "left_on"),
            (trainee.session_end, trainee.session_start, "session_end"))  # fmt: skip
    for end, start, name in ends:
        if end and start and end < start and not (name == "left_on" and trainee.outcome == "never_started"):
            said = f"la fin ({end:%d/%m/%Y}) est avant le début ({start:%d/%m/%Y})"
            yield _error("DATE_INCOHERENTE", said, _LABELS[name])
    first, last = trainee.session_start, trainee.session_end or trainee.session_start
    if first and last and not first - _FAR <= entered <= last + _FAR:
        said = f"l'entrée ({excerpt(f'{entered:%d/%m/%Y}')}) est à plus de 30 jours de la session"
        yield Remark("DATE_INCOHERENTE", "warning", said, _LABELS["entered_on"])


def _error(code: str, message: str, column: str) -> Remark:
    return Remark(code, "error", message, column)
