"""Some lines of a file again, as corrected: the same parser reads them as a file of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from hub.core.tabular import Source
from partners.importers import Corrections
from partners.models import ImportJob, ImportRow
from referrals.imports.lines import Parsed, PersonLine, RegistrationLine

Line = TypeVar("Line", PersonLine, RegistrationLine)


def read_again(
    parse: Callable[[Source], Parsed[Line]], source: Source, titles: Mapping[str, str], corrections: Corrections
) -> tuple[Parsed[Line], list[Line]]:
    """The file opened, and the lines asked for: those without correction as they are, the others as corrected.

    A line keeps its number and the cells the file had. `titles` names each column so that `parse` knows it.
    """
    parsed = parse(source)
    lines, wrong = [], {}
    for read in _wanted(parsed.rows, corrections):
        if corrections[read.line]:
            wrong[read.line] = list(read.raw)
        else:
            lines.append(read)
    if wrong:
        lines += _corrected(parse, parsed.fields, titles, wrong, corrections)
    return parsed, sorted(lines, key=lambda read: read.line)


def forget_rows(job: ImportJob, corrections: Corrections) -> None:
    """The former verdict of lines read again."""
    ImportRow.objects.filter(job=job, line__in=corrections).delete()


def _wanted(rows: Iterator[Line], corrections: Corrections) -> Iterator[Line]:
    left = len(corrections)
    for read in rows:
        if read.line in corrections:
            yield read
            left -= 1
            if not left:
                return


def _corrected(
    parse: Callable[[Source], Parsed[Line]],
    fields: tuple[str, ...],
    titles: Mapping[str, str],
    wrong: dict[int, list[str]],
    corrections: Corrections,
) -> Iterator[Line]:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([titles[name] for name in fields])
    for line, cells in wrong.items():
        said = corrections[line]
        said = said | {"nir2": said["nir"]} if "nir" in said else said  # lists write it twice
        writer.writerow([said.get(name, cell) for name, cell in zip(fields, cells, strict=False)])
    numbers = iter(wrong)
    for read in parse(io.BytesIO(text.getvalue().encode("utf-8-sig"))).rows:
        read.line = next(numbers)
        read.raw = wrong[read.line]
        yield read
