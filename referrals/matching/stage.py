"""The lines of one file in a temporary table, for the time of one transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from hub.core.crypto import keyed_hash
from hub.core.tabular import Remark
from hub.core.text import name_key
from partners.models.files import Verdict
from referrals.imports.lines import PersonLine, RegistrationLine, has_error
from referrals.imports.memo import Memo

# `row_id` is the future key of the ImportRow; `person` and `rule` are filled by matching.
CREATE = """
CREATE TEMP TABLE stage (
  line int NOT NULL, raw text, data jsonb, fingerprint text, problems jsonb, verdict text,
  birth date, nir text, pes varchar[], internal text, fund text, org text, number text, role text,
  last text, birth_name text, first text, first_full text, email text, phone text,
  person uuid, rule text, candidates uuid[]
) ON COMMIT DROP
"""
COLUMNS = (
    "line, raw, data, fingerprint, problems, verdict, birth, nir, pes, internal, fund, org, number, role,"
    " last, birth_name, first, first_full, email, phone"
)
SEPARATOR = "\x1f"  # between the cells of `raw`; parsers have removed control characters from what they keep
Line = PersonLine | RegistrationLine
Key = Memo[str | None, str]
HIDDEN = "•" * 13
_NIR = re.compile(r"[1-8]\d{4}(?:\d\d|2[AB])\d{6}(?:\d\d)?", re.ASCII)
_BLANKS = re.compile(r"[\s.\-]+")
NULL = r"\N"  # of COPY
NO_HOUSEHOLD = (NULL,) * 5
_json = json.JSONEncoder(ensure_ascii=False).encode
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\x00", ""))


def load(rows: Iterable[tuple[Line, dict[str, Any] | str]], *, nir_columns: tuple[int, ...]) -> int:
    """Copy lines with their `data` (or its JSON) into a fresh `stage`; returns how many. No NIR reaches it in clear."""
    count = 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS stage")
        cursor.execute(CREATE)
        with cursor.copy(f"COPY stage ({COLUMNS}) FROM STDIN") as copy:
            for block in _blocks(rows, nir_columns):
                copy.write(block)
                count += block.count("\n")
        # Sizes are enough: a full sample costs more. Joins of a whole file stay in memory.
        cursor.execute("SET LOCAL default_statistics_target = 10; SET LOCAL work_mem = '64MB'")
        cursor.execute("ANALYZE stage")
    return count


def _blocks(rows: Iterable[tuple[Line, dict[str, Any] | str]], nir_columns: tuple[int, ...]) -> Iterator[str]:
    block: list[str] = []
    key = Memo(name_key)
    for line, data in rows:
        block.append("\t".join(_cells(line, data, nir_columns, key)))
        if len(block) == 1000:
            yield "\n".join(block) + "\n"
            block.clear()
    if block:
        yield "\n".join(block) + "\n"


def _cells(line: Line, data: dict[str, Any] | str, nir_columns: tuple[int, ...], key: Key) -> tuple[str, ...]:
    """One line in COPY's text format. Keys hold letters, digits and spaces only: they need no escaping."""
    first_full = key[line.first_names]
    return (
        str(line.line),
        _text(SEPARATOR.join(_without_nir(line, nir_columns))),
        _text(data if isinstance(data, str) else _json(data)),
        line.fingerprint or NULL,
        _text(_json([_problem(said) for said in line.remarks])) if line.remarks else "[]",
        _verdict(line.remarks),
        line.birth_date.isoformat() if line.birth_date else NULL,
        keyed_hash(line.nir13) if line.nir13 else NULL,
        "{" + ",".join(line.pes_keys) + "}",
        *(_household(line) if isinstance(line, PersonLine) else NO_HOUSEHOLD),
        key[line.last_name] or NULL,
        key[line.birth_name] or NULL,
        first_full.partition(" ")[0] or NULL,
        first_full or NULL,
        *((_text(line.email), _text(line.phone)) if isinstance(line, PersonLine) else (NULL, NULL)),
    )


def _household(line: PersonLine) -> tuple[str, ...]:
    told = (line.internal_id, line.caf_fund, line.caf_org, line.caf_number, line.caf_role)
    return tuple(_text(value) for value in told)


def _text(value: str | None) -> str:
    if not value:
        return NULL
    if value.isprintable() and "\\" not in value:  # one search instead of five
        return value
    for character, escaped in _ESCAPES:  # five searches in C cost a tenth of one `translate`
        value = value.replace(character, escaped)
    return value


def _problem(said: Remark) -> dict[str, str]:
    return {"code": said.code, "level": said.level, "message": said.message, "column": said.column or ""}


def _verdict(remarks: list[Remark]) -> str:
    if not remarks:
        return NULL
    if has_error(remarks):
        return Verdict.REJECTED
    if any(said.code == "DOUBLON_FICHIER" for said in remarks):
        return Verdict.DUPLICATE
    return NULL


def _without_nir(line: Line, nir_columns: tuple[int, ...]) -> list[str]:
    """The cells as brought, numbers of social security hidden: this copy is kept for the rejects file only.

    A line with a cell too many or too few has its number in another column: there it is known by its form.
    """
    if not nir_columns:
        return line.raw
    hidden = line.raw.copy()
    for at in nir_columns:
        if at < len(hidden) and hidden[at]:
            hidden[at] = HIDDEN
    return [HIDDEN if _NIR.fullmatch(_BLANKS.sub("", cell)) else cell for cell in hidden] if line.remarks else hidden
