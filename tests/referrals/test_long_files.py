"""Files of any length: what repeats is read once, strangers are counted, statements do not grow with the lines."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.gate import tenant
from partners.models import ImportRow
from partners.services.corrections import correct_line
from referrals.imports.memo import Memo
from referrals.matching import stage, strangers
from referrals.services.matches import decide_match
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm, job_now
from tests.people import person

pytestmark = pytest.mark.django_db
HEADER = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2"


def listed(cast, *lines, nature="events"):
    content = "\r\n".join([HEADER, *lines, ""]).encode()
    return bring(cast.officer_metz, "registration", content, month=OCTOBER, nature=nature, again=True)


def stranger(number, born="12/04/1985"):
    return f";{9_000_000 - number}Z;INCONNU{'ABCDEFGHIJ'[number % 10]};JEAN;{born};02/03/2026;1;"


def kept(cast, job):
    with tenant(actor(cast.officer_metz)):
        return list(ImportRow.objects.filter(job=job).values_list("line", "verdict"))


def test_strangers_beyond_the_limit_are_counted_and_not_kept(cast, monkeypatch):
    monkeypatch.setattr(strangers, "KEPT", 2)
    person(cast)
    known = ";9999999Z;FICTIF;AMELIE;12/04/1985;02/03/2026;1;"
    job = listed(cast, *map(stranger, range(4)), known, stranger(9, born="31/02/1985"), stranger(5))
    assert (job.counts["lines"], job.counts["unknown"], job.counts["matched"], job.counts["rejected"]) == (7, 5, 1, 1)
    assert kept(cast, job) == [(2, "unknown"), (3, "unknown"), (6, "matched"), (7, "rejected")]
    assert any("sans être gardées" in said for said in job.warnings)
    with tenant(actor(cast.officer_metz)) as acting:
        correct_line(acting, job=job, line=7, cells={"birth_date": "12/04/1985"})
    job = job_now(cast.officer_metz, job)
    assert (job.counts["lines"], job.counts["unknown"]) == (7, 6), "a line read again does not forget the others"
    shown = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert "sans être gardées" in shown
    assert confirm(cast.officer_metz, job).state == "applied"


def test_who_is_known_is_found_however_late_a_long_list_names_her(cast, monkeypatch):
    monkeypatch.setattr(strangers, "KEPT", 1)
    numbered = person(cast, nir="2850457990123", last_name="AUTRE")
    resembled = person(cast, last_name="BIDON")
    alike = ";1234567Z;BIDONE;AMELIE;12/04/1985;02/03/2026;1;"
    before = listed(cast, alike)
    with tenant(actor(cast.officer_metz)) as acting:
        row = ImportRow.objects.select_related("job").get(job=before)
        decide_match(acting, row=row, answer="person", beneficiary=resembled)
    by_number = "2850457990123;9999999Z;USAGE;AMELIE;12/04/1985;02/03/2026;1;2850457990123"
    job = listed(cast, *map(stranger, range(5)), by_number, alike)
    assert kept(cast, job) == [(2, "unknown"), (7, "matched"), (8, "matched")]
    assert (job.counts["lines"], job.counts["unknown"], job.counts["left_out"]) == (7, 5, 4)
    with tenant(actor(cast.officer_metz)):
        found = ImportRow.objects.filter(job=job, verdict="matched").values_list("beneficiary_id", flat=True)
        assert list(found) == [numbered.pk, resembled.pk]


def test_a_list_taken_by_pieces_gives_what_it_would_give_at_once(cast, monkeypatch):
    monkeypatch.setattr(strangers, "KEPT", 6)
    numbered = person(cast, nir="2850457990123", last_name="AUTRE", first_names="Chloé", birth_date=date(1985, 4, 12))
    person(cast, last_name="BIDON")
    by_number = "2850457990123;9999999Z;USAGE;AMELIE;12/04/1985;02/03/2026;1;2850457990123"
    alike = ";1234567Z;BIDONE;AMELIE;12/04/1985;02/03/2026;1;"
    lines = [
        stranger(0),
        by_number,
        alike,
        stranger(1),
        by_number,
        stranger(2, born="31/02/1985"),
        *map(stranger, range(3, 7)),
    ]
    at_once = listed(cast, *lines)
    monkeypatch.setattr(stage, "BLOCK", 1)
    monkeypatch.setattr(stage, "CHUNK", 2)
    by_pieces = listed(cast, *lines)
    assert whole_rows(cast, by_pieces) == whole_rows(cast, at_once)
    assert by_pieces.counts["left_out"] == 1
    assert (by_pieces.counts, by_pieces.warnings) == (at_once.counts, at_once.warnings)
    assert [(row["verdict"], row["beneficiary_id"]) for row in whole_rows(cast, by_pieces)[:5]] == [
        ("unknown", None), ("matched", numbered.pk), ("unknown", None), ("unknown", None), ("duplicate", None)
    ]  # fmt: skip


def whole_rows(cast, job):
    with tenant(actor(cast.officer_metz)):
        return list(ImportRow.objects.filter(job=job).order_by("line").values(
            "line", "raw", "data", "fingerprint", "verdict", "problems", "match_rule", "beneficiary_id", "identity"
        ))  # fmt: skip


def test_a_longer_list_asks_no_more_of_the_database(cast):
    def statements(lines):
        with CaptureQueriesContext(connection) as seen:
            assert listed(cast, *map(stranger, range(lines))).counts["lines"] == lines
        return len(seen)

    statements(1)  # what is read once for all
    assert statements(2) == statements(400)


def test_what_was_read_is_forgotten_before_it_weighs():
    seen = []
    memo = Memo(lambda cell: seen.append(cell) or cell.upper(), most=3)
    assert [memo[cell] for cell in "aabcaadb"] == list("AABCAADB")
    assert seen == list("abcdb"), "read once each, and again once forgotten"
    assert len(memo) <= 3
