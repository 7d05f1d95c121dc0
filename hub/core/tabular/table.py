"""A table with known columns, found by the titles of its header row or by position."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import itemgetter
from typing import Literal

from hub.core.tabular.limits import DEFAULT_LIMITS, Limits
from hub.core.tabular.problems import FileProblem, Remark, notice, refusal, remark
from hub.core.tabular.sheet import Row, Sheet, open_sheets
from hub.core.tabular.sniff import Source
from hub.core.tabular.survey import Choice, ColumnsProblem, Header, Survey, guessed_header, known_title, surveyed
from hub.core.text import header_key

Aliases = Mapping[str, Sequence[str]]
"""Canonical column -> titles seen in real files; the first one is the name shown to people."""

Layouts = Mapping[int, Sequence[str | None]]
"""Number of columns -> canonical column of each position; None for what is not kept."""

_HEADER_LINES = 10
_SURVEYED_LINES = 30
COLUMNS = ("COLONNES_MANQUANTES", "COLONNE_EN_DOUBLE")  # what choosing the columns by hand can mend
_MOST_MATCHES_ASKED = 3
_HELP_COLUMN = "__ignore__"
_TRUE = frozenset({"true", "vrai", "1", "oui", "o", "x"})
_SHOWN_OF_LONG_CELL = 200
_DIGITS_OF_DATA = 5
_LONGEST_LIST = 500  # characters
_WIDEST_TITLE = 3  # cells of a row that is no data nor titles of columns: "Liste des inscrits", "octobre 2026", "Metz"


@dataclass(slots=True)
class Table:
    """The mapped columns of a sheet, in the order of the file.

    `problems` holds what is wrong with the shape of a line (too many cells, a cell too long), filled just before
    `rows()` yields that line; long cells are shortened there.
    """

    kind: Literal["csv", "xlsx", "ods"]
    columns: tuple[str, ...]
    headers: tuple[str, ...]
    extra_columns: tuple[str, ...]
    header_line: int
    encoding: str | None
    separator: str | None
    warnings: list[Remark]
    rows: Callable[[], Iterator[tuple[int, Row]]]
    survey: Survey
    problems: dict[int, list[Remark]] = field(default_factory=dict)


def labels(aliases: Aliases) -> dict[str, str]:
    """Canonical column -> the title shown to people."""
    return {name: titles[0] for name, titles in aliases.items()}


def require_columns(present: Collection[str], required: Iterable[str], label: Mapping[str, str]) -> None:
    """Raise COLONNES_MANQUANTES with the titles of the columns that are not `present`."""
    if missing := [label[name] for name in required if name not in present]:
        raise refusal("COLONNES_MANQUANTES", columns=", ".join(missing))


def alias_index(aliases: Aliases) -> dict[str, str]:
    """Header key -> canonical column."""
    return {header_key(title): name for name, titles in aliases.items() for title in titles}


def find_header(rows: Iterable[tuple[int, Row]], aliases: Aliases) -> Header | None:
    """The first of the ten first lines where at least three titles are known."""
    index = alias_index(aliases)
    needed = min(_MOST_MATCHES_ASKED, len(aliases))
    for line, row in rows:
        if line > _HEADER_LINES:
            break
        row = _trimmed(row)
        fields = [known_title(title, index) for title in row]
        if len({name for name in fields if name}) >= needed:
            return Header(line, tuple(row), tuple(fields))
    return None


def read_table(
    source: Source,
    *,
    aliases: Aliases,
    required: Sequence[str] = (),
    layouts: Layouts | None = None,
    strict_width: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    repair: bool = False,
    chosen: Choice | None = None,
    only: str = "",
) -> Table:
    """Open a CSV, XLSX or ODS file as a table of text cells. Raises FileProblem, ColumnsProblem under titles.

    `only` names the sheet to read, the first one with known titles otherwise.
    `chosen` may put another understanding of the titles in the place of the one recognised.
    `layouts` gives the columns by position for each number of columns, when no header row is recognised.
    `strict_width` makes a line shorter than the header an error instead of padding it.
    """
    label, index = labels(aliases), alias_index(aliases)
    empty, unknown = True, None
    for sheet in open_sheets(source, limits, repair=repair, only=only):
        first = list(islice(sheet.rows(), _SURVEYED_LINES))
        empty = empty and not first
        header = find_header(first, aliases) or _by_position(first, layouts or {}, label)
        header = header or guessed_header(first, index, _HEADER_LINES)
        if header is None:
            continue
        survey = surveyed(chosen(header) if chosen else header, first)
        survey = replace(survey, lines=sheet.lines, sheet=sheet.name, others=sheet.others)
        if survey.header.known:
            return _asked(sheet, survey, label, required, strict_width, limits)
        unknown = unknown or survey  # another sheet may have titles that are known
    if unknown:
        raise ColumnsProblem(refusal("TITRES_INCONNUS"), unknown)
    if empty:
        raise refusal("FICHIER_VIDE")
    shown = [label[name] for name in required] or list(label.values())[:6]
    raise refusal("ENTETE_INTROUVABLE", columns=", ".join(shown))


def _asked(
    sheet: Sheet, survey: Survey, label: Mapping[str, str], required: Sequence[str], strict_width: bool, limits: Limits
) -> Table:
    """The table, or the question which column is which."""
    try:
        return _table(sheet, survey, label, required, strict_width, limits)
    except FileProblem as problem:
        if problem.code in COLUMNS:
            raise ColumnsProblem(problem, survey) from problem
        raise


def _by_position(first: list[tuple[int, Row]], layouts: Layouts, label: Mapping[str, str]) -> Header | None:
    """The first line as wide as a layout, with or without titles; or the first line of data below title rows."""
    before = 0
    for line, row in first[: _HEADER_LINES + 1]:
        fields = layouts.get(len(row)) or layouts.get(len(_trimmed(row)))
        if fields is not None and sum(map(bool, map(str.strip, row))) > len(fields) // 2:
            # Titles hold no number; the first line of data holds dates and identifiers.
            titled = all(sum(map(str.isdecimal, cell)) < _DIGITS_OF_DATA for cell in row)
            if titled and before:
                return None  # unknown titles under a title row: somebody must say what they are
            titles = row[: len(fields)] if titled else [label[name] if name else "" for name in fields]
            return Header(line if titled else before, tuple(titles), tuple(fields), known_by_titles=titled)
        if len(_trimmed(row)) > _WIDEST_TITLE:
            return None  # a table of another shape
        before = line
    return None


def _trimmed(row: Row) -> Row:
    last = max((position for position, cell in enumerate(row) if cell.strip()), default=-1)
    return row[: last + 1]


def _table(
    sheet: Sheet, survey: Survey, label: Mapping[str, str], required: Sequence[str], strict_width: bool, limits: Limits
) -> Table:
    header = survey.header
    if len(header.fields) > limits.columns:
        raise refusal("TROP_DE_COLONNES", found=len(header.fields), limit=limits.columns)
    require_columns(header.known, required, label)
    positions = [position for position, name in enumerate(header.fields) if name]
    columns = tuple(name for name in header.fields if name)
    if twice := next((name for name in columns if columns.count(name) > 1), None):
        raise refusal("COLONNE_EN_DOUBLE", column=label[twice])
    plain = [title.strip().lower() for title in header.titles]
    help_at = plain.index(_HELP_COLUMN) if _HELP_COLUMN in plain else None
    extra = tuple(
        title.strip() for position, title in enumerate(header.titles)
        if title.strip() and not header.fields[position] and position != help_at
    )  # fmt: skip
    table = Table(
        kind=sheet.kind,
        columns=columns,
        headers=tuple(header.titles[position].strip() for position in positions),
        extra_columns=extra,
        header_line=header.line,
        encoding=sheet.encoding,
        separator=sheet.separator,
        warnings=list(sheet.warnings),
        rows=lambda: iter(()),
        survey=survey,
    )
    if sheet.others:
        table.warnings.append(notice("FEUILLES", sheet=sheet.name, others=", ".join(sheet.others)[:300]))
    if extra:
        table.warnings.append(notice("COLONNES_IGNOREES", columns=_listed(extra)))
    reader = _Reader(sheet, header, positions, help_at, strict_width, limits, table.problems)
    table.rows = reader.rows
    if next(table.rows(), None) is None:
        raise refusal("FICHIER_VIDE")
    return table


def _listed(titles: Sequence[str]) -> str:
    """Titles, as many as a sentence may hold, none cut in the middle; how many more there are."""
    shown: list[str] = []
    for title in titles:
        if sum(map(len, shown)) + len(title) > _LONGEST_LIST:
            break
        shown.append(title)
    left = len(titles) - len(shown)
    return ", ".join(shown) + (f" et {left} {'autre' if left < 2 else 'autres'}" if left else "")


@dataclass(slots=True)
class _Reader:
    """Turns raw rows into rows of mapped cells."""

    sheet: Sheet
    header: Header
    positions: list[int]
    help_at: int | None
    strict_width: bool
    limits: Limits
    problems: dict[int, list[Remark]]

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Line number in the file, and the cells of the mapped columns."""
        width = len(self.header.fields)
        whole = self.positions == list(range(width))
        pick = _picker(self.positions)
        longest = self.limits.cell_chars
        header_line, help_at = self.header.line, self.help_at
        self.problems.clear()
        for line, row in self.sheet.rows():
            if line <= header_line:
                continue
            if len(row) != width:
                row = self._fitted(line, row, width)
            if help_at is not None and row[help_at].strip().lower() in _TRUE:
                continue
            cells = row if whole else pick(row)
            # One comparison per line: a line that is short as a whole holds no long cell.
            if len("".join(cells)) > longest:
                self._shorten(line, cells, longest)
            yield line, cells

    def _fitted(self, line: int, row: Row, width: int) -> Row:
        if len(row) < width:
            if self.strict_width:
                self._say(line, remark("NB_COLONNES", found=len(row), expected=width))
            return row + [""] * (width - len(row))
        if any(cell.strip() for cell in row[width:]):
            self._say(line, remark("NB_COLONNES", found=len(row), expected=width))
        return row[:width]

    def _shorten(self, line: int, cells: Row, longest: int) -> None:
        titles = [self.header.titles[position].strip() for position in self.positions]
        for position, cell in enumerate(cells):
            if len(cell) > longest:
                said = remark("CELLULE_TROP_LONGUE", column=titles[position], found=len(cell), limit=longest)
                self._say(line, said)
                cells[position] = cell[:_SHOWN_OF_LONG_CELL] + "…"

    def _say(self, line: int, said: Remark) -> None:
        self.problems.setdefault(line, []).append(said)


def _picker(positions: list[int]) -> Callable[[Row], Row]:
    if len(positions) == 1:
        only = positions[0]
        return lambda row: [row[only]]
    several = itemgetter(*positions)
    return lambda row: list(several(row))
