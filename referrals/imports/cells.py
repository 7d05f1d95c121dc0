"""Reading one cell at a time with its remark: shared by the parsers."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable

from hub.core.dates import DateRead, parse_date
from hub.core.tabular import Remark, remark
from hub.core.tabular.problems import excerpt
from hub.core.text import clean, name_key

_BORN_AS = re.compile(r"\s+n[ée]+e?\s+", re.IGNORECASE)
_MARRIED_AS = re.compile(r"\s+[ée]pouse\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[()]\s*")
_OTHER_LIMIT = 255
_FIELD_LIMITS = {
    "last_name": 100, "birth_name": 100, "first_names": 100, "internal_id": 40, "email": 254, "address": 255,
    "city": 100, "organization_hint": 200, "motive": 250, "agency": 100, "code": 10, "pes": 40,
}  # fmt: skip


def text(field: str, cell: str, column: str, remarks: list[Remark]) -> str | None:
    """A cleaned cell, or None with its remark when it is longer than what the hub stores."""
    value = clean(cell)
    if value is not None and len(value) > (limit := _FIELD_LIMITS.get(field, _OTHER_LIMIT)):
        remarks.append(remark("CELLULE_TROP_LONGUE", column=column, found=len(value), limit=limit))
        return None
    return value


def is_too_long(remarks: Iterable[Remark], column: str = "") -> bool:
    """Was a cell (of this column) left aside because it is too long? It is not empty."""
    return any(said.code == "CELLULE_TROP_LONGUE" and column in ("", said.column) for said in remarks)


def read_date(cell: str, column: str, today: dt.date, remarks: list[Remark], *, birth: bool = False) -> DateRead:
    """A date with its remarks added; the error of a partial birth date is left to the caller."""
    read = parse_date(clean(cell), today=today, birth=birth)
    if read.error and not read.partial:
        remarks.append(remark(read.error, column=column, value=excerpt(cell.strip())))
    if read.warning and read.value:
        shown = f"{read.value:%d/%m/%Y}"
        remarks.append(remark(read.warning, column=column, value=excerpt(cell.strip()), read=shown))
    return read


def split_names(written: str) -> tuple[str, str] | None:
    """(used name, birth name) of "X née Y", "Y épouse X", "Y (épouse X)"; None when there is nothing to split."""
    if len(written) < 5:
        return None
    flat = f" {_BRACKETS.sub(' ', written).strip()} "
    for pattern, birth_first in ((_BORN_AS, False), (_MARRIED_AS, True)):
        parts = [part.strip() for part in pattern.split(flat, maxsplit=1)]
        if len(parts) == 2 and all(parts):
            return (parts[1], parts[0]) if birth_first else (parts[0], parts[1])
    return None


def without_brackets(written: str) -> str:
    """A name without what stands in parentheses."""
    return re.sub(r"\s*\([^)]*\)?", " ", written).strip()


def names(last: str | None, birth: str | None, column: str, remarks: list[Remark]) -> tuple[str | None, str | None]:
    """Used name and birth name, split when one cell holds both; a name made of signs only is empty."""
    if last is not None and not name_key(last):
        last = None
    if last is None:
        return birth, birth
    if "(" not in last and " " not in last:
        return last, birth
    if pair := split_names(last):
        remarks.append(remark("NOM_PARENTHESES", column=column, used=excerpt(pair[0]), birth=excerpt(pair[1])))
        return pair[0], birth or pair[1]
    if "(" in last:
        kept = without_brackets(last)
        remarks.append(remark("NOM_PARENTHESES", column=column, used=excerpt(kept), birth=excerpt(birth or kept)))
        return kept or None, birth
    return last, birth


def fingerprint(values: Iterable[object]) -> str:
    """SHA-256 of the normalised values of a line: equal when nothing that matters has changed."""
    written = "\x1f".join("" if value is None else str(value) for value in values)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
