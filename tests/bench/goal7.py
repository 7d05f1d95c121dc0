"""Goal 7: a workbook of 30 000 lines, read, validated, matched, gaps opened and told; beside pandas and DuckDB."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
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


def _run(module: str, *arguments: str) -> tuple[float, float]:
    """Seconds and peak MiB that a measurement tells of itself, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    told = json.loads(done.stdout.splitlines()[-1])
    return float(told["seconds"]), float(told["mib"])


def _median(module: str, *arguments: str) -> tuple[float, float]:
    found = [_run(module, *arguments) for _ in range(3)]
    return statistics.median(one[0] for one in found), statistics.median(one[1] for one in found)


def measure() -> None:
    listed, known = _files()
    seconds, mib = _median("tests.bench.import_once", str(listed))
    pandas_seconds, pandas_mib = _median("tests.bench.peers.pandas_merge", str(listed), str(known))
    duckdb_seconds, _ = _median("tests.bench.peers.duckdb_merge", str(listed), str(known))
    report(
        Row(7, WORK, seconds, pandas_seconds, "s", 0.25, "less", "pandas, nothing written"),
        Row(7, WORK, seconds, duckdb_seconds, "s", 2, "less", "calamine and DuckDB, nothing written"),
        Row(7, f"{WORK}, peak memory", mib, pandas_mib, "MiB", 0.5, "less", "pandas"),
    )
