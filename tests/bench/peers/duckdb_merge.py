"""The same question to DuckDB, the workbook read by calamine (DuckDB's own reader is a download); write nothing."""

from __future__ import annotations

import csv
import sys
import tempfile

import duckdb
from python_calamine import CalamineWorkbook

from tests.bench.told import telling

MISSING = """
SELECT count(*) FROM read_csv($known, delim = ';', all_varchar = true, header = true) p
 WHERE NOT EXISTS (SELECT 1 FROM read_csv($listed, all_varchar = true, header = true) l
                    WHERE left(p."NIR", 13) = l.nir
                      AND CAST(p."Date de naissance" AS DATE) = strptime(l.dtnai, '%d/%m/%Y'))
"""


def main(listed: str, known: str) -> None:
    with telling(), tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as table:
        csv.writer(table).writerows(CalamineWorkbook.from_path(listed).get_sheet_by_index(0).iter_rows())
        table.flush()
        found = duckdb.execute(MISSING, {"known": known, "listed": table.name}).fetchone()
        assert found and found[0] > 0


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
