"""What a line of a Pôle emploi list says happened: a registration, a cessation, a radiation."""

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal

from hub.core.dates import add_months
from hub.core.tabular import Remark, Table, remark
from hub.core.tabular.problems import excerpt
from hub.core.tabular.table import labels
from hub.core.text import clean, name_key
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
from referrals.imports.columns import REGISTRATION
from referrals.imports.lines import FileKind, RegistrationEvent
from referrals.imports.memo import MOST, picker
from referrals.imports.registration_identity import IDENTITY
from referrals.imports.skim import Column, Happened

ExitsAs = Literal["auto", "ceased", "struck_off"]

_LABELS = labels(REGISTRATION)
_MONTHS = re.compile(r"(\d{1,2})\s*mois", re.IGNORECASE)
_LONGEST_SANCTION_MONTHS = 36
_FARTHEST_FUTURE = dt.timedelta(days=366)


class _Cells(ABC):
    """Positions of the columns of one table; a column that is not there reads as empty."""

    def __init__(self, table: Table, today: dt.date) -> None:
        self.at = {name: position for position, name in enumerate(table.columns)}
        self.today = today
        self.undated: dt.date | None = None  # when there is no column of dates
        self.table = KNOWN_EXITS
        self._positions = [position for name, position in self.at.items() if name not in IDENTITY]
        self._pick = picker(self._positions)
        self._known: dict[tuple[str, ...], Happened] = {}

    @abstractmethod
    def read(self, raw: list[str], remarks: list[Remark]) -> tuple[RegistrationEvent, ...]:
        """The events of a line, with remarks."""

    def told(self, raw: list[str], remarks: list[Remark]) -> tuple[tuple[RegistrationEvent, ...], str]:
        """The same with how they are compared, read once for the lines that say the same."""
        if remarks:  # what was said of the identity may change what is said here
            events = self.read(raw, remarks)
            return events, _compared(events)
        events, said, key = self._happened(self._pick(raw), raw)
        remarks += said
        return events, key

    def skim(self, cells: list[Column], rows: Sequence[list[str]]) -> list[Happened]:
        """The same for each line of a block."""
        told = list(zip(*(cells[at] for at in self._positions)))
        known = map(self._known.get, told)
        return [found or self._happened(cell, raw) for found, cell, raw in zip(known, told, rows)]

    def _happened(self, cells: tuple[str, ...], raw: list[str]) -> Happened:
        found = self._known.get(cells)
        if found is None:
            remarks: list[Remark] = []
            events = self.read(raw, remarks)
            found = Happened(events, tuple(remarks), _compared(events))
            if len(self._known) < MOST:
                self._known[cells] = found
        return found

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


Events = _ClassicEvents | _WordEvents | _ExtractEvents | _SnapshotEvents
_READERS: dict[FileKind, type[_WordEvents | _ExtractEvents | _SnapshotEvents]] = {
    "registration_by_hand": _WordEvents,
    "registration_extract": _ExtractEvents,
    "registration_snapshot": _SnapshotEvents,
}


def events_reader(
    kind: FileKind, table: Table, today: dt.date, exits_as: ExitsAs, exits: Exits, undated: dt.date | None
) -> Events:
    """How the events of such a table are read; `undated` is their date where no column tells it."""
    reader = _READERS[kind](table, today) if kind in _READERS else _ClassicEvents(table, today, exits_as)
    reader.undated, reader.table = undated, exits
    return reader


def _compared(events: tuple[RegistrationEvent, ...]) -> str:
    return ";".join(f"{e.state}:{e.date}:{e.code}:{e.category}:{name_key(e.motive)}:{e.ends_on}" for e in events)


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
    if meaning is None and known is None and code:  # a motive in words is free text (formats §2.3), kept as it is
        remarks.append(remark("CODE_INCONNU", column="Motif", value=excerpt(code)))
    state = exits_as if exits_as != "auto" else meaning.nature if meaning else CEASED
    ends_on = None
    if state == STRUCK_OFF:
        duration = _MONTHS.search(f"{months} mois" if months and months.isdecimal() else months or motive or "")
        if duration and 0 < int(duration[1]) <= _LONGEST_SANCTION_MONTHS:
            ends_on = add_months(date, int(duration[1]))
    return RegistrationEvent(state, date, code, motive, None, ends_on)
