"""Pôle emploi's lists: the four classic kinds (by titles or by position), snapshot, extract, made by hand.

A NIR with a bad key never rejects a line here: it is dropped with a warning, and names and birth date remain.
"""

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from typing import Literal

from hub.core.dates import add_months
from hub.core.tabular import (
    DEFAULT_LIMITS,
    Choice,
    ColumnsProblem,
    FileProblem,
    Limits,
    Remark,
    Source,
    Table,
    read_table,
    remark,
)
from hub.core.tabular.problems import excerpt, notice
from hub.core.tabular.table import labels, require_columns
from hub.core.text import clean
from referrals.imports.asides import aside_reader
from referrals.imports.cells import read_date, text
from referrals.imports.codes import (
    ABSENT,
    CATEGORIES,
    CEASED,
    KNOWN_EXITS,
    REGISTERED,
    STRUCK_OFF,
    Exits,
    exit_code,
    exit_meaning,
    situation,
)
from referrals.imports.columns import (
    CLASSIC_LAYOUTS,
    CLASSIC_REQUIRED,
    MANUAL_REQUIRED,
    REGISTRATION,
    SNAPSHOT_REQUIRED,
    SPIE_REQUIRED,
)
from referrals.imports.detect import explain, kind_of_registration, kind_of_titles, require_kind
from referrals.imports.lines import FileKind, Parsed, RegistrationEvent, RegistrationLine, SeenKeys, has_error
from referrals.imports.memo import MOST, picker
from referrals.imports.registration_identity import IDENTITY, IdentityReader
from referrals.imports.told import month_told

ExitsAs = Literal["auto", "ceased", "struck_off"]

_LABELS = labels(REGISTRATION)
FIELDS = tuple(_LABELS.items())
_MONTHS = re.compile(r"(\d{1,2})\s*mois", re.IGNORECASE)
_LONGEST_SANCTION_MONTHS = 36
_FARTHEST_FUTURE = dt.timedelta(days=366)


def parse(
    source: Source,
    *,
    today: dt.date,
    kind: FileKind | None = None,
    exits_as: ExitsAs = "auto",
    limits: Limits = DEFAULT_LIMITS,
    repair: bool = False,
    chosen: Choice | None = None,
    only: str = "",
    month: dt.date | None = None,
    name: str = "",
    exits: Exits = KNOWN_EXITS,
) -> Parsed[RegistrationLine]:
    """Open a list; `kind` is what the person chose (None: whatever it is). Raises FileProblem.

    `exits_as` says what a file of exits holds; "auto" reads it from each code and motive, known by `exits`. `only`
    names a sheet.
    Without a column of dates the situations date from the `month` stated, else from the one its titles or `name` tell.
    """
    try:
        table = read_table(
            source,
            aliases=REGISTRATION,
            layouts=CLASSIC_LAYOUTS,
            strict_width=True,
            limits=limits,
            repair=repair,
            chosen=chosen,
            only=only,
        )
        found = kind_of_registration(table.columns)
        _require(table)
    except FileProblem as problem:
        raise explain(problem, source, kind or "registration_stock", limits) from problem
    known: FileKind = found or "registration_stock"
    undated = known == "registration_by_hand" and "date" not in table.columns
    if undated and not _says_situations(table):  # "Situation" may say something else of a table of people
        require_kind(kind_of_titles((*table.headers, *table.extra_columns)), kind or known)
    require_kind(known, kind or known)
    if undated:
        texts = (*table.survey.above, table.survey.sheet, name)
        told = month or next(filter(None, (month_told(text, today) for text in texts)), today.replace(day=1))
        table.warnings.append(notice("SANS_DATE", date=f"{told:%d/%m/%Y}"))
        return _parsed(known, table, today, exits_as, exits, told)
    return _parsed(known, table, today, exits_as, exits)


def _says_situations(table: Table) -> bool:
    """Do its first lines say situations of registration?"""
    at = table.survey.header.fields.index("situation")
    return any(situation(said) for said in table.survey.samples[at])


def _parsed(
    known: FileKind, table: Table, today: dt.date, exits_as: ExitsAs, exits: Exits, undated: dt.date | None = None
) -> Parsed[RegistrationLine]:
    return Parsed(
        known,
        table.headers,
        table.columns,
        table.warnings,
        _lines(table, known, today, exits_as, exits, undated),
        table.encoding,
        table.separator,
        survey=table.survey,
    )


def _require(table: Table) -> None:
    try:
        require_columns(table.columns, required_columns(table.columns), _LABELS)
    except FileProblem as problem:
        raise ColumnsProblem(problem, table.survey) from problem


def required_columns(columns: Collection[str]) -> tuple[str, ...]:
    """What a list with these columns must have, by what it is; a category stands for the code of a registration."""
    kind = kind_of_registration(columns)
    if "situation" in columns and kind != "registration_snapshot":
        return MANUAL_REQUIRED
    if kind in REQUIRED:
        return REQUIRED[kind]
    instead = "category" if "category" in columns and "code" not in columns else "code"
    return tuple(instead if name == "code" else name for name in CLASSIC_REQUIRED)


def _lines(
    table: Table, kind: FileKind, today: dt.date, exits_as: ExitsAs, exits: Exits, undated: dt.date | None
) -> Iterator[RegistrationLine]:
    identity = IdentityReader(table, today, pes_needed=kind not in ("registration_by_hand", "registration_extract"))
    events: _Events = READERS[kind](table, today) if kind in READERS else _ClassicEvents(table, today, exits_as)
    events.undated, events.table = undated, exits
    seen, aside = SeenKeys(), aside_reader(table.headers)
    for line, raw in table.rows():
        if wrong := table.problems.pop(line, None):
            # Cells out of their columns would be read as something else: the shape alone is said.
            read = RegistrationLine(line, raw, wrong)
        else:
            read = identity.read(line, raw, events.told)
            if first := seen.first_line(read.said, line):
                read.remarks.append(remark("DOUBLON_FICHIER", first=first))
        if read.remarks and has_error(read.remarks) and (nobody := aside(raw)):
            read.remarks = [nobody]
        yield read


class _Cells(ABC):
    """Positions of the columns of one table; a column that is not there reads as empty."""

    def __init__(self, table: Table, today: dt.date) -> None:
        self.at = {name: position for position, name in enumerate(table.columns)}
        self.today = today
        self.undated: dt.date | None = None  # when there is no column of dates
        self.table = KNOWN_EXITS
        self._pick = picker([position for name, position in self.at.items() if name not in IDENTITY])
        self._known: dict[tuple[str, ...], tuple[tuple[RegistrationEvent, ...], tuple[Remark, ...]]] = {}

    @abstractmethod
    def read(self, raw: list[str], remarks: list[Remark]) -> tuple[RegistrationEvent, ...]:
        """The events of a line, with remarks."""

    def told(self, raw: list[str], remarks: list[Remark]) -> tuple[RegistrationEvent, ...]:
        """The same, read once for the lines that say the same."""
        if remarks:  # what was said of the identity may change what is said here
            return self.read(raw, remarks)
        cells = self._pick(raw)
        known = self._known.get(cells)
        if known is None:
            known = self.read(raw, remarks), tuple(remarks)
            if len(self._known) < MOST:
                self._known[cells] = known
        else:
            remarks += known[1]
        return known[0]

    def text(self, name: str, raw: list[str], remarks: list[Remark]) -> str | None:
        position = self.at.get(name)
        return None if position is None else text(name, raw[position], _LABELS[name], remarks)

    def date(self, name: str, raw: list[str], remarks: list[Remark]) -> dt.date | None:
        position = self.at.get(name)
        if position is None:
            return None
        value = read_date(raw[position], _LABELS[name], self.today, remarks).value
        if value is not None and value > self.today + _FARTHEST_FUTURE:
            remarks.append(remark("DATE_FUTURE", column=_LABELS[name], value=f"{value:%d/%m/%Y}"))
            return None
        return value


class _ClassicEvents(_Cells):
    """One event per line: a registration with its category, or an exit with its motive."""

    def __init__(self, table: Table, today: dt.date, exits_as: ExitsAs) -> None:
        super().__init__(table, today)
        self.exits = "motive" in self.at
        self.exits_as = exits_as
        self.code = "code" if "code" in self.at else "category"

    def read(self, raw: list[str], remarks: list[Remark]) -> tuple[RegistrationEvent, ...]:
        date = self.date("date", raw, remarks)
        if date is None and not raw[self.at["date"]].strip():
            remarks.append(remark("DATE_ABSENTE", column=_LABELS["date"]))
        code = self.text(self.code, raw, remarks)
        if code is None and not raw[self.at[self.code]].strip():
            remarks.append(remark("CODE_ABSENT", column=_LABELS[self.code]))
        if date is None or code is None:
            return ()
        if not self.exits:
            return (RegistrationEvent(REGISTERED, date, category=category(code, _LABELS[self.code], remarks)),)
        months = self.text("months", raw, remarks)
        return (exit_event(date, code, self.text("motive", raw, remarks), self.exits_as, remarks, months, self.table),)


class _WordEvents(_Cells):
    """A list made by hand: the situation is a word; somebody said absent has no event."""

    def read(self, raw: list[str], remarks: list[Remark]) -> tuple[RegistrationEvent, ...]:
        written = self.text("situation", raw, remarks)
        state = situation(written) if written else None
        if state is None:
            wrong = "SITUATION_INCONNUE" if written else "SITUATION_ABSENTE"
            remarks.append(remark(wrong, column=_LABELS["situation"], value=excerpt(written or "")))
        if state is None or state == ABSENT:
            remarks += [remark("NON_INSCRIT")] if state else []
            return ()
        date = self.undated or self.date("date", raw, remarks)
        if date is None:
            if not raw[self.at["date"]].strip():
                remarks.append(remark("DATE_ABSENTE", column=_LABELS["date"]))
            return ()
        code, motive = self.text("code", raw, remarks), self.text("motive", raw, remarks)
        if state == REGISTERED:
            told = self.text("category", raw, remarks) or code
            known = category(told, _LABELS["category"], remarks) if told else None
            return (RegistrationEvent(REGISTERED, date, category=known),)
        return (exit_event(date, code, motive, state, remarks, self.text("months", raw, remarks), self.table),)


class _ExtractEvents(_Cells):
    """Carnet de bord's extract: who is registered, since when, in which category."""

    def read(self, raw: list[str], remarks: list[Remark]) -> tuple[RegistrationEvent, ...]:
        date = self.date("entered_on", raw, remarks)
        written = self.text("category", raw, remarks)
        known = category(written, _LABELS["category"], remarks) if written else None
        if date is None:
            if clean(raw[self.at["entered_on"]]) is None:
                remarks.append(remark("DATE_ABSENTE", column=_LABELS["entered_on"]))
            return ()
        return (RegistrationEvent(REGISTERED, date, category=known),)


class _SnapshotEvents(_Cells):
    """The events of a snapshot line: a later date wins, a tie keeps the earlier state (as WebRSA derives it)."""

    def read(self, raw: list[str], remarks: list[Remark]) -> tuple[RegistrationEvent, ...]:
        events: list[RegistrationEvent] = []
        if started := self.date("registered_on", raw, remarks):
            written = self.text("category", raw, remarks)
            known = category(written, _LABELS["category"], remarks) if written else None
            events.append(RegistrationEvent(REGISTERED, started, category=known))
        for state, prefix in ((CEASED, "ceased"), (STRUCK_OFF, "struck")):
            left = self.date(f"{prefix}_on", raw, remarks)
            if left and (not events or left > events[-1].date):
                code = self.text(f"{prefix}_code", raw, remarks)
                motive = self.text(f"{prefix}_motive", raw, remarks)
                events.append(exit_event(left, code, motive, state, remarks, exits=self.table))
        if not events and not any(said.code == "DATE_INVALIDE" for said in remarks):
            remarks.append(remark("DATE_ABSENTE", column=_LABELS["registered_on"]))
        return tuple(events)


_Events = _ClassicEvents | _WordEvents | _ExtractEvents | _SnapshotEvents
READERS: dict[FileKind, type[_WordEvents | _ExtractEvents | _SnapshotEvents]] = {
    "registration_by_hand": _WordEvents,
    "registration_extract": _ExtractEvents,
    "registration_snapshot": _SnapshotEvents,
}
REQUIRED: dict[FileKind | None, tuple[str, ...]] = {
    "registration_by_hand": MANUAL_REQUIRED,
    "registration_extract": SPIE_REQUIRED,
    "registration_snapshot": SNAPSHOT_REQUIRED,
}


def category(code: str, column: str, remarks: list[Remark]) -> str | None:
    """A registration category (1 to 8, A to G), or None with CODE_INCONNU."""
    written = (clean(code) or "").upper()
    known = written.lstrip("0") or written
    if known in CATEGORIES:
        return known
    remarks.append(remark("CODE_INCONNU", column=column, value=excerpt(code)))
    return None


def exit_event(
    date: dt.date,
    code: str | None,
    motive: str | None,
    exits_as: str,
    remarks: list[Remark],
    months: str | None = None,
    exits: Exits = KNOWN_EXITS,
) -> RegistrationEvent:
    """A cessation or a radiation; the end of a sanction comes from its stated duration in months."""
    known = exit_code(code, motive, exits)
    code = known or code
    meaning = exit_meaning(code, motive)
    if meaning is None and known is None and (code or motive):
        remarks.append(remark("CODE_INCONNU", column="Motif", value=excerpt(code or motive or "")))
    state = exits_as if exits_as != "auto" else meaning.nature if meaning else CEASED
    ends_on = None
    if state == STRUCK_OFF:
        duration = _MONTHS.search(f"{months} mois" if months and months.isdecimal() else months or motive or "")
        if duration and 0 < int(duration[1]) <= _LONGEST_SANCTION_MONTHS:
            ends_on = add_months(date, int(duration[1]))
    return RegistrationEvent(state, date, code, motive, None, ends_on)
