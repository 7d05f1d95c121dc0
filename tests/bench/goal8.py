"""Goal 8: a list of 2 000 000 lines, as CSV, read, validated, matched and applied; beside a raw COPY and its anti-join.

The file is the list that makes sense at this length: everybody registered in the country, in Pôle emploi's classic
columns, brought to a Département that follows thirty thousand people. It is compared with a process that checks
nothing and keeps nothing; the memory of Python with the same work on thirty thousand lines.
"""

from __future__ import annotations

from tests.bench.goal7 import median, run
from tests.bench.national import known_people, national_list
from tests.bench.rows import Row, report

LINES, FEW = 2_000_000, 30_000
WORK = "CSV of 2 000 000 lines"


def measure() -> None:
    listed, short, known = national_list(LINES), national_list(FEW), known_people()
    few = run("tests.bench.import_once", str(short))
    many = run("tests.bench.import_once", str(listed))
    floor = median("tests.bench.peers.copy_antijoin", str(listed), str(known))
    report(
        Row(8, WORK, many.seconds, floor.seconds, "s", 2, "less", "raw COPY and anti-join, nothing checked or kept"),
        Row(8, f"{WORK}, peak memory of Python", many.mib, few.mib, "MiB", 1.5, "less", "30 000 lines"),
    )
