"""Who a line of a Pôle emploi list speaks about."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Literal

from hub.core.identifiers import BadIdentifier, check_nir, insee_code, pes_keys
from hub.core.tabular import Remark, Table, remark
from hub.core.tabular.table import labels
from hub.core.text import name_key
from referrals.imports.cells import names, read_date, text
from referrals.imports.columns import REGISTRATION
from referrals.imports.lines import RegistrationEvent, RegistrationLine
from referrals.imports.memo import Memo, picker

_LABELS = labels(REGISTRATION)
_NAMES = ("last_name", "birth_name", "married_name")
_PLACE = ("insee", "city", "agency", "agency_name", "agency_code")
IDENTITY = frozenset(("nir", "nir2", "pes", "opaque_id", "first_names", "birth_date", *_NAMES, *_PLACE))
"""The columns read here; what happened stands in the others."""

_Cells = tuple[str, ...]
_Said = tuple[Remark, ...]


class IdentityReader:
    """Reads the identity columns of one table; what it remembers lives and dies with the import."""

    def __init__(self, table: Table, today: dt.date, *, pes_needed: bool = True) -> None:
        self._pes_level: Literal["error", "warning"] = "error" if pes_needed else "warning"
        at = {name: position for position, name in enumerate(table.columns)}
        self._today = today
        self._nir, self._nir2, self._pes = at.get("nir"), at.get("nir2"), at.get("pes")
        self._first, self._born = at["first_names"], at["birth_date"]
        self._name_columns, self._name_cells = _columns(at, _NAMES)
        self._place_columns, self._place_cells = _columns(at, _PLACE)
        self._names = Memo(self._read_names)
        self._first_names = Memo(self._read_first_names)
        self._births = Memo(self._read_birth)
        self._places = Memo(self._read_place)
        self._keys = Memo(name_key)
        self._events = Memo(self._events_key)

    def fill(self, read: RegistrationLine) -> None:
        """Set the identity of `read` from its raw cells, with remarks."""
        raw, remarks = read.raw, read.remarks
        read.last_name, read.birth_name, said = self._names[self._name_cells(raw)]
        read.first_names, more = self._first_names[raw[self._first]]
        read.birth_date, most = self._births[raw[self._born]]
        if said or more or most:
            remarks += said + more + most
        self._fill_nir(read)
        self._fill_pes(read)
        read.insee, read.city, read.agency, said = self._places[self._place_cells(raw)]
        remarks += said

    def _read_names(self, cells: _Cells) -> tuple[str | None, str | None, _Said]:
        remarks: list[Remark] = []
        found = {name: text(name, cell, _LABELS[name], remarks) for name, cell in zip(self._name_columns, cells)}
        last, birth = found.get("last_name"), found.get("birth_name")
        if "married_name" in found:
            birth = birth or last
            last = found["married_name"] or birth
        last, birth = names(last, birth, _LABELS["last_name"], remarks)
        if last is None:
            remarks.append(remark("NOM_VIDE", column=_LABELS["last_name"], what="nom"))
        return last, birth, tuple(remarks)

    def _read_first_names(self, cell: str) -> tuple[str | None, _Said]:
        remarks: list[Remark] = []
        first = text("first_names", cell, _LABELS["first_names"], remarks)
        if first and self._keys[first]:
            return first, tuple(remarks)
        return None, (*remarks, remark("NOM_VIDE", column=_LABELS["first_names"], what="prénom"))

    def _read_birth(self, cell: str) -> tuple[dt.date | None, _Said]:
        remarks: list[Remark] = []
        born = read_date(cell, _LABELS["birth_date"], self._today, remarks, birth=True).value
        if born is None and not remarks:
            code = "DATE_INVALIDE" if cell.strip() else "DATE_ABSENTE"
            remarks.append(remark(code, column=_LABELS["birth_date"], value=cell.strip()))
        return born, tuple(remarks)

    def _fill_nir(self, read: RegistrationLine) -> None:
        if self._nir is None:
            return
        cell = read.raw[self._nir]
        twice = cell if self._nir2 is None else read.raw[self._nir2]
        if twice != cell and _bare(twice) != _bare(cell):
            read.remarks.append(remark("NIR_DIFFERENTS", column=_LABELS["nir"]))
            return
        checked = check_nir(cell, birth_date=read.birth_date)
        read.nir13 = checked.nir13
        for code in checked.errors + checked.warnings:
            read.remarks.append(remark(code, column=_LABELS["nir"], level="warning"))

    def _fill_pes(self, read: RegistrationLine) -> None:
        """Mandatory in Pôle emploi's own lists; made by hand, a list may do without."""
        if self._pes is None:
            return
        read.pes_raw = text("pes", read.raw[self._pes], _LABELS["pes"], read.remarks)
        read.pes_keys = pes_keys(read.pes_raw)
        if not read.pes_keys and (read.pes_raw or self._pes_level == "error"):
            level = "warning" if _is_junk(read.pes_raw or "") else self._pes_level
            read.remarks.append(remark("ID_FT_FORMAT", column=_LABELS["pes"], level=level))

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

    def fingerprint(self, read: RegistrationLine) -> str:
        """SHA-256 of who and what: equal lines say the same thing."""
        key = self._keys
        said = (
            f"{read.nir13 or ''}\x1f{','.join(read.pes_keys)}\x1f{key[read.last_name]}\x1f{key[read.birth_name]}\x1f"
            f"{key[read.first_names]}\x1f{read.birth_date or ''}\x1f{read.insee or ''}\x1f{self._events[read.events]}"
        )
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    def _events_key(self, events: tuple[RegistrationEvent, ...]) -> str:
        return ";".join(f"{e.state}:{e.date}:{e.code}:{e.category}:{self._keys[e.motive]}:{e.ends_on}" for e in events)


def _columns(at: dict[str, int], wanted: tuple[str, ...]) -> tuple[list[str], Callable[[list[str]], _Cells]]:
    """Which of these columns the table has, and how their cells are taken from a line."""
    present = [name for name in wanted if name in at]
    return present, picker([at[name] for name in present])


def _is_junk(identifier: str) -> bool:
    """Zeros alone: known junk of Pôle emploi's files, ignored (formats §1.3)."""
    return bool(identifier.strip()) and not identifier.strip().strip("0")


def _bare(nir: str) -> str:
    return "".join(nir.split()).upper()[:13]
