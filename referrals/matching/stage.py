"""The lines of one file in a temporary table, for the time of one transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection

from hub.core.ahead import ahead
from hub.core.crypto import hasher
from hub.core.tabular import Remark
from hub.core.text import name_key
from partners.models.files import Verdict
from referrals.imports.lines import PersonLine, RegistrationLine, has_error, has_verdict
from referrals.imports.memo import Memo
from referrals.matching.known import gather

# `person`, `rule` and `candidates` are filled by matching, which reads the first columns most: the wide ones are last.
CREATE = """
CREATE TEMP TABLE stage (
  line int NOT NULL, person uuid, verdict text, rule text, candidates uuid[],
  birth date, nir text, pes varchar[], last text, birth_name text, first text, first_full text,
  internal text, fund text, org text, number text, role text, email text, phone text,
  fingerprint text, problems jsonb, data jsonb, raw text
) ON COMMIT DROP
"""
COLUMNS = (
    "line, raw, data, fingerprint, problems, verdict, birth, nir, pes, last, birth_name, first, first_full,"
    " internal, fund, org, number, role, email, phone"
)
COMPARED = "line, person, verdict, rule, candidates, birth, nir, pes, last, birth_name, first_full"
SEPARATOR = "\x1f"  # between the cells of `raw`; parsers have removed control characters from what they keep
Line = TypeVar("Line", PersonLine, RegistrationLine)
HIDDEN = "•" * 13
_NIR = re.compile(r"[1-8]\d{4}(?:\d\d|2[AB])\d{6}(?:\d\d)?", re.ASCII)
_BLANKS = re.compile(r"[\s.\-]+")
NULL = r"\N"  # of COPY
BLOCK = 200  # lines written at once: each is held three times
CHUNK = 25  # blocks matched at once: each time, everybody known is looked at
NO_PERSON = "\t".join((NULL,) * 7)
NO_PROBLEM = f"[]\t{NULL}"
_json = json.JSONEncoder(ensure_ascii=False).encode
BACKSLASH, TWO = "\\", "\\\\"
_ESCAPES = ((BACKSLASH, TWO), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\x00", ""))


def load(
    department_id: UUID,
    lines: Iterable[Line],
    data: Callable[[Line], dict[str, Any] | str],
    *,
    nir_columns: tuple[int, ...],
    secret: bool = False,
) -> None:
    """Copy lines with their `data` (or its JSON) into a fresh `stage`, and everybody `known` beside it. No NIR reaches
    it in clear.

    `secret`: nothing of these lines outlives `stage`, not even in the planner's statistics.
    """
    for _ in chunks(department_id, lines, data, nir_columns=nir_columns, whole=True, secret=secret):
        pass


def chunks(
    department_id: UUID,
    lines: Iterable[Line],
    data: Callable[[Line], dict[str, Any] | str],
    *,
    nir_columns: tuple[int, ...],
    whole: bool = False,
    secret: bool = False,
) -> Iterator[int]:
    """The same, `CHUNK` blocks at a time unless `whole`: how many lines `stage` holds, in the place of the former ones.

    The next ones are read meanwhile.
    """
    with connection.cursor() as cursor, ahead(_blocks(_Written(nir_columns), lines, data), CHUNK) as written:
        gather(department_id)
        cursor.execute("DROP TABLE IF EXISTS stage")
        cursor.execute(CREATE)
        analysed = False
        for first in written:
            held = 0
            cursor.execute("TRUNCATE stage")
            with cursor.copy(f"COPY stage ({COLUMNS}) FROM STDIN") as copy:
                for block in chain([first], islice(written, None if whole else CHUNK - 1)):
                    copy.write(block.text)
                    held += block.lines
            if not analysed:  # the others are like the first
                cursor.execute("ANALYZE stage (line)" if secret else f"ANALYZE stage ({COMPARED})")
                analysed = True
            yield held


class _Block(NamedTuple):
    """Lines as COPY reads them, and how many."""

    text: bytes
    lines: int


def _blocks(
    written: _Written,
    lines: Iterable[Line],
    data: Callable[[Line], dict[str, Any] | str],
) -> Iterator[_Block]:
    hashed = hasher()
    block: list[str] = []
    for line in lines:
        number = hashed(line.nir13) if line.nir13 else None
        block.append(written.line(line, data(line), number))
        if len(block) == BLOCK:
            yield _Block("".join(block).encode(), BLOCK)
            block.clear()
    if block:
        yield _Block("".join(block).encode(), len(block))


class _Written:
    """Lines in COPY's text format. Keys hold letters, digits and spaces only: they need no escaping."""

    def __init__(self, nir_columns: tuple[int, ...]) -> None:
        self._nir_columns = nir_columns
        self._names = Memo(_name)
        self._first_names = Memo(_first_names)

    def line(self, line: PersonLine | RegistrationLine, data: dict[str, Any] | str, number: str | None) -> str:
        remarks = line.remarks
        person = _person(line) if isinstance(line, PersonLine) else NO_PERSON
        said = data if isinstance(data, str) else _json(data)
        born = line.birth_date.isoformat() if line.birth_date else NULL
        return (
            f"{line.line}\t{_escaped(SEPARATOR.join(_without_nir(line, self._nir_columns)))}\t"
            f"{said.replace(BACKSLASH, TWO)}\t{line.fingerprint or NULL}\t"  # JSON escapes the others
            f"{_problems(remarks) if remarks else NO_PROBLEM}\t{born}\t"
            f"{number or NULL}\t{{{','.join(line.pes_keys)}}}\t"
            f"{self._names[line.last_name]}\t{self._names[line.birth_name]}\t{self._first_names[line.first_names]}\t"
            f"{person}\n"
        )


def _name(said: str | None) -> str:
    return name_key(said) or NULL


def _first_names(said: str | None) -> str:
    """The first token, and the whole."""
    full = name_key(said)
    return f"{full.partition(' ')[0]}\t{full}" if full else f"{NULL}\t{NULL}"


def _person(line: PersonLine) -> str:
    household = (line.internal_id, line.caf_fund, line.caf_org, line.caf_number, line.caf_role)
    return "\t".join(_text(value) for value in (*household, line.email, line.phone))


def _text(value: str | None) -> str:
    return _escaped(value) if value else NULL


def _escaped(value: str) -> str:
    for character, escaped in _ESCAPES:  # five searches in C cost a tenth of one `translate`
        value = value.replace(character, escaped)
    return value


def _problems(remarks: list[Remark]) -> str:
    """What is said of a line, and the verdict it makes."""
    said = _json([_problem(said) for said in remarks])
    return f"{said.replace(BACKSLASH, TWO)}\t{_verdict(remarks)}"


def _problem(said: Remark) -> dict[str, str]:
    return {"code": said.code, "level": said.level, "message": said.message, "column": said.column or ""}


def _verdict(remarks: list[Remark]) -> str:
    if has_error(remarks):
        return Verdict.REJECTED
    return Verdict.DUPLICATE if has_verdict(remarks) else NULL


def _without_nir(line: PersonLine | RegistrationLine, nir_columns: tuple[int, ...]) -> list[str]:
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
