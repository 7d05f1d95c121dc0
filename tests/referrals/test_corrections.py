"""One line corrected in place: read again by the same rules, kept, applied with the file."""

from __future__ import annotations

import pytest

from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, NotVisible, Refused
from hub.core.gate import tenant
from partners.models import ImportRow, LineCorrection
from partners.services.corrections import correct_line
from partners.services.imports import discard_import, process_import
from referrals.models import NationalNumber, RegistrationEntry
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm, job_now
from tests.people import person

pytestmark = pytest.mark.django_db
HEADER = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2"
NIR = "2850457990123"


def listed(cast, *lines, by=None):
    content = "\r\n".join([HEADER, *lines, ""]).encode()
    return bring(by or cast.officer_metz, "registration", content, month=OCTOBER, nature="events")


def correct(member, job, line=2, **cells):
    with tenant(actor(member)) as acting:
        return correct_line(acting, job=job, line=line, cells=cells)


def test_a_corrected_line_is_read_again_and_applies_with_its_file(cast):
    who = person(cast)
    job = listed(cast, ";9999999Z;FICTIF;AMELIE;31/02/1985;02/03/2026;1;")
    assert job.counts["rejected"] == 1
    row = correct(cast.officer_metz, job, birth_date="12/04/1985")
    assert (row.verdict, row.match_rule, row.beneficiary_id) == ("matched", "names_birth", who.pk)
    assert row.raw[4] == "31/02/1985"  # what the file said is kept
    counts = job_now(cast.officer_metz, job).counts
    assert (counts["matched"], counts.get("rejected", 0), counts["lines"]) == (1, 0, 1)
    assert "gaps_would_open" in counts
    confirm(cast.officer_metz, job)
    with tenant(Actor.system(cast.department.pk)):
        assert RegistrationEntry.objects.get().beneficiary_id == who.pk
        made = LineCorrection.objects.get()
        assert (made.by_id, made.cells) == (cast.officer_metz.user_id, {"birth_date": "12/04/1985"})


def test_a_correction_outlives_a_second_analysis(cast):
    job = listed(cast, ";9999999Z;FICTIF;AMELIE;31/02/1985;02/03/2026;1;")
    correct(cast.officer_metz, job, birth_date="12/04/1985")
    who = person(cast)  # known only after the analysis: the file is analysed again when it is confirmed
    client(cast.officer_metz).post(f"/imports/{job.pk}/confirmer/")
    process_import(job.department_id, job.pk)
    assert job_now(cast.officer_metz, job).state == "analysed"  # the counts changed: read again, confirm again
    with tenant(actor(cast.officer_metz)):
        row = ImportRow.objects.get(job=job)
        assert (row.verdict, row.beneficiary_id, "corrected" in row.data) == ("matched", who.pk, True)


def test_the_number_of_the_file_stays_unless_it_is_typed_again_and_is_never_shown(cast):
    who = person(cast, nir=NIR)
    job = listed(cast, f"{NIR};9999999Z;AUTRE;AMELIE;31/02/1985;02/03/2026;1;{NIR}")
    form = client(cast.officer_metz).get(f"/imports/{job.pk}/lignes/2/").content.decode()
    assert NIR not in form
    assert "31/02/1985" in form
    assert correct(cast.officer_metz, job, birth_date="12/04/1985").match_rule == "nir_birth"
    row = correct(cast.officer_metz, job, nir="2850457990456")
    assert row.beneficiary_id != who.pk
    with tenant(Actor.system(cast.department.pk)):
        kept = [str(one.cells) for one in LineCorrection.objects.all()]
        kept += [f"{row.raw} {row.data}" for row in ImportRow.objects.all()]
    assert not any("2850457990" in text for text in kept)


def test_a_line_corrected_into_another_is_its_double(cast):
    person(cast)
    good = ";9999999Z;FICTIF;AMELIE;12/04/1985;02/03/2026;1;"
    job = listed(cast, good, good.replace("12/04", "31/02"))
    row = correct(cast.officer_metz, job, line=3, birth_date="12/04/1985")
    assert row.verdict == "duplicate"
    assert "ligne 2" in row.problems[-1]["message"]


def test_a_table_of_people_creates_what_was_corrected(cast):
    content = "NIR;Nom;Prénom;Date de naissance\r\n2850457990124;FICTIF;Amélie;31/02/1985\r\n".encode()
    job = bring(cast.officer_metz, "people", content)
    assert correct(cast.officer_metz, job, birth_date="12/04/1985").verdict == "created"
    assert confirm(cast.officer_metz, job).state == "applied"
    with tenant(Actor.system(cast.department.pk)):
        assert NationalNumber.objects.count() == 1  # the number of the file, not of the form


def test_who_may_correct_what_and_when(cast):
    job = listed(cast, ";9999999Z;FICTIF;AMELIE;31/02/1985;02/03/2026;1;", by=cast.adviser)
    for member in (cast.adviser, cast.head):  # a partner reads formats only; a head of service only follows
        with pytest.raises(Refused):
            correct(member, job, birth_date="12/04/1985")
        assert client(member).get(f"/imports/{job.pk}/lignes/2/").status_code == 403
    with pytest.raises(NotVisible):
        correct(cast.officer_metz, job, line=99, birth_date="12/04/1985")
    with pytest.raises(Invalid):
        correct(cast.officer_metz, job, nothing="12/04/1985")
    with pytest.raises(Invalid):
        correct(cast.officer_metz, job, pes="", last_name="", first_names="", birth_date="", date="", code="")
    confirm(cast.officer_metz, job)
    with pytest.raises(Conflict):
        correct(cast.officer_metz, job, birth_date="12/04/1985")


def test_the_form_and_the_api_say_the_new_verdict(cast):
    person(cast)
    job = listed(cast, *[";9999999Z;FICTIF;AMELIE;31/02/1985;02/03/2026;1;"] * 2)
    browser = client(cast.officer_metz)
    shown = browser.get(f"/imports/{job.pk}/?verdict=rejected").content.decode()
    assert f"/imports/{job.pk}/lignes/2/" in shown
    inline = browser.get(f"/imports/{job.pk}/lignes/2/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in inline
    fields = {"nir": "", "pes": "9999999Z", "last_name": "FICTIF", "first_names": "AMELIE", "birth_date": "12/04/1985",
              "date": "02/03/2026", "code": "1"}  # fmt: skip
    answer = browser.post(f"/imports/{job.pk}/lignes/2/", fields, follow=True)
    assert "Ligne 2 relue : reconnue." in answer.content.decode()
    assert "Ligne corrigée par une personne" in answer.content.decode()
    patched = browser.patch(
        f"/api/v1/imports/{job.pk}/rows/3/", {"cells": {"first_names": "ZOE"}}, content_type="application/json"
    )
    assert patched.status_code == 200, patched.content
    assert patched.json()["verdict"] == "rejected"  # the date is still wrong
    assert browser.get(f"/imports/{job.pk}/lignes/9999/").status_code == 404
    assert browser.get(f"/imports/{job.pk}/lignes/zz/").status_code == 404


def test_an_abandoned_file_forgets_its_corrections(cast):
    job = listed(cast, ";9999999Z;FICTIF;AMELIE;31/02/1985;02/03/2026;1;")
    correct(cast.officer_metz, job, first_names="ZOE")
    with tenant(actor(cast.officer_metz)) as acting:
        discard_import(acting, job=job)
        assert not LineCorrection.objects.exists()


def test_the_form_names_columns_in_french_whatever_the_titles_of_the_file(cast):
    header = "nir;identifiantpe;nom;prenom;dtnai;date;code;nir2;codeinsee;localite;adresse;ale"
    content = f"{header}\n;9999999Z;FICTIF;AMELIE;31/02/1985;02/03/2026;1;;57463;METZ;1 RUE;57010\n".encode()
    job = bring(cast.officer_metz, "registration", content, month=OCTOBER, nature="events")
    form = client(cast.officer_metz).get(f"/imports/{job.pk}/lignes/2/").context["form"]
    labels = {field.label for field in form}
    assert {"Date naissance", "Localité", "N° ALE"} <= labels
    assert not {"dtnai", "localite", "ale"} & labels
    assert form["birth_date"].initial == "31/02/1985"
