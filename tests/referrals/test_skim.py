"""Skimming a long list by columns: what must be read is what reading every line finds, whatever the blocks."""

from __future__ import annotations

import io
from datetime import date

import pytest

from hub.core.identifiers import check_nir, nir13_of
from referrals.imports import skim
from referrals.imports.lines import has_verdict
from referrals.imports.registration import parse

HEADER = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2"
PLAIN = "2850457990123;9999999Z;FICTIF;AMELIE;12/04/1985;02/03/2026;1;2850457990123"
LINES = (
    PLAIN,
    ";9999998Z;FICTIF;AMELIE;12/04/1985;02/03/2026;1;",
    PLAIN,  # a double
    ";9999997Z;FICTIF;AMELIE;31/02/1985;02/03/2026;1;",  # no such date
    ";9999996Z;FICTIF née BIDON;AMELIE;12/04/1985;02/03/2026;1;",  # a warning
    ";9999996Z;FICTIF née BIDON;AMELIE;12/04/1985;02/03/2026;1;",  # and its double
    "2850457990124;9999995Z;FICTIF;AMELIE;12/04/1985;02/03/2026;1;2850457990125",  # two numbers
    ";9999994Z;FICTIF;AMELIE;12/04/1985;02/03/2026;1",  # a cell short
    ";9999993Z;FICTIF;;12/04/1985;02/03/2026;1;",
    ";999;FICTIF;AMELIE;12/04/1985;02/03/2026;1;",  # no identifier
    ";9999992Z;FICTIF;AMELIE;12/04/1985;02/03/2027;;",
    "2 85 04 57 990 123 ;9999999 Z;Fictif;Amélie;12/04/1985;02/03/2026;1;2850457990123",  # the first, written otherwise
    ";9999991Z;DERNIER;AMELIE;12/04/1985;02/03/2026;1;",
    "Total;13;;;;;;",
)


class Nobody:
    """Nobody is known: every line with nothing wrong is stopped."""

    full = True

    def __init__(self):
        self.stopped = 0

    def may_be(self, who):
        return [False] * len(who.odd)

    def stops(self, line):
        stopped = not has_verdict(line.remarks)
        self.stopped += stopped
        return stopped

    def stop(self, who, happened, stopped):
        self.stopped += sum(stopped)


def opened():
    return parse(io.BytesIO("\r\n".join([HEADER, *LINES, ""]).encode()), today=date(2026, 11, 25))


@pytest.mark.parametrize("block", [1, 2, 3, 250])
def test_what_must_be_read_is_what_reading_every_line_finds(monkeypatch, block):
    monkeypatch.setattr(skim, "BLOCK", block)
    every = list(opened().rows)
    nobody = Nobody()
    read = list(opened().sifted(iter, nobody))
    assert read == [line for line in every if has_verdict(line.remarks)]
    assert len(read) + nobody.stopped == len(every) == len(LINES)
    assert [line.line for line in read] == [4, 5, 7, 8, 9, 10, 11, 12, 13, 15]


@pytest.mark.parametrize(
    "cell",
    ["", "2850457990123", "285045799012377", "269054958815780", "269054958815780"[:13], "2 85 04 57 990 123",
     "285046000000000", "2850499000000", "285132A990123", "285042A990123", "285042a990123", "9850457990123",
     "1,80333E+12"],
)  # fmt: skip
def test_a_number_is_the_same_read_at_once(cell):
    assert nir13_of(cell) == (check_nir(cell).nir13 or "")
