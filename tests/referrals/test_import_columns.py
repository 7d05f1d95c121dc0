"""Which column is what: shown, corrected by hand, remembered for the same titles; nothing is applied meanwhile."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from hub.core.errors import Invalid, Refused
from hub.core.gate import tenant
from partners.models import ImportJob
from partners.services.columns import choose_columns
from partners.services.imports import process_import
from referrals.imports.detect import detect
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm, job_now, sample, verdicts
from tests.referrals.registration import sample_people

pytestmark = pytest.mark.django_db
UNKNOWN = (
    "Nom;Petit nom;Né quand;Sécu;Que dit la liste;Jour;Remarque\r\n"
    "FICTIF;Amélie;12/04/1985;2850457990001;Inscrite;02/03/2026;rien\r\n"
    "D'ESSAI;Maëlle;29/02/1992;;Cessation;31/10/2026;\r\n"
).encode()
FIELDS = ["last_name", "first_names", "birth_date", "nir", "situation", "date", ""]


def waiting(cast, content=UNKNOWN, **values):
    given = {"month": OCTOBER, "nature": "events"} | values
    return bring(cast.officer_metz, "registration", content, name="agence.csv", **given)


def choose(cast, job, fields, member=None, **values):
    member = member or cast.officer_metz
    with tenant(actor(member)) as acting:
        choose_columns(acting, job=job, fields=fields, **values)
    process_import(job.department_id, job.pk)
    return job_now(member, job)


def test_missing_columns_keep_the_file_and_ask_which_is_which(cast):
    job = waiting(cast)
    assert (job.state, job.counts) == ("unspecified", {})
    assert "obligatoires" in job.refusal
    shown = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert "Petit nom" in shown
    assert "Amélie" in shown
    assert "2850457990001" not in shown, "a number of social security is hidden"
    assert "Analyser avec ces colonnes" in shown
    chosen = {f"column-{position}": name for position, name in enumerate(FIELDS)}
    answer = client(cast.officer_metz).post(f"/imports/{job.pk}/colonnes/", chosen)
    assert answer.status_code == 302
    process_import(job.department_id, job.pk)
    assert job_now(cast.officer_metz, job).state == "analysed"


def test_chosen_columns_are_read_and_remembered_for_the_same_titles(cast):
    sample_people(cast)
    job = choose(cast, waiting(cast), FIELDS)
    assert job.state == "analysed"
    assert [verdict for _, verdict in verdicts(cast.officer_metz, job)] == ["matched", "matched"]
    applied = confirm(cast.officer_metz, job)
    assert applied.state == "applied"
    assert applied.survey["samples"] == [], "values go with the file"
    following = waiting(cast, UNKNOWN.replace(b"31/10/2026", b"30/10/2026").replace(b"Petit nom", b"PETIT_NOM"))
    assert following.state == "analysed", "the next month nothing is asked"
    other = bring(cast.adviser, "registration", UNKNOWN + b"\r\n", name="agence.csv", month=OCTOBER, nature="events")
    assert other.state == "unspecified", "another organisation has its own memory"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (["last_name", "last_name", "birth_date", "nir", "situation", "date", ""], "Deux colonnes"),
        (["last_name", "", "birth_date", "nir", "situation", "date", ""], "Prénom"),
        (["last_name", "first_names"], "chaque colonne"),
        (["last_name", "first_names", "birth_date", "nir", "situation", "date", "nonsense"], "chaque colonne"),
    ],
)
def test_columns_that_cannot_be_read_together_change_nothing(cast, fields, said):
    job = waiting(cast)
    with pytest.raises(Invalid) as refused, tenant(actor(cast.officer_metz)) as acting:
        choose_columns(acting, job=job, fields=fields)
    assert said in refused.value.message
    assert job_now(cast.officer_metz, job).state == "unspecified"
    posted = {f"column-{position}": name for position, name in enumerate(fields)}
    if len(fields) == len(FIELDS) and "nonsense" not in fields:
        answer = client(cast.officer_metz).post(f"/imports/{job.pk}/colonnes/", posted)
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_an_analysis_may_be_corrected_and_accents_repaired(cast):
    name = "pe_07_accents_abimes_2026-10.csv"
    job = bring(cast.officer_metz, "registration", sample(name), name=name, month=OCTOBER, nature="events")
    assert any("abîmés" in warning for warning in job.warnings)
    offered = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert "Réparer les accents</button>" in offered
    asked = client(cast.officer_metz).get(f"/imports/{job.pk}/?colonnes=1").content.decode()
    assert "Réparer les accents" in asked
    assert "Premières valeurs" in asked
    again = choose(cast, job, job.survey["fields"], repair=True)
    assert (again.state, again.repair) == ("analysed", True)
    shown = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert "Cœlia" in shown and "Réparer les accents" not in shown


def test_damaged_accents_are_repaired_in_one_gesture(cast):
    name = "pe_07_accents_abimes_2026-10.csv"
    job = bring(cast.officer_metz, "registration", sample(name), name=name, month=OCTOBER, nature="events")
    posted = {f"column-{n}": field for n, field in enumerate(job.survey["fields"])} | {"repair": "on"}
    browser = client(cast.officer_metz)
    shown = browser.get(f"/imports/{job.pk}/").content.decode().split("Réparer les accents")[0]
    for field, value in posted.items():
        assert f'name="{field}" value="{value}"' in shown
    assert browser.post(f"/imports/{job.pk}/colonnes/", posted).status_code == 302
    process_import(job.department_id, job.pk)
    assert "Cœlia" in browser.get(f"/imports/{job.pk}/").content.decode()


def test_only_who_may_confirm_says_the_columns(cast):
    job = waiting(cast)
    with pytest.raises(Refused), tenant(actor(cast.head)) as acting:
        choose_columns(acting, job=job, fields=FIELDS)
    assert "Analyser avec ces colonnes" not in client(cast.head).get(f"/imports/{job.pk}/").content.decode()


def test_a_table_of_people_may_be_mapped_too_and_given_up(cast):
    content = b"Nom;Petit nom;Naissance;Commentaire\r\nFICTIF;Zoe;12/04/1985;x\r\n"
    browser = client(cast.officer_metz)
    upload = SimpleUploadedFile("table.csv", content)
    assert browser.post("/imports/deposer/", {"file": upload, "kind": "people"}).status_code == 302
    with tenant(actor(cast.officer_metz)):
        job = ImportJob.objects.get()
    assert choose(cast, job, ["last_name", "first_names", "birth_date", ""]).counts["created"] == 1
    assert browser.post(f"/imports/{job.pk}/abandonner/").status_code == 302
    assert job_now(cast.officer_metz, job).survey["samples"] == []


def test_titles_nobody_knows_are_shown_to_be_mapped_and_remembered_once_the_kind_is_chosen(cast):
    content = (
        "Patronyme;Petit nom;Jour de naissance;Truc;Depuis\n"
        "FICTIF;Amélie;12/04/1985;Inscrite;02/03/2026\nD'ESSAI;Maëlle;29/02/1992;Radiée;31/10/2026\n"
    ).encode()
    browser = client(cast.officer_metz)

    def bring_it(**values):
        return browser.post("/imports/deposer/", {"file": SimpleUploadedFile("liste.csv", content), **values})

    assert "choisissez le type" in bring_it().content.decode()
    answer = bring_it(kind="registration")
    assert answer.status_code == 302
    shown = browser.get(answer["Location"]).content.decode()
    assert "Aucun titre de colonne de ce fichier n&#x27;est connu." in shown
    assert 'name="column-0"' in shown and "Petit nom" in shown and "Inscrite" in shown
    with tenant(actor(cast.officer_metz)):
        job = ImportJob.objects.get()
    assert job.state == "unspecified"
    job = choose(cast, job, ["last_name", "first_names", "birth_date", "situation", "date"])
    assert (job.state, job.counts["lines"], job.counts.get("rejected", 0)) == ("analysed", 2, 0)
    again = waiting(cast, content.replace(b"FICTIF", b"FICTIVE"))
    assert again.state == "analysed"


def test_another_sheet_whose_titles_are_known_is_preferred_to_titles_nobody_knows(cast):
    book, content = Workbook(), BytesIO()
    book.active.append(["Un", "Deux", "Trois", "Quatre"])
    book.active.append(["a", "b", "c", "d"])
    sheet = book.create_sheet("Novembre")
    sheet.append(["Nom", "Prénom", "Date de naissance", "Situation", "Date"])
    sheet.append(["FICTIF", "Amélie", "12/04/1985", "Inscrite", "02/03/2026"])
    book.save(content)
    job = waiting(cast, content.getvalue())
    assert (job.state, job.survey["sheet"]) == ("analysed", "Novembre")


@pytest.mark.parametrize("situation", ["Situation\n(novembre)", "Situation novembre 2026", "SITUATION (11/2026)"])
def test_a_month_written_after_a_title_does_not_hide_it(cast, situation):
    book, content = Workbook(), BytesIO()
    book.active.append(["Liste des inscrits - Territoire de Metz"])
    book.active.append([])
    book.active.append(["Nom\nd’usage", "Prénom", "Né(e) le", situation, "Date"])
    book.active.append(["FICTIF", "AMÉLIE", "12/04/1985", "Inscrit", "02/03/2026"])
    book.save(content)
    assert detect(BytesIO(content.getvalue())) == "registration_by_hand"
    job = waiting(cast, content.getvalue())
    assert (job.state, job.survey["fields"][3]) == ("analysed", "situation")


def test_a_title_of_list_weighs_more_than_columns_of_people_and_a_choice_by_hand_asks_for_what_is_missing(cast):
    table = "Nom;Prénom;Date de naissance;Où\nFICTIF;Amélie;12/04/1985;Inscrite\n"
    assert detect(BytesIO(table.encode())) == "people_table"
    assert detect(BytesIO(f"Liste des inscrits;octobre\n{table}".encode())) == "registration_by_hand"
    job = waiting(cast, table.encode())
    assert job.state == "unspecified"
    assert "ressemble à « tableau de personnes »" in job.refusal and "colonnes obligatoires" in job.refusal
    job = choose(cast, job, ["last_name", "first_names", "birth_date", "situation"])
    assert (job.state, job.counts["lines"]) == ("analysed", 1)


def test_a_choice_by_hand_is_obeyed_when_the_situations_are_those_of_a_list(cast):
    content = (
        "Nom;Prénom;Date de naissance;Situation;Téléphone\nFICTIF;Amélie;12/04/1985;Inscrite;0387000000\n".encode()
    )
    assert detect(BytesIO(content)) == "people_table"
    assert waiting(cast, content).state == "analysed"
