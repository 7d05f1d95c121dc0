"""A line of the table: what we do, what a peer does, and whether the goal holds."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass

MARK = "ROWS "


@dataclass(slots=True)
class Row:
    """`ratio` is compared with `limit`: `at least` when more is better, `at most` when less is."""

    number: int
    work: str
    ours: float
    peer: float
    unit: str
    limit: float
    better: str  # "more" or "less"
    peer_name: str
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.peer if self.peer else float("inf")

    @property
    def within(self) -> bool:
        return self.ratio >= self.limit if self.better == "more" else self.ratio <= self.limit

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "ratio": round(self.ratio, 3), "within": self.within}


@dataclass(slots=True)
class Skipped:
    """A peer that is not on this machine, and how to have it."""

    number: int
    work: str
    why: str

    def as_dict(self) -> dict[str, object]:
        return {"number": self.number, "work": self.work, "skipped": self.why}


def report(*rows: Row | Skipped) -> None:
    """Hand the rows of a goal to whoever started it."""
    print(MARK + json.dumps([row.as_dict() for row in rows]), flush=True)


def median(measure: Callable[[], float], times: int = 3) -> float:
    return statistics.median(measure() for _ in range(times))


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def table(rows: list[dict[str, object]]) -> str:
    """The rows for a terminal."""
    titles = ("goal", "work", "ours", "peer", "unit", "ratio", "limit", "within")
    lines = [titles]
    for row in rows:
        if "skipped" in row:
            lines.append((str(row["number"]), str(row["work"]), "-", "-", "", "-", "-", f"skipped: {row['skipped']}"))
            continue
        sign = "≥" if row["better"] == "more" else "≤"
        lines.append(
            (
                str(row["number"]), f"{row['work']} / {row['peer_name']}", _short(row["ours"]), _short(row["peer"]),
                str(row["unit"]), f"{row['ratio']:.2f}", f"{sign} {row['limit']:g}", "yes" if row["within"] else "NO",
            )
        )  # fmt: skip
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def _short(value: object) -> str:
    number = float(str(value))
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
