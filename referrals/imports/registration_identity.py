"""Who a line of a Pôle emploi list speaks about."""

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import repeat
from operator import ne, not_, or_
from typing import Literal

from hub.core.dates import is_birth_date, plain_date
from hub.core.identifiers import BadIdentifier, check_nir, insee_code, nir13_of, pes_keys
from hub.core.tabular import Remark, Table, remark
from hub.core.tabular.table import labels
from hub.core.text import name_key
from referrals.imports.cells import is_too_long, names, read_date, text
from referrals.imports.columns import REGISTRATION
from referrals.imports.lines import RegistrationEvent, RegistrationLine
from referrals.imports.memo import Memo, picker
from referrals.imports.skim import Column, Identities

_LABELS = labels(REGISTRATION)
_NAMES = ("last_name", "birth_name", "married_name")
_PLACE = ("insee", "city", "agency", "agency_name", "agency_code")
IDENTITY = frozenset(("nir", "nir2", "pes", "opaque_id", "first_names", "birth_date", *_NAMES, *_PLACE))
"""The columns read here; what happened stands in the others."""

_Cells = tuple[str, ...]
_Said = tuple[Remark, ...]
_EventsOf = Callable[[list[str], list[Remark]], tuple[tuple[RegistrationEvent, ...], str]]


class IdentityReader:
    """Reads the identity columns of one table; what it remembers lives and dies with the import."""

    def __init__(self, table: Table, today: dt.date, *, pes_needed: bool = True) -> None:
        self._pes_level: Literal["error", "warning"] = "error" if pes_needed else "warning"
        at = {name: position for position, name in enumerate(table.columns)}
        self._today = today
        self._nir, self._nir2, self._pes = at.get("nir"), at.get("nir2"), at.get("pes")
        self._first, self._born = at["first_names"], at["birth_date"]
        self._name_columns = [name for name in _NAMES if name in at]
        self._place_columns = [name for name in _PLACE if name in at]
        self._names_at = [at[name] for name in self._name_columns]
        self._places_at = [at[name] for name in self._place_columns]
        self._name_cells, self._place_cells = picker(self._names_at), picker(self._places_at)
        self._names = Memo(self._read_names)
        self._first_names = Memo(self._read_first_names)
        self._births = Memo(self._read_birth)
        self._places = Memo(self._read_place)

    def read(self, line: int, raw: list[str], events_of: _EventsOf) -> RegistrationLine:
        """A line as its cells say it, with remarks; `events_of` reads what happened, and how it is compared."""
        remarks: list[Remark] = []
        last, birth_name, last_key, birth_key, said = self._names[self._name_cells(raw)]
        first, first_key, more = self._first_names[raw[self._first]]
        born, born_text, most = self._births[raw[self._born]]
        if said or more or most:
            remarks += said + more + most
        nir13 = None if self._nir is None else self._read_nir(raw, self._nir, born, remarks)
        pes, keys = (None, ()) if self._pes is None else self._read_pes(raw[self._pes], remarks)
        insee, city, agency, said = self._places[self._place_cells(raw)]
        if said:
            remarks += said
        events, happened = events_of(raw, remarks)
        who = (nir13 or "", ",".join(keys), last_key, birth_key, first_key, born_text, insee or "")
        return RegistrationLine(
            line, raw, remarks, nir13, pes, keys, last, birth_name, first, born, insee, city, agency, events,
            (*who, happened),
        )  # fmt: skip

    def skim(self, cells: list[Column]) -> Identities:
        """The same for the columns of a block, as far as lines are compared."""
        lines = len(cells[self._first])
        _, _, lasts, births, of_names = zip(*map(self._names.__getitem__, _across(cells, self._names_at, lines)))
        _, firsts, of_firsts = zip(*map(self._first_names.__getitem__, cells[self._first]))
        _, borns, of_births = zip(*map(self._births.__getitem__, cells[self._born]))
        insees, cities, agencies, of_places = zip(
            *map(self._places.__getitem__, _across(cells, self._places_at, lines))
        )
        nirs = [""] * lines if self._nir is None else list(map(nir13_of, cells[self._nir]))
        odd = list(map(any, zip(of_names, of_firsts, of_births, of_places)))
        if self._nir is not None and self._nir2 is not None and cells[self._nir] != cells[self._nir2]:
            odd = list(map(or_, odd, map(ne, cells[self._nir], cells[self._nir2])))
        pes = [""] * lines
        if self._pes is not None:
            pes = [",".join(pes_keys(cell)) if cell.isalnum() else "" for cell in cells[self._pes]]
            odd = list(map(or_, odd, map(not_, pes)))
        insee = [code or "" for code in insees]
        return Identities(nirs, pes, lasts, births, firsts, borns, insee, cities, agencies, odd)

    def _read_names(self, cells: _Cells) -> tuple[str | None, str | None, str, str, _Said]:
        remarks: list[Remark] = []
        found = {name: text(name, cell, _LABELS[name], remarks) for name, cell in zip(self._name_columns, cells)}
        last, birth = found.get("last_name"), found.get("birth_name")
        if "married_name" in found:
            birth = birth or last
            last = found["married_name"] or birth
        last, birth = names(last, birth, _LABELS["last_name"], remarks)
        if last is None and not is_too_long(remarks):
            remarks.append(remark("NOM_VIDE", column=_LABELS["last_name"], what="nom"))
        return last, birth, name_key(last), name_key(birth), tuple(remarks)

    def _read_first_names(self, cell: str) -> tuple[str | None, str, _Said]:
        remarks: list[Remark] = []
        first = text("first_names", cell, _LABELS["first_names"], remarks)
        if key := name_key(first):
            return first, key, tuple(remarks)
        if not is_too_long(remarks):
            remarks.append(remark("NOM_VIDE", column=_LABELS["first_names"], what="prénom"))
        return None, "", tuple(remarks)

    def _read_birth(self, cell: str) -> tuple[dt.date | None, str, _Said]:
        if (plain := plain_date(cell)) and is_birth_date(plain, self._today):
            return plain, str(plain), ()
        remarks: list[Remark] = []
        born = read_date(cell, _LABELS["birth_date"], self._today, remarks, birth=True).value
        if born is None and not remarks:
            code = "DATE_INVALIDE" if cell.strip() else "DATE_ABSENTE"
            remarks.append(remark(code, column=_LABELS["birth_date"], value=cell.strip()))
        return born, str(born or ""), tuple(remarks)

    def _read_nir(self, raw: list[str], at: int, born: dt.date | None, remarks: list[Remark]) -> str | None:
        cell = raw[at]
        twice = cell if self._nir2 is None else raw[self._nir2]
        if twice != cell and _bare(twice) != _bare(cell):
            if not _bare(twice) or not _bare(cell):  # written once: nothing contradicts it
                return self._checked_nir(cell if _bare(cell) else twice, born, remarks)
            remarks.append(remark("NIR_DIFFERENTS", column=_LABELS["nir"]))
            return None
        return self._checked_nir(cell, born, remarks)

    def _checked_nir(self, cell: str, born: dt.date | None, remarks: list[Remark]) -> str | None:
        nir13, errors, warnings = check_nir(cell, birth_date=born)
        if errors or warnings:
            remarks += [remark(code, column=_LABELS["nir"], level="warning") for code in errors + warnings]
        return nir13

    def _read_pes(self, cell: str, remarks: list[Remark]) -> tuple[str | None, tuple[str, ...]]:
        """Expected in Pôle emploi's own lists; made by hand, a list may do without.

        A wrong one may be somebody else's and rejects the line; without any, the other levels of formats §1.6 remain.
        """
        keys = pes_keys(cell)
        if keys and cell.isalnum():  # nothing to clean
            return cell, keys
        said = text("pes", cell, _LABELS["pes"], remarks)
        keys = pes_keys(said)
        if said and not keys:
            level = "warning" if _is_junk(said) else self._pes_level
            remarks.append(remark("ID_FT_FORMAT", column=_LABELS["pes"], level=level))
        elif not said and self._pes_level == "error":
            remarks.append(remark("ID_FT_ABSENT", column=_LABELS["pes"]))
        return said, keys

    def _read_place(self, cells: _Cells) -> tuple[str | None, str | None, str | None, _Said]:
        remarks: list[Remark] = []
        found = dict(zip(self._place_columns, cells))
        insee = agency = None
        try:
            insee = insee_code(found.pop("insee", None))
        except BadIdentifier as bad:
            remarks.append(remark(bad.code, column=_LABELS["insee"]))
        city = text("city", found.pop("city", ""), _LABELS["city"], remarks)
        for cell in found.values():
            if agency := text("agency", cell, _LABELS["agency"], remarks):
                break
        return insee, city, agency, tuple(remarks)


def _across(cells: list[Column], positions: list[int], lines: int) -> Iterable[_Cells]:
    """The cells of each line at these positions, as `picker` takes them from one."""
    return zip(*(cells[position] for position in positions)) if positions else repeat((), lines)


def _is_junk(identifier: str) -> bool:
    """Zeros alone: known junk of Pôle emploi's files, ignored (formats §1.3)."""
    return bool(identifier.strip()) and not identifier.strip().strip("0")


def _bare(nir: str) -> str:
    return "".join(nir.split()).upper()[:13]
