"""The same question to pandas: read the workbook, merge it with the people, count who is missing; write nothing."""

from __future__ import annotations

import sys

import openpyxl  # noqa: F401  (pandas would load it within the time measured)
import pandas

from tests.bench.told import telling

KEYS = ["nir13", "birth"]


def main(listed: str, known: str) -> None:
    with telling():
        lines = pandas.read_excel(listed, dtype=str)
        people = pandas.read_csv(known, sep=";", dtype=str)
        lines["nir13"], lines["birth"] = lines["nir"].str[:13], pandas.to_datetime(lines["dtnai"], format="%d/%m/%Y")
        people["nir13"], people["birth"] = people["NIR"].str[:13], pandas.to_datetime(people["Date de naissance"])
        merged = people.merge(lines, on=KEYS, how="left", indicator=True)
        assert (merged["_merge"] == "left_only").sum() > 0


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
