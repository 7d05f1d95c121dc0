"""Workbooks are zip files of XML: what they really cost is measured before a parser touches them.

Four bombs are refused: sizes declared in the zip directory, sizes hidden behind a false directory (each member is
really inflated, and thrown away), a few cells placed at the far corner of a sheet (parsers allocate the rectangle),
and one huge text that thousands of cells share.
"""

import copy
import re
import struct
import zipfile
import zlib
from functools import partial
from typing import IO, BinaryIO, Literal, Protocol
from xml.parsers import expat

from hub.core.ahead import ahead
from hub.core.tabular.limits import MEBIBYTE, Limits
from hub.core.tabular.problems import FileProblem, refusal
from hub.core.tabular.sniff import too_big

Workbook = Literal["xlsx", "ods"]

_CHUNK = 256 * 1024
_OVERLAP = 64
_RATIO_FLOOR = 8 * MEBIBYTE  # small files may compress as they like
_ADVICE = "Enregistrez-le en CSV, ou découpez-le en plusieurs fichiers."
# What zipfile raises on damaged or hostile archives; encrypted and exotic members are RuntimeErrors.
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, LookupError, EOFError, OSError, RuntimeError)
# XML allows any white space and either quote around a reference; spreadsheets write one form only.
_ONE_FORM = bytes.maketrans(b"\t\r\n'", b'   "')
# A formula, and the end of its cell at once or after an empty value.
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^<>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<(\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ODD_FORMS = (b" r =", b" r= ")


def check_workbook(file: BinaryIO, limits: Limits) -> Workbook:
    """Verify a zip and say which workbook it is. Raises FileProblem; leaves `file` at its start."""
    size = file.seek(0, 2)
    file.seek(0)
    if size > limits.workbook_bytes:
        raise too_big(f"{size // MEBIBYTE} Mo", f"{limits.workbook_bytes // MEBIBYTE} Mo", _ADVICE)
    try:
        with zipfile.ZipFile(file) as archive:
            kind = _kind(archive)
            if not limits.verified:
                _check_members(archive, kind, size, limits)
    except _DAMAGED as error:
        raise refusal("FICHIER_TRONQUE") from error
    file.seek(0)
    return kind


def unsaved_formulas(file: BinaryIO) -> int:
    """How many formulas of a verified .xlsx have no value kept beside them: whoever reads the file finds them empty."""
    found = 0
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if member.filename.startswith("xl/worksheets/"):
                with archive.open(member) as stream:
                    found += _count_unsaved(stream)
    file.seek(0)
    return found


def _count_unsaved(stream: IO[bytes]) -> int:
    found, tail = 0, b""
    while chunk := stream.read(_CHUNK):
        seen = tail + chunk
        tail = seen[-_OVERLAP:]
        if b"f>" in seen or b"<f " in seen or b":f " in seen:
            last = 0
            for one in _NO_VALUE.finditer(seen):
                found, last = found + 1, one.end()
            tail = seen[max(last, len(seen) - _OVERLAP) :]  # none is counted twice
    return found


def _kind(archive: zipfile.ZipFile) -> Workbook:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        with archive.open("mimetype") as declared:
            if b"spreadsheet" in declared.read(100):
                return "ods"
    raise refusal("FICHIER_ILLISIBLE")


def _check_members(archive: zipfile.ZipFile, kind: Workbook, size: int, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.archive_members:
        raise refusal("FICHIER_DANGEREUX", reason="il contient trop d'éléments")
    allowed = min(limits.inflated_bytes, max(size * limits.inflated_ratio, _RATIO_FLOOR))
    if sum(member.file_size for member in members) > allowed:
        raise _bomb(limits)
    total = 0
    for member in members:
        meter = _meter(kind, member.filename, limits)
        # The directory may lie: let zipfile read to the true end of the deflate stream, within what is allowed.
        honest = copy.copy(member)
        honest.file_size = allowed + 2 * _CHUNK
        with archive.open(honest) as stream, ahead(iter(partial(stream.read, _CHUNK), b""), 2) as chunks:
            for chunk in chunks:
                total += len(chunk)
                if total > allowed:
                    raise _bomb(limits)
                meter.feed(chunk)


def _bomb(limits: Limits) -> FileProblem:
    return too_big("il est démesuré une fois décompressé", f"{limits.inflated_bytes // MEBIBYTE} Mo", _ADVICE)


def _too_many_rows(limits: Limits) -> FileProblem:
    limit = limits.workbook_rows
    return too_big(f"plus de {limit} lignes", f"{limit} lignes dans un classeur", _ADVICE)


class _Meter(Protocol):
    def feed(self, chunk: bytes) -> None:
        """Measure a chunk. Raises FileProblem as soon as a limit is passed."""


def _meter(kind: Workbook, member: str, limits: Limits) -> _Meter:
    if kind == "ods":
        return _OdsMeter(limits) if member == "content.xml" else _Ignored()
    return _SharedTextMeter(limits) if member.endswith("sharedStrings.xml") else _SheetMeter(limits)


class _Ignored:
    def feed(self, chunk: bytes) -> None:
        """Only bytes count."""


def _refuse_entities(seen: bytes) -> None:
    if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
        raise refusal("FICHIER_DANGEREUX", reason="il contient des entités XML")


def _beyond(limit: int) -> bytes:
    """Regular expression of decimal numbers certainly above `limit`, cheap enough to run on every cell."""
    first, length = int(str(limit)[0]), len(str(limit))
    longer = rb"[1-9]\d{%d,}" % length
    return longer if first == 9 else rb"(?:[%d-9]\d{%d}|%s)" % (first + 1, length - 1, longer)


class _SheetMeter:
    """Counts rows and looks at cell references in whatever member holds a sheet, under any name or XML prefix."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = 0
        self._is_sheet = False
        self._tail = b""
        # One scan finds what few files have: references to far rows, and columns of two letters or more.
        self._unusual = re.compile(rb' r="(?:[A-Za-z]{0,3}0*%s"|([A-Za-z]{2,})\d)' % _beyond(limits.workbook_rows))

    def feed(self, chunk: bytes) -> None:
        seen = self._tail + chunk
        _refuse_entities(seen)
        self._is_sheet = self._is_sheet or b"sheetData" in seen
        if self._is_sheet:
            self._rows += sum(seen.count(mark) - self._tail.count(mark) for mark in (b"<row", b":row "))
            if self._rows > self._limits.workbook_rows:
                raise _too_many_rows(self._limits)
            self._check_references(seen.translate(_ONE_FORM))
        self._tail = seen[-_OVERLAP:]

    def _check_references(self, seen: bytes) -> None:
        found = set(self._unusual.findall(seen))
        if b"" in found or any(odd in seen for odd in _ODD_FORMS):
            raise refusal("FICHIER_DANGEREUX", reason="des cellules sont placées très loin hors du tableau")
        widest = max(map(_column_number, found), default=0)
        if widest > self._limits.columns:
            raise refusal("TROP_DE_COLONNES", found=widest, limit=self._limits.columns)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + (letter & 31)
    return number


class _SharedTextMeter:
    """Bounds each shared text: parsers copy it into every cell that refers to it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._run = 0

    def feed(self, chunk: bytes) -> None:
        _refuse_entities(chunk)
        first, *others = chunk.split(b"<si")
        runs = [self._run + len(first), *map(len, others)]
        self._run = runs[-1]
        if max(runs) > self._limits.shared_text_bytes:
            raise refusal("FICHIER_DANGEREUX", reason="une cellule contient un texte démesuré")


class _OdsMeter:
    """Counts what repeated rows and cells of an OpenDocument sheet really amount to.

    LibreOffice ends every sheet with empty rows repeated to the millionth: only those before a filled cell count.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = self._column = self._pending = self._repeat = 0
        self._filled = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError as error:
            raise refusal("FICHIER_TRONQUE") from error

    def _doctype(self, *_: object) -> None:
        raise refusal("FICHIER_DANGEREUX", reason="il contient des entités XML")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "table":
            self._rows = self._pending = 0
        elif local == "table-row":
            self._repeat = _number(attributes, "number-rows-repeated")
            self._column, self._filled = 0, False
        elif local in ("table-cell", "covered-table-cell"):
            self._column += _number(attributes, "number-columns-repeated")
            if any(key.endswith(":value-type") for key in attributes):
                self._filled = True
                if self._column > self._limits.columns:
                    raise refusal("TROP_DE_COLONNES", found=self._column, limit=self._limits.columns)

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] != "table-row":
            return
        self._pending += self._repeat
        if self._filled:
            self._rows, self._pending = self._rows + self._pending, 0
            if self._rows > self._limits.workbook_rows:
                raise _too_many_rows(self._limits)


def _number(attributes: dict[str, str], local: str) -> int:
    text = next((value for key, value in attributes.items() if key.endswith(local)), "1")
    return int(text) if text.isdecimal() and len(text) < 10 else 10**9
