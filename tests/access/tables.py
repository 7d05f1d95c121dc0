"""Reading the two checked-in tables, `rules.txt` and `rows.txt`: who may do what, who sees which rows."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
Table = dict[tuple[str, str], frozenset[str]]


def read(name: str) -> tuple[list[str], Table]:
    """The personas in the order of the columns, and for every line the personas that have a cross."""
    lines = [line for line in (HERE / name).read_text().splitlines() if line.strip() and not line.startswith("#")]
    columns = lines[0].split()[2:]
    legend = dict(pair.split("=") for line in lines[1:] if line.startswith("  ") for pair in line.split())
    table: Table = {}
    for line in lines[1:]:
        if line.startswith("  "):
            continue
        subject, relation, cells = (part.strip() for part in line.split("|"))
        crosses = cells.split()
        assert len(crosses) == len(columns), f"{name}: {line}"
        assert (subject, relation) not in table, f"{name}: twice {subject} {relation}"
        table[subject, relation] = frozenset(
            legend[column] for column, cell in zip(columns, crosses, strict=True) if cell == "x"
        )
    return [legend[column] for column in columns], table


def differences(expected: Table, found: Table) -> list[str]:
    """In words, line by line."""
    said = []
    for key in sorted(expected.keys() | found.keys()):
        if key not in expected:
            said.append(f"{key} is missing from the table; found {sorted(found[key])}")
        elif key not in found:
            said.append(f"{key} is in the table but not in the product")
        elif expected[key] != found[key]:
            gained, lost = sorted(found[key] - expected[key]), sorted(expected[key] - found[key])
            said.append(f"{key}: gained {gained}, lost {lost}")
    return said
