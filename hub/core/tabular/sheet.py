"""The rows of a file as lists of text, whatever the file is: CSV streamed, workbooks through calamine."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import BinaryIO, Literal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from hub.core.ahead import meanwhile
from hub.core.tabular.archive import check_workbook, unsaved_formulas
from hub.core.tabular.limits import DEFAULT_LIMITS, Limits
from hub.core.tabular.problems import Remark, notice, refusal
from hub.core.tabular.sniff import Source, TextShape, container, opened, separator, text_shape
from hub.core.tabular.write import FORMULA_STARTS
from hub.core.text import looks_doubly_encoded, repair_double_encoding

Row = list[str]
_SNIFFED_LINES = 10
_SNIFFED_CHARS = 256 * 1024
_MOST_SHEETS = 10
# The csv module's own default is process-wide; a cell longer than this is an unclosed quote.
_LONGEST_FIELD = 1024 * 1024
_APOSTROPHES = re.compile(r"""(?:^|[;,|\t"])'[\d=+\-@]""", re.MULTILINE)
Mend = Callable[[str], str]
csv.field_size_limit(_LONGEST_FIELD)


@dataclass(slots=True)
class Sheet:
    """Rows before any header is known. `rows()` may be called again: it starts from the first line.

    `lines` is about how many there are; `name` and `others` are for workbooks of several sheets (hidden ones too).
    """

    kind: Literal["csv", "xlsx", "ods"]
    rows: Callable[[], Iterator[tuple[int, Row]]]
    encoding: str | None = None
    separator: str | None = None
    warnings: list[Remark] = field(default_factory=list)
    lines: int | None = None
    name: str = ""
    others: tuple[str, ...] = ()


def refuse_unreadable(source: Source, limits: Limits) -> None:
    """Refuse, without parsing it, what is no table nor XML, or a workbook that would inflate. Raises FileProblem."""
    with opened(source) as file:
        if container(file, limits) == "zip":
            check_workbook(file, limits)


def open_sheets(source: Source, limits: Limits, *, repair: bool = False, only: str = "") -> Iterator[Sheet]:
    """The sheets of a file, first one first (a text file has one), or the one called `only`. Raises FileProblem.

    `repair` undoes a double encoding (« Ã© »), which is only warned about otherwise.
    """
    with opened(source) as file:
        holder = container(file, limits)
        if holder == "xml":
            raise refusal("FICHIER_ILLISIBLE")
        if holder == "text":
            yield _text_sheet(source, file, limits, repair)
        else:
            kind = check_workbook(file, limits)
            yield from _workbook_sheets(source, file, kind, limits, repair, only)


def has_rows(source: Source) -> bool:
    """Is anything written in any visible sheet, or in a file that is no table? Raises FileProblem."""
    with opened(source) as file:
        if container(file, DEFAULT_LIMITS) == "xml":
            return True
    return any(next(sheet.rows(), None) for sheet in open_sheets(source, DEFAULT_LIMITS))


def _text_sheet(source: Source, file: BinaryIO, limits: Limits, repair: bool) -> Sheet:
    shape = text_shape(file, limits)
    head = _decoded(file, shape.encoding)
    sample = head.read(_SNIFFED_CHARS)
    head.detach()
    chosen = separator([line for line in io.StringIO(sample, newline="") if line.strip()][:_SNIFFED_LINES])
    mend = _mender(repair, _APOSTROPHES.search(sample) is not None)
    sheet = Sheet("csv", lambda: _text_rows(source, shape, chosen, mend), shape.encoding, chosen)
    sheet.lines = shape.lines or None
    if shape.lossy:
        sheet.warnings.append(notice("CARACTERES_PERDUS"))
    if looks_doubly_encoded(sample):
        sheet.warnings.append(notice("ENCODAGE_DOUBLE"))
    return sheet


def _decoded(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")


def _mender(repair: bool, apostrophes: bool) -> Mend | None:
    """What every cell of a text file goes through, in the few files that need it."""
    if repair and apostrophes:
        return lambda cell: _without_apostrophe(repair_double_encoding(cell))
    if apostrophes:
        return _without_apostrophe
    return repair_double_encoding if repair else None


def _without_apostrophe(cell: str) -> str:
    """Spreadsheets, and `neutral`, write one before a text that would be read as a number or a formula."""
    marked = cell[:1] == "'" and (cell[1:2].isdecimal() or cell[1:2] in FORMULA_STARTS)
    return cell[1:] if marked else cell


def _text_rows(source: Source, shape: TextShape, chosen: str, mend: Mend | None) -> Iterator[tuple[int, Row]]:
    with opened(source) as file:
        text = _decoded(file, shape.encoding)
        reader = csv.reader(_without_nul(text) if shape.nul else text, delimiter=chosen)
        started = 1
        try:
            for row in reader:
                if (row and row[-1].strip()) or _filled(row):
                    yield started, list(map(mend, row)) if mend else row
                started = reader.line_num + 1
        except csv.Error as error:
            raise refusal("GUILLEMETS", line=started) from error
        finally:
            if not text.closed:
                text.detach()


def _filled(row: Row) -> bool:
    return bool(row) and bool(row[0].strip() or any(map(str.strip, row)))


def _without_nul(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\x00", "") if "\x00" in line else line


def _workbook_sheets(
    source: Source, file: BinaryIO, kind: Literal["xlsx", "ods"], limits: Limits, repair: bool, only: str
) -> Iterator[Sheet]:
    try:
        # A path is not read into memory first; of a file given open, calamine keeps its own copy.
        with CalamineWorkbook.from_object(source) as workbook, meanwhile(partial(_unsaved, file, kind)) as unsaved:
            tables = [about for about in workbook.sheets_metadata if about.typ == SheetTypeEnum.WorkSheet]
            names = [about.name for about in tables]
            visible = [about.name for about in tables if about.visible == SheetVisibleEnum.Visible][:_MOST_SHEETS]
            for name in [only] if only in names else visible:
                sheet = workbook.get_sheet_by_name(name)
                if sheet.width > limits.columns:
                    raise refusal("TROP_DE_COLONNES", found=sheet.width, limit=limits.columns)
                rows = partial(_workbook_rows, sheet, repair)
                found = Sheet(kind, rows, lines=sheet.total_height, name=name)
                found.others = tuple(other for other in names if other != name)
                if any(
                    looks_doubly_encoded(cell) for _, row in islice(_workbook_rows(sheet, False), 50) for cell in row
                ):
                    found.warnings.append(notice("ENCODAGE_DOUBLE"))
                if formulas := unsaved.result():
                    found.warnings.append(notice("FORMULES", found=formulas))
                yield found
    except CalamineError as error:
        raise refusal("FICHIER_ILLISIBLE") from error


def _unsaved(file: BinaryIO, kind: Literal["xlsx", "ods"]) -> int:
    return unsaved_formulas(file) if kind == "xlsx" else 0


def _workbook_rows(sheet: CalamineSheet, repair: bool) -> Iterator[tuple[int, Row]]:
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        row = [cell if type(cell) is str else cell_text(cell) for cell in cells]
        if _filled(row):
            yield line, [repair_double_encoding(cell) for cell in row] if repair else row


def cell_text(cell: object) -> str:
    """A workbook cell as text: dates in ISO form, whole numbers without decimals (a NIR of 15 digits stays exact)."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "Oui" if cell else "Non"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", ",")
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "seconds")
    return str(cell)
