"""How much a file may cost. Every number can be raised by the caller; none is read from the file itself."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(slots=True, frozen=True)
class Limits:
    """`xlsx_*` and `inflated_*` bound workbooks, which are held in memory; text is streamed."""

    file_bytes: int = 1024 * MEBIBYTE
    text_rows: int = 2_000_000
    workbook_bytes: int = 50 * MEBIBYTE
    workbook_rows: int = 50_000
    inflated_bytes: int = 100 * MEBIBYTE
    inflated_ratio: int = 200
    archive_members: int = 1_000
    columns: int = 200
    cell_chars: int = 10_000
    shared_text_bytes: int = 256 * 1024
    verified: bool = False  # the file passed these limits when it was received: a workbook is not inflated twice


DEFAULT_LIMITS = Limits()
VERIFIED = Limits(verified=True)
