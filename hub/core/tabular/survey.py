"""What a person needs to say which column is which: titles, first values, what each was understood as."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from hub.core.tabular.problems import FileProblem
from hub.core.text import header_key, repair_double_encoding

Row = list[str]
_SAMPLES = 3
_SAMPLE_CHARS = 40
_TITLE_CHARS = 200
_FEWEST_TITLES = 4
_DIGITS_OF_DATA = 5
_NUMBER = re.compile(r"[1-8]\d{4}(?:\d\d|2[AB])\d{6}(?:\d\d)?", re.ASCII)
_BLANKS = re.compile(r"[\s.\-]+")
_OF_A_MONTH = re.compile(
    r"-*\(?(?:(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)(?:-?20\d\d)?"
    r"|(?:0[1-9]|1[0-2])[-/.]?20\d\d|20\d\d[-/.]?(?:0[1-9]|1[0-2]))\)?$"
)
_HIDDEN = "•" * 13


@dataclass(slots=True, frozen=True)
class Header:
    """Where the titles are and what each position means; `known_by_titles` is false when columns go by position and
    `line` is the last one before the data (0: data from the first line)."""

    line: int
    titles: tuple[str, ...]
    fields: tuple[str | None, ...]
    known_by_titles: bool = True

    @property
    def known(self) -> frozenset[str]:
        """Canonical names of the columns found."""
        return frozenset(name for name in self.fields if name)

    @property
    def signature(self) -> str:
        """The same for two files with the same titles, however they are written."""
        keys = "|".join(header_key(repair_double_encoding(title)) for title in self.titles)
        return hashlib.sha256(keys.encode()).hexdigest()


Choice = Callable[[Header], Header]
"""What somebody chose for these titles, in the place of what was recognised."""


@dataclass(slots=True, frozen=True)
class Survey:
    """A header, what is written above it and the first values below; numbers of social security are hidden.

    `lines` is about how many lines the sheet has; `sheet` its name in a workbook, `others` those not read.
    """

    header: Header
    samples: tuple[tuple[str, ...], ...]
    above: tuple[str, ...] = ()
    lines: int | None = None
    sheet: str = ""
    others: tuple[str, ...] = ()


class ColumnsProblem(FileProblem):
    """Titles were found, but not every column needed: a person can say which is which."""

    def __init__(self, problem: FileProblem, survey: Survey) -> None:
        super().__init__(problem.code, problem.message)
        self.survey = survey


def surveyed(header: Header, first: Sequence[tuple[int, Row]]) -> Survey:
    """The first filled values of each column, and the title rows."""
    below = [row for line, row in first if line > header.line]
    titled = header.line - 1 if header.known_by_titles else header.line
    above = tuple(_shown(" ".join(filter(None, row)), _TITLE_CHARS) for line, row in first if line <= titled)

    def samples(position: int) -> tuple[str, ...]:
        told = (row[position].strip() for row in below if position < len(row))
        return tuple(_shown(cell) for cell in islice(filter(None, told), _SAMPLES))

    return Survey(header, tuple(samples(position) for position in range(len(header.titles))), above)


def _shown(cell: str, longest: int = _SAMPLE_CHARS) -> str:
    return _HIDDEN if _NUMBER.fullmatch(_BLANKS.sub("", cell)) else cell[:longest]


def known_title(title: str, index: Mapping[str, str]) -> str | None:
    """The column a title announces, its accents damaged or a month written after it: "Situation (novembre 2026)"."""
    written = header_key(title)
    if name := index.get(written) or index.get(header_key(repair_double_encoding(title))):
        return name
    return index.get(_OF_A_MONTH.sub("", written))


def guessed_header(first: Sequence[tuple[int, Row]], index: Mapping[str, str], most_lines: int) -> Header | None:
    """The first row that looks like titles (four cells or more, no numbers) where at least one title is known; else
    the first that looks like titles: somebody will say what they are."""
    rows = [(line, row) for line, row in first[:-1] if line <= most_lines and _looks_like_titles(row)]
    headers = [Header(line, tuple(row), tuple(known_title(title, index) for title in row)) for line, row in rows]
    return next((header for header in headers if header.known), headers[0] if headers else None)


def _looks_like_titles(row: Row) -> bool:
    titles = [cell for cell in row if cell.strip()]
    numbers = any(sum(map(str.isdecimal, cell)) >= _DIGITS_OF_DATA for cell in titles)
    return len(titles) >= _FEWEST_TITLES and not numbers
