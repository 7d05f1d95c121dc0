"""Who a line of a Pôle emploi list speaks about."""

import datetime as dt
from functools import lru_cache
from typing import Literal

from hub.core.identifiers import BadIdentifier, check_nir, insee_code, pes_keys
from hub.core.tabular import Table, remark
from hub.core.tabular.table import labels
from hub.core.text import name_key
from referrals.imports.cells import fingerprint, names, read_date, text
from referrals.imports.columns import REGISTRATION
from referrals.imports.lines import RegistrationLine

_LABELS = labels(REGISTRATION)
_CACHED_NAMES = 20_000


class IdentityReader:
    """Reads the identity columns of one table; its caches live and die with the import."""

    def __init__(self, table: Table, today: dt.date, *, pes_needed: bool = True) -> None:
        self._pes_level: Literal["error", "warning"] = "error" if pes_needed else "warning"
        at = {name: position for position, name in enumerate(table.columns)}
        self._today = today
        self._nir, self._nir2, self._pes = at.get("nir"), at.get("nir2"), at.get("pes")
        self._last, self._birth, self._married = at.get("last_name"), at.get("birth_name"), at.get("married_name")
        self._first, self._born = at["first_names"], at["birth_date"]
        self._insee, self._city = at.get("insee"), at.get("city")
        self._agencies = [at[name] for name in ("agency", "agency_name", "agency_code") if name in at]
        self._key = lru_cache(_CACHED_NAMES)(name_key)

    def fill(self, read: RegistrationLine) -> None:
        """Set the identity of `read` from its raw cells, with remarks."""
        raw, remarks = read.raw, read.remarks
        self._fill_names(read)
        read.birth_date = read_date(raw[self._born], _LABELS["birth_date"], self._today, remarks, birth=True).value
        if read.birth_date is None and not any(said.column == _LABELS["birth_date"] for said in remarks):
            code = "DATE_INVALIDE" if raw[self._born].strip() else "DATE_ABSENTE"
            remarks.append(remark(code, column=_LABELS["birth_date"], value=raw[self._born].strip()))
        self._fill_nir(read)
        self._fill_pes(read)
        self._fill_place(read)

    def _fill_names(self, read: RegistrationLine) -> None:
        raw, remarks = read.raw, read.remarks
        last = text("last_name", raw[self._last], _LABELS["last_name"], remarks) if self._last is not None else None
        birth = (
            text("birth_name", raw[self._birth], _LABELS["birth_name"], remarks) if self._birth is not None else None
        )
        if self._married is not None:
            birth = birth or last
            last = text("last_name", raw[self._married], _LABELS["married_name"], remarks) or birth
        read.last_name, read.birth_name = names(last, birth, _LABELS["last_name"], remarks)
        first = text("first_names", raw[self._first], _LABELS["first_names"], remarks)
        read.first_names = first if first and self._key(first) else None
        if read.last_name is None:
            remarks.append(remark("NOM_VIDE", column=_LABELS["last_name"], what="nom"))
        if read.first_names is None:
            remarks.append(remark("NOM_VIDE", column=_LABELS["first_names"], what="prénom"))

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

    def _fill_place(self, read: RegistrationLine) -> None:
        raw, remarks = read.raw, read.remarks
        if self._insee is not None:
            try:
                read.insee = insee_code(raw[self._insee])
            except BadIdentifier as bad:
                remarks.append(remark(bad.code, column=_LABELS["insee"]))
        if self._city is not None:
            read.city = text("city", raw[self._city], _LABELS["city"], remarks)
        for position in self._agencies:
            if agency := text("agency", raw[position], _LABELS["agency"], remarks):
                read.agency = agency
                break

    def fingerprint(self, read: RegistrationLine) -> str:
        """SHA-256 of who and what: equal lines say the same thing."""
        key = self._key
        events = ";".join(
            [f"{e.state}:{e.date}:{e.code}:{e.category}:{key(e.motive)}:{e.ends_on}" for e in read.events]
        )
        who = (read.nir13, ",".join(read.pes_keys), key(read.last_name), key(read.birth_name), key(read.first_names))
        return fingerprint((*who, read.birth_date, read.insee, events))


def _is_junk(identifier: str) -> bool:
    """Zeros alone: known junk of Pôle emploi's files, ignored (formats §1.3)."""
    return bool(identifier.strip()) and not identifier.strip().strip("0")


def _bare(nir: str) -> str:
    return "".join(nir.split()).upper()[:13]
