"""Rosters: what is kept of people known, what the uploader learns (nothing of them), what is left of the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collective_actions.models import Roster, Trainee, TrainingSession
from collective_actions.services.rosters.questions import discard_forgotten
from hub.core.actor import Actor
from hub.core.errors import Conflict
from hub.core.gate import tenant
from partners.models import Department, ImportRow
from partners.services.imports import confirm_import, process_import
from referrals.models import Beneficiary
from referrals.services.matches import decide_match
from tests.cast import actor
from tests.collective_actions.rosters import (
    CAST,
    REGION_01,
    REGION_02,
    apply_roster,
    known,
    line,
    roster,
    trainees,
)
from tests.files import bring, job_now, sample
from tests.people import person


def test_the_extract_of_ile_de_france_keeps_three_people_one_of_whom_left(cast):
    known(cast, "amelie", "karim", "coelia")
    job = apply_roster(cast.trainer, sample(REGION_01))
    assert (job.state, job.counts["lines"], job.counts["duplicate"], job.counts["rejected"]) == ("applied", 4, 1, 0)
    kept = trainees(cast)
    assert set(kept) == {"Amélie", "Karim", "Cœlia"}
    assert kept["Karim"]["left_on"] == date(2026, 10, 12)
    assert {one["rule"] for one in kept.values()} == {"email"}
    assert {one["session"] for one in kept.values()} == {"990001"}  # hers had no number: same body, title and start
    session = TrainingSession.objects.get()
    assert (session.starts_on, session.ends_on) == (date(2026, 10, 5), date(2026, 12, 18))


def test_our_template_refuses_two_lines_and_keeps_the_others(cast):
    known(cast, "jeannoel", "anais", "theo", "mariange", "fatou", "ange")
    job = apply_roster(cast.trainer, sample(REGION_02))
    assert (job.counts["lines"], job.counts["rejected"]) == (6, 2)
    assert [said.partition(" :")[0] for said in job.warnings if said.startswith("Ligne")] == [
        "Ligne 6 (Date fin prévue)", "Ligne 7 (Date entrée)",
    ]  # fmt: skip
    kept = trainees(cast)
    assert {name: one["rule"] for name, one in kept.items()} == {
        "Jean-Noël": "pes_id", "Anaïs Chloé": "pes_id", "Théo": "names_birth", "Mariange": "names_birth",
    }  # fmt: skip
    assert (kept["Anaïs Chloé"]["left_on"], kept["Anaïs Chloé"]["outcome"]) == (date(2026, 11, 10), "dropped_out")
    assert kept["Théo"]["starts_on"] == date(2026, 11, 9)
    assert TrainingSession.objects.get().city == "Thionville"


def test_france_travails_extract_is_recognised_by_identifier_and_names(cast):
    known(cast, "amelie")
    titles = (
        "c_nomcorrespondance|c_prenomcorrespondance|c_adresseemail|c_telephone1|c_individulocal|dn_session_id"
        "|dc_lblformation|dd_datedebutplanformation|dd_datefinplanformation|dc_siret|dc_raisonsociale"
    )
    said = "FICTIF|AMELIE|NULL|NULL|0999900001T|990300|Caces|2026-11-02 00:00:00.0|2026-12-04 00:00:00.0|NULL|Fictive"
    apply_roster(cast.trainer, f"{titles}\n{said}\n".encode())
    assert trainees(cast)["Amélie"] == {
        "starts_on": date(2026, 11, 2), "ends_on": date(2026, 12, 4), "left_on": None, "outcome": "", "missing": False,
        "rule": "pes_names", "session": "990300",
    }  # fmt: skip


def test_a_corrected_roster_changes_what_it_says_and_marks_who_is_missing(cast):
    known(cast, "amelie", "karim", "theo")
    apply_roster(cast.trainer, roster(line("amelie"), line("karim", left="16/11/2026", motive="Abandon"), line("theo")))
    apply_roster(cast.trainer, roster(line("amelie", end="12/02/2027"), line("karim")))
    kept = trainees(cast)
    assert kept["Amélie"]["ends_on"] == date(2027, 2, 12)
    assert (kept["Karim"]["left_on"], kept["Karim"]["outcome"]) == (None, "")
    assert (kept["Théo"]["missing"], kept["Amélie"]["missing"]) == (True, False)
    assert len(kept) == 3


def test_what_is_odd_is_said_without_its_cell(cast):
    far = line("theo").replace(";02/11/2026;;;", ";02/03/2027;30/03/2027;;")
    job = bring(cast.trainer, "roster", roster(line("amelie"), far))
    assert [said for said in job.warnings if said.startswith("À vérifier")] == [
        "À vérifier, ligne 3 (Date entrée) : l'entrée est à plus de 30 jours de la session."
    ]


def test_a_wrong_line_does_not_make_somebody_missing(cast):
    known(cast, "theo")
    apply_roster(cast.trainer, roster(line("theo")))
    apply_roster(cast.trainer, roster(line("amelie"), line("theo", planned="31/02/2027")))
    assert trainees(cast)["Théo"]["missing"] is False


def test_the_same_roster_twice_changes_nothing(cast):
    known(cast, "amelie")
    apply_roster(cast.trainer, roster(line("amelie")))
    with tenant(actor(cast.head)):
        before = Trainee.objects.values().get()
    with tenant(actor(cast.head)):
        Trainee.objects.update(to_plan=False)
    with pytest.raises(Conflict, match="FICHIER_DEJA_IMPORTE"):
        bring(cast.trainer, "roster", roster(line("amelie")))
    apply_roster(cast.trainer, roster(line("amelie"), ""))
    with tenant(actor(cast.head)):
        after = Trainee.objects.values().get()
    assert after["to_plan"] is False
    assert {**after, "updated_at": 0, "roster_id": 0, "to_plan": 0} == {
        **before, "updated_at": 0, "roster_id": 0, "to_plan": 0,
    }  # fmt: skip


STRANGER = "CANARILONG|Zéphyrine|11/02/1983"


def test_a_stranger_is_nowhere(cast, caplog, settings, tmp_path, django_capture_on_commit_callbacks):
    """Her name is searched in every table, in every file the product writes, and in its logs, at each step."""
    settings.MEDIA_ROOT = tmp_path
    caplog.set_level(logging.DEBUG)
    known(cast, "amelie")
    shifted = line(STRANGER, planned="CANARILONG")  # her name where a date belongs: a fault never quotes its cell
    job = bring(cast.trainer, "roster", roster(line("amelie"), line(STRANGER), shifted))
    assert (job.counts["rejected"], len(list(_files(tmp_path)))) == (1, 1)
    assert _tables_with("CANARILONG") == []
    with tenant(actor(cast.trainer)) as acting:
        confirm_import(acting, job=job)
    with django_capture_on_commit_callbacks(execute=True):
        process_import(job.department_id, job.pk)
    assert job_now(cast.trainer, job).state == "applied"
    assert set(trainees(cast)) == {"Amélie"}
    for canary in ("CANARILONG", "Zéphyrine", "1983-02-11"):
        assert _tables_with(canary) == [], canary
    assert list(_files(tmp_path)) == []
    assert "CANARILONG" not in caplog.text


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _tables_with(said: str) -> list[str]:
    """Every table where a row says this, as the product itself reads them."""
    found = []
    department = Department.objects.get(code="57")
    with tenant(Actor.system(department.pk)), connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute("SELECT has_table_privilege(to_regclass(%s), 'SELECT')", [f'"{table}"'])
            if cursor.fetchone()[0]:
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{said}%"])
                if cursor.fetchone()[0]:
                    found.append(table)
        # What the planner was told of a working table outlives it on the disk.
        cursor.execute("SELECT tablename FROM pg_stats s WHERE s::text ILIKE %s", [f"%{said}%"])
        found += [table for (table,) in cursor.fetchall()]
    return found


def test_the_search_for_a_stranger_finds_somebody_known(cast):
    """A search that finds nothing proves something only if it can find."""
    known(cast, "amelie")
    assert "referrals_beneficiary" in _tables_with("amelie@exemple.invalid")


def _shape(member, content: bytes) -> tuple[list[str], dict[str, Any]]:
    """The statements a roster costs once confirmed, and all that is kept for whoever brought it."""
    job = bring(member, "roster", content)
    with tenant(actor(member)) as acting:
        confirm_import(acting, job=job)
    with CaptureQueriesContext(connection) as context:
        process_import(job.department_id, job.pk)
    found = job_now(member, job)
    kept = {name: getattr(found, name) for name in ("state", "counts", "warnings", "columns", "guards", "refusal")}
    return [one["sql"].split()[0] for one in context.captured_queries], kept


def test_nothing_tells_the_uploader_who_is_known(cast):
    """Nobody known, then everybody: the same statements, the same counts, the same words."""
    people = list(CAST)[:9]

    def content(number: str) -> bytes:
        return roster(*(line(who, number=number) for who in people))

    apply_roster(cast.trainer, content("990400"))  # the training itself is known to both
    nobody = _shape(cast.trainer, content("990401"))
    known(cast, *people)
    everybody = _shape(cast.trainer, content("990402"))
    assert nobody == everybody
    with tenant(actor(cast.head)):
        assert Trainee.objects.count() == len(people)


def test_the_region_reads_no_trainee_and_no_line(cast):
    known(cast, "amelie")
    apply_roster(cast.trainer, roster(line("amelie")))
    with tenant(actor(cast.trainer)):
        assert not Trainee.objects.exists()
        assert not ImportRow.objects.exists()
        assert not Beneficiary.objects.exists()
        assert Roster.objects.get().lines == 1


def test_a_doubtful_line_is_for_the_departement_alone(cast):
    """Two people answer to one line: the Département chooses; the line is then not kept any more."""
    one = person(cast, by=cast.head, first_names="Jeanne", email="j@exemple.invalid", birth_date=date(1980, 1, 1))
    person(cast, by=cast.head, first_names="Jeanne", email="j@exemple.invalid", birth_date=date(1981, 1, 1))
    said = "990500;Soudure;Organisme fictif;02/11/2026;29/01/2027;FICTIF;Jeanne;;;j@exemple.invalid;02/11/2026;;;"
    job = apply_roster(cast.trainer, roster(said))
    assert "ambiguous" not in job.counts
    with tenant(actor(cast.officer_metz)) as acting:
        row = ImportRow.objects.select_related("job").get(job=job)
        assert len(row.data["candidates"]) == 2
        decide_match(acting, row=row, answer="person", beneficiary=one)
        assert not ImportRow.objects.filter(job=job).exists()
        assert Trainee.objects.get().beneficiary_id == one.pk


def test_a_doubtful_line_of_nobody_known_is_forgotten(cast):
    for year in (1980, 1981):
        person(cast, by=cast.head, first_names="Jeanne", email="j@exemple.invalid", birth_date=date(year, 1, 1))
    said = "990500;Soudure;Organisme fictif;02/11/2026;29/01/2027;CANARI;Jeanne;;;j@exemple.invalid;02/11/2026;;;"
    job = apply_roster(cast.trainer, roster(said))
    with tenant(actor(cast.officer_metz)) as acting:
        decide_match(acting, row=ImportRow.objects.select_related("job").get(job=job), answer="nobody")
        assert not Trainee.objects.exists()
    assert _tables_with("CANARI") == []


def test_a_doubtful_line_nobody_decides_on_is_forgotten(cast):
    for year in (1980, 1981):
        person(cast, by=cast.head, first_names="Jeanne", email="j@exemple.invalid", birth_date=date(year, 1, 1))
    said = "990500;Soudure;Organisme fictif;02/11/2026;29/01/2027;CANARI;Jeanne;;;j@exemple.invalid;02/11/2026;;;"
    job = apply_roster(cast.trainer, roster(said))
    for days, kept in ((29, 1), (31, 0)):
        with tenant(Actor.system(cast.department.pk, job.state_at + timedelta(days=days))) as acting:
            discard_forgotten(acting)
            assert ImportRow.objects.count() == kept
    assert _tables_with("CANARI") == []
