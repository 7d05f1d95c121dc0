"""A national list: Pôle emploi's classic eight columns (`;`, cp1252), of any length.

Its first lines are the people of the bench's Département; the others are invented strangers, which is what a whole
country is for one Département: two million lines, of which it follows thirty thousand people.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from hub.core.actor import PARIS
from hub.demo.files import LIST_TITLES, PEOPLE_TITLES, list_rows, months, people_rows
from hub.demo.population import population

KNOWN = 30_000
COLUMNS = LIST_TITLES[:8]
_ORDERS = 1_000_000


def national_list(lines: int) -> Path:
    """The file, written once."""
    path = Path(os.environ["PACTE_VAR"]) / "bench" / f"liste_{lines}.csv"
    if not path.exists():
        part = path.with_suffix(".part")
        with part.open("w", encoding="cp1252", errors="replace", newline="") as target:
            writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
            writer.writerow(COLUMNS)
            writer.writerows(islice(_rows(), lines))
        part.rename(path)
    return path


def known_people() -> Path:
    """Who the Département follows, for peers: NIR and birth date."""
    path = Path(os.environ["PACTE_VAR"]) / "bench" / "connus.csv"
    if not path.exists():
        people = population(KNOWN, today=datetime.now(PARIS).date())
        nir, born = PEOPLE_TITLES.index("NIR"), PEOPLE_TITLES.index("Date de naissance")
        path.write_text("".join(f"{row[nir]};{row[born]}\n" for row in people_rows(people)))
    return path


def _rows() -> Iterator[list[str]]:
    today = datetime.now(PARIS).date()
    base = [row[:8] for row in list_rows(population(2 * KNOWN, today=today), months(today)[-1])]
    yield from base
    lag = 1
    while True:  # others with the same birth dates, other names and numbers
        for number, row in enumerate(base):
            other = base[(number + lag) % len(base)]
            nir = f"{row[0][:7]}{(lag * len(base) + number) % _ORDERS:06d}" if row[0] else ""
            pes = f"{(9_000_000 - lag * len(base) - number) % 10_000_000:07d}{row[1][7:]}"
            yield [nir, pes, other[2], base[(number + 7 * lag) % len(base)][3], row[4], row[5], row[6], nir]
        lag += 1
