"""Run each goal in a process of its own, on a copy of a prepared database; print the table, write `var/bench.json`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from hub.engines import ensure
from tests.bench.rows import MARK, table

ROOT = Path(__file__).resolve().parents[2]
GOALS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
SMALL, LARGE = ("bench_small", 600), ("bench_large", 30_000)
COPY = "bench_copy"
DROP = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(COPY))
DATABASES = {**dict.fromkeys(GOALS, SMALL), **dict.fromkeys((7, 8, 9, 10), LARGE)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed goals beside their peers")
    parser.add_argument("--only", default="", help="such as 2,7")
    asked = [int(one) for one in parser.parse_args().only.split(",") if one.strip()] or list(GOALS)
    if unknown := set(asked) - set(GOALS):
        raise SystemExit(f"no such goal: {sorted(unknown)}; there are {', '.join(map(str, GOALS))}")
    var = Path(os.environ["PACTE_VAR"])
    rows: list[dict[str, object]] = []
    failed = []
    for goal in asked:
        print(f"goal {goal}…", flush=True)
        command = [sys.executable, "-m", "tests.bench.goal", str(goal)]
        with _environment(var, *DATABASES[goal]) as environment:
            done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
        told = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
        rows += json.loads(told[-1].removeprefix(MARK)) if told else []
        if done.returncode or not told:
            failed.append(goal)
            print(done.stdout[-2000:], flush=True)
    rows = _with_former(var / "bench.json", rows, asked)
    (var / "bench.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1))
    print(table([row for row in rows if row["number"] in asked]))
    if failed:
        raise SystemExit(f"not measured: goals {', '.join(map(str, failed))}")


@contextmanager
def _environment(var: Path, name: str, people: int) -> Iterator[dict[str, str]]:
    """The environment of a goal, on its own copy of a database made the first time: no run weighs on the next."""
    _prepare(var, name, people)
    with _as_owner(var) as connection:
        connection.execute(DROP)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(COPY), sql.Identifier(name)))
    yield _on_database(var, COPY)
    with _as_owner(var) as connection:
        connection.execute(DROP)


def _prepare(var: Path, name: str, people: int) -> None:
    with _as_owner(var) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    preparing = [sys.executable, "-m", "tests.bench.prepare", str(people)]
    subprocess.run(preparing, cwd=ROOT, env=_on_database(var, name), check=True)


def _as_owner(var: Path) -> psycopg.Connection:
    connection = psycopg.connect(ensure(var).owner_database_url, autocommit=True)
    connection.execute("SET ROLE hub_owner")
    return connection


def _on_database(var: Path, name: str) -> dict[str, str]:
    urls = {key: _on(url, name) for key, url in ensure(var).environment().items()}
    return {
        **os.environ, **urls, "PACTE_MODE": "development", "PACTE_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "hub.settings", "MEDIA_ROOT": str(var / "bench" / "files"), "MALLOC_ARENA_MAX": "2",
    }  # fmt: skip


def _on(url: str, database: str) -> str:
    """The same engine, another database; Redis keeps its own."""
    if not url.startswith("postgres"):
        return url
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{database}?{query}"


def _with_former(path: Path, rows: list[dict[str, object]], asked: list[int]) -> list[dict[str, object]]:
    """What another run measured of other goals stays."""
    former = json.loads(path.read_text()) if path.exists() else []
    return sorted(
        [*rows, *(row for row in former if row["number"] not in asked)], key=lambda row: int(str(row["number"]))
    )


if __name__ == "__main__":
    main()
