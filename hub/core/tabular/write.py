"""Files for people: spreadsheets open them with accents and dates right, and run nothing.

A cell that starts like a formula is preceded by an apostrophe (CSV injection). In workbooks every text is stored with
the type "string", so that a telephone number in +33… stays what it is.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import BinaryIO

from hub.core.text import header_key

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"
_LONGEST_CELL = 32_767  # Excel's own limit
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # in XML


def neutral(value: object) -> str:
    """A cell of a CSV for people: French dates, "" for None, and no formula whatever the spreadsheet."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA_STARTS) else value
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if isinstance(value, dt.datetime):
        return value.strftime("%d/%m/%Y %Hh%M")
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, dt.time):
        return value.strftime("%Hh%M")
    if isinstance(value, float):
        return repr(value).replace(".", ",")
    return str(value)


def file_name(kind: str, *, tenant: str, place: str, month: dt.date, at: dt.datetime) -> str:
    """`<kind>_<tenant>_<place>_<YYYY-MM>_<YYYYMMDDTHHMM>.csv`, in plain letters (formats §0.2)."""
    where = header_key(place).replace("/", "-")
    return f"{kind}_{tenant}_{where}_{month:%Y-%m}_{at:%Y%m%dT%H%M}.csv"


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A CSV for people, streamed: UTF-8 BOM first, `;`, CRLF. Encode each piece in UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write(_BOM)
    writer.writerow([neutral(title) for title in header])
    for row in rows:
        if buffer.tell() > 64 * 1024:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
        writer.writerow([neutral(value) for value in row])
    yield buffer.getvalue()


def write_csv(target: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write `csv_lines` into a binary file."""
    for piece in csv_lines(header, rows):
        target.write(piece.encode("utf-8"))


def write_xlsx(
    target: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "Feuille1"
) -> None:
    """Write a workbook of one sheet row by row (openpyxl write_only: flat memory)."""
    from openpyxl import Workbook  # 20 MiB with what it loads: for processes that write workbooks
    from openpyxl.cell import WriteOnlyCell

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title[:31])

    def cell(value: object) -> object:
        if not isinstance(value, str):
            return value
        text = _ILLEGAL.sub("", value)[:_LONGEST_CELL]
        if not text.startswith(FORMULA_STARTS):
            return text
        typed = WriteOnlyCell(sheet, value=text)
        typed.data_type = "s"
        return typed

    for row in chain([header], rows):
        sheet.append([cell(value) for value in row])
    workbook.save(target)
