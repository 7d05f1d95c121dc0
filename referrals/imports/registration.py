"""Pôle emploi's lists: the four classic kinds (by titles or by position), snapshot, extract, made by hand.

A NIR with a bad key never rejects a line here: it is dropped with a warning, and names and birth date remain.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial

from hub.core.tabular import (
    DEFAULT_LIMITS,
    Choice,
    ColumnsProblem,
    FileProblem,
    Limits,
    Source,
    Table,
    read_table,
    remark,
)
from hub.core.tabular.problems import notice
from hub.core.tabular.table import labels, require_columns
from referrals.imports.asides import aside_reader
from referrals.imports.codes import KNOWN_EXITS, Exits, situation
from referrals.imports.columns import (
    CLASSIC_LAYOUTS,
    CLASSIC_REQUIRED,
    MANUAL_REQUIRED,
    REGISTRATION,
    SNAPSHOT_REQUIRED,
    SPIE_REQUIRED,
)
from referrals.imports.detect import explain, kind_of_registration, kind_of_titles, require_kind
from referrals.imports.lines import FileKind, Parsed, RegistrationLine, SeenKeys, has_error
from referrals.imports.registration_events import ExitsAs, events_reader
from referrals.imports.registration_identity import IdentityReader
from referrals.imports.skim import Sieve, Skim
from referrals.imports.told import month_told

_LABELS = labels(REGISTRATION)
FIELDS = tuple(_LABELS.items())
REQUIRED: dict[FileKind | None, tuple[str, ...]] = {
    "registration_by_hand": MANUAL_REQUIRED,
    "registration_extract": SPIE_REQUIRED,
    "registration_snapshot": SNAPSHOT_REQUIRED,
}
Watch = Callable[[Iterator[tuple[int, list[str]]]], Iterator[tuple[int, list[str]]]]


@dataclass(slots=True, kw_only=True)
class ParsedList(Parsed[RegistrationLine]):
    """`sifted` gives the rows instead, watched as they are read, without the strangers that a sieve stops."""

    sifted: Callable[[Watch, Sieve | None], Iterator[RegistrationLine]]


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
) -> ParsedList:
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
) -> ParsedList:
    read = partial(_lines, table, known, today, exits_as, exits, undated)
    return ParsedList(
        known,
        table.headers,
        table.columns,
        table.warnings,
        read(),
        table.encoding,
        table.separator,
        survey=table.survey,
        sifted=read,
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
    table: Table,
    kind: FileKind,
    today: dt.date,
    exits_as: ExitsAs,
    exits: Exits,
    undated: dt.date | None,
    watch: Watch = iter,
    sieve: Sieve | None = None,
) -> Iterator[RegistrationLine]:
    identity = IdentityReader(table, today, pes_needed=kind not in ("registration_by_hand", "registration_extract"))
    events = events_reader(kind, table, today, exits_as, exits, undated)
    seen, aside = SeenKeys(), aside_reader(table.headers)
    rows = watch(table.rows())
    if sieve:
        rows = Skim(sieve, identity.skim, events.skim, seen, table.problems).left(rows)
    for line, raw in rows:
        if wrong := table.problems.pop(line, None):
            # Cells out of their columns would be read as something else: the shape alone is said.
            read = RegistrationLine(line, raw, wrong)
        else:
            read = identity.read(line, raw, events.told)
            if first := seen.first_line(read.said, line):
                read.remarks.append(remark("DOUBLON_FICHIER", first=first))
        if read.remarks and has_error(read.remarks) and (nobody := aside(raw)):
            read.remarks = [nobody]
        if not (sieve and sieve.stops(read)):
            yield read
