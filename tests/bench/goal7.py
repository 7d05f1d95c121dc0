"""Goal 7: a workbook of 30 000 lines, read, validated, matched, gaps opened and told; beside pandas and DuckDB."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hub.core.actor import PARIS
from hub.core.tabular.write import write_xlsx
from hub.demo.files import LIST_TITLES, PEOPLE_TITLES, list_rows, months, people_rows
from hub.demo.population import population
from tests.bench.rows import Row, report

LINES = 30_000
WORK = "workbook of 30 000 lines"


def _files() -> tuple[Path, Path]:
    """The list and, for the peers, the people they merge it with."""
    today = datetime.now(PARIS).date()
    people = list(population(60_000, today=today))
    this = months(today)[-1]
    folder = Path(os.environ["PACTE_VAR"]) / "bench"
    listed, known = folder / "liste.xlsx", folder / "personnes.csv"
    if not listed.exists():
        with listed.open("wb") as target:
            write_xlsx(target, LIST_TITLES, list(list_rows(people, this))[:LINES])
        known.write_text("\n".join(";".join(map(str, row)) for row in [PEOPLE_TITLES, *people_rows(people[:LINES])]))
    return listed, known


@dataclass(frozen=True, slots=True)
class Told:
    """Seconds, the most memory the process held, how much of it the work took (MiB)."""

    seconds: float
    mib: float
    grown: float


def run(module: str, *arguments: str) -> Told:
    """What a measurement tells of itself, in a fresh process."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return Told(**json.loads(done.stdout.splitlines()[-1]))


def median(module: str, *arguments: str) -> Told:
    """The medians of three."""
    found = [run(module, *arguments) for _ in range(3)]
    return Told(*(statistics.median(getattr(one, name) for one in found) for name in ("seconds", "mib", "grown")))


def measure() -> None:
    listed, known = _files()
    ours = median("tests.bench.import_once", str(listed))
    pandas = median("tests.bench.peers.pandas_merge", str(listed), str(known))
    duckdb = median("tests.bench.peers.duckdb_merge", str(listed), str(known))
    report(
        Row(7, WORK, ours.seconds, pandas.seconds, "s", 0.25, "less", "pandas, nothing written"),
        Row(7, WORK, ours.seconds, duckdb.seconds, "s", 2, "less", "calamine and DuckDB, nothing written"),
        Row(7, f"{WORK}, peak memory with the whole product", ours.mib, pandas.mib, "MiB", 0.5, "less", "pandas"),
        Row(7, f"{WORK}, memory the work takes", ours.grown, pandas.grown, "MiB", 0.5, "less", "pandas"),
    )
