"""The floor of a long list: COPY of its bytes into a temporary table, and who is missing from either side."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psycopg

from tests.bench.told import telling

LISTED = "nir text, pes text, last text, first text, born text, since text, code text, nir2 text"
COPY = "COPY listed FROM STDIN (FORMAT csv, DELIMITER ';', HEADER, ENCODING 'WIN1252')"
SAME = "l.nir = left(k.nir, 13) AND to_date(l.born, 'DD/MM/YYYY') = k.born"
CHUNK = 256 * 1024


def main(listed: Path, known: Path) -> None:
    with telling(), psycopg.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SET work_mem = '64MB'")
        cursor.execute(f"CREATE TEMP TABLE listed ({LISTED})")
        cursor.execute("CREATE TEMP TABLE known (nir text, born date)")
        for path, statement in ((listed, COPY), (known, "COPY known FROM STDIN (FORMAT csv, DELIMITER ';')")):
            with path.open("rb") as file, cursor.copy(statement) as copy:
                while chunk := file.read(CHUNK):
                    copy.write(chunk)
        cursor.execute("ANALYZE listed")
        missing = f"SELECT count(*) FROM known k WHERE NOT EXISTS (SELECT 1 FROM listed l WHERE {SAME})"
        unknown = f"SELECT count(*) FROM listed l WHERE NOT EXISTS (SELECT 1 FROM known k WHERE {SAME})"
        for statement in (missing, unknown):
            found = cursor.execute(statement).fetchone()
            assert found and found[0] > 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
