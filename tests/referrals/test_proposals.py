"""What a list seems to be, proposed from its contents: month, territory, nature, sheet."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from hub.core.errors import Invalid
from hub.core.gate import tenant
from partners.services.coverage import change_coverage
from partners.services.imports import process_import
from referrals.imports.told import month_told, nature_told
from referrals.services.registration_settings import add_expected_list
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm, job_now
from tests.referrals.registration import classic, crowd

TODAY = date(2026, 11, 25)
BY_HAND = "Nom;Prénom;Date de naissance;Situation;Date"


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("liste_2026-10.csv", "2026-10"),
        ("liste 202610.xlsx", "2026-10"),
        ("Liste des bénéficiaires octobre 2026", "2026-10"),
        ("LISTE_AOÛT_2026.csv", "2026-08"),
        ("Liste arrêtée au 01/10/2026", "2026-10"),
        ("Situation de 10-2026", "2026-10"),
        ("liste decembre 2026.csv", None),  # not begun
        ("liste n° 20261", None),
        ("Mairie 2026", None),
        ("liste.csv", None),
    ],
)
def test_the_month_a_text_tells(text, month):
    assert month_told(text, TODAY) == (date.fromisoformat(f"{month}-01") if month else None)


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("Mouvements du mois d'octobre", "events"),
        ("cessations_radiations_2026-10.csv", "events"),
        ("Liste complète des inscrits", "complete"),
        ("PE_STOCK_202610.csv", "complete"),
        ("Liste des bénéficiaires", ""),
    ],
)
def test_the_nature_a_text_tells(text, nature):
    assert nature_told(text) == nature


def seems(cast, content, name="fichier.csv", **values):
    job = bring(cast.officer_metz, "registration", content, name=name, **values)
    assert job.state == "analysed", job.refusal
    return job


def lines(*dates):
    return [f"NOMINVENTE;Prénom{n};12/04/1985;Inscrit;{day}" for n, day in enumerate(dates)]


def text(*rows):
    return "\r\n".join(rows).encode()


def test_a_title_row_weighs_more_than_the_name_of_the_file_and_the_other_is_said(cast):
    content = text("Liste des bénéficiaires du territoire de Metz;octobre 2026", "", BY_HAND, *lines("02/03/2026"))
    job = seems(cast, content, "liste_2026-09.csv")
    assert (job.month, job.territory_id) == (OCTOBER, cast.metz.pk)
    assert "titre du fichier" in job.proposals["month"]["why"]
    assert job.warnings[0] == "Mois à vérifier : le nom du fichier dit septembre 2026."
    early = seems(cast, content + b"\n", "liste_2097-01.csv")
    assert early.warnings[0] == "Mois à vérifier : le nom du fichier dit janvier 2097, qui n'a pas commencé."


def test_dates_tell_the_month_when_no_text_does(cast):
    job = seems(cast, text(BY_HAND, *lines("02/03/2026", "12/09/2026", "28/08/2026")))
    assert job.month == date(2026, 9, 1)
    assert job.proposals["month"]["why"] == "les dates les plus récentes du fichier"


def test_a_list_made_by_hand_is_complete_when_somebody_or_its_title_says_so(cast):
    days = [f"{1 + n:02d}/{1 + n % 9:02d}/2026" for n in range(12)]
    short = seems(cast, text(BY_HAND, *lines(*days[:3])))
    assert (short.nature, [guard["name"] for guard in short.guards]) == ("events", [])
    assert "trop peu" in short.proposals["nature"]["why"]
    long = seems(cast, text(BY_HAND, *lines(*days)))
    assert (long.nature, [guard["name"] for guard in long.guards]) == ("complete", ["nobody", "by_hand"])
    assert "rien n'y dit qu'elle contient toutes les personnes inscrites" in long.guards[1]["message"]
    titled = seems(cast, text("Liste complète des inscrits", "", BY_HAND, *lines(*days)))
    stated = seems(cast, text(BY_HAND, *lines(*days[1:])), nature="complete")
    assert {guard["name"] for job in (titled, stated) for guard in job.guards} == {"nobody"}


def test_registrations_of_one_month_only_are_entries_and_conclude_no_absence(cast):
    job = seems(cast, text("Inscrits octobre 2026", BY_HAND, *lines(*[f"{day:02d}/10/2026" for day in range(1, 13)])))
    assert job.nature == "events"
    assert "presque toutes les inscriptions" in job.proposals["nature"]["why"]


def test_a_list_of_exits_made_by_hand_is_of_events(cast):
    rows = [f"A;B{n};12/04/1985;{word};02/10/2026" for n, word in enumerate(("Cessation", "Radié", "Inscrit"))]
    assert seems(cast, text(BY_HAND, *rows)).nature == "events"


def test_communes_agencies_and_people_tell_the_territory(cast):
    people = crowd(cast, 12)
    by_commune = seems(cast, classic(*people))
    assert by_commune.territory_id == cast.metz.pk
    assert by_commune.proposals["territory"]["why"] == "les communes de ses lignes"
    with tenant(actor(cast.head)) as acting:
        add_expected_list(acting, label="Agence de Thionville", territory=cast.thionville, agencies="57010")
    assert seems(cast, classic(*people[:11])).territory_id == cast.thionville.pk
    rows = [f"{last};{first};{birth};Inscrit;02/03/2026" for _, last, first, birth, _ in people]
    job = seems(cast, text(BY_HAND, *rows))
    assert job.proposals["territory"]["why"] == "les communes des personnes reconnues"


def test_a_list_that_tells_nothing_of_its_place_is_proposed_for_the_member_s_only_territory(cast):
    assert seems(cast, text(BY_HAND, *lines("02/03/2026"))).territory_id == cast.metz.pk
    stated = seems(cast, text(BY_HAND, *lines("03/03/2026")), nature="complete")
    assert stated.territory_id is None, "with its nature stated, no territory means everywhere"


def test_without_a_column_of_dates_the_month_is_asked_before_anything_is_applied(cast):
    content = text("Nom;Prénom;Date de naissance;Situation", "A;B;12/04/1985;Inscrit", "C;D;13/04/1985;Non inscrit")
    job = seems(cast, content, "liste octobre 2026.csv")
    assert job.month == OCTOBER
    assert any("n'a pas de colonne de dates" in said for said in job.warnings)
    nobody = text("Nom;Prénom;Date de naissance;Situation", "A;B;12/04/1985;Absent")
    unknown = seems(cast, nobody)
    assert (unknown.month, unknown.guards, "gaps_would_open" in unknown.counts) == (None, [], False)
    with pytest.raises(Invalid) as asked:
        confirm(cast.officer_metz, unknown)
    assert asked.value.fields.keys() == {"month"}
    with tenant(actor(cast.officer_metz)) as acting:
        change_coverage(acting, job=unknown, month=OCTOBER)
    process_import(unknown.department_id, unknown.pk)
    assert confirm(cast.officer_metz, unknown).state == "applied"


def workbook(**sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_sheet_read_is_said_and_another_may_be_chosen(cast):
    titles = BY_HAND.split(";")
    content = workbook(
        Notes=[["À lire"]],
        Septembre_2026=[titles, ["A", "B", date(1985, 4, 12), "Inscrit", date(2026, 3, 2)]],
        Octobre_2026=[titles, *[[f"A{n}", "B", date(1985, 4, 12), "Inscrit", date(2026, 3, 2)] for n in range(2)]],
    )
    job = seems(cast, content, "liste.xlsx")
    assert (job.month, job.counts["lines"]) == (date(2026, 9, 1), 1)
    assert "seule « Septembre_2026 » est lue. Non lues : Notes, Octobre_2026." in " ".join(job.warnings)
    with tenant(actor(cast.officer_metz)) as acting:
        change_coverage(acting, job=job, sheet="Octobre_2026")
    process_import(job.department_id, job.pk)
    again = job_now(cast.officer_metz, job)
    assert (again.month, again.counts["lines"]) == (OCTOBER, 2)


def test_another_sheet_may_be_chosen_before_anybody_says_what_the_columns_are(cast):
    right = [BY_HAND.split(";"), ["A", "B", date(1985, 4, 12), "Inscrit", date(2026, 3, 2)]]
    content = workbook(Suivi=[["Nom", "Prénom", "Référent", "Date"], ["A", "B", "C", "D"]], Liste=right)
    job = bring(cast.officer_metz, "registration", content, name="octobre 2026.xlsx")
    assert job.state == "unspecified", job.refusal
    browser = client(cast.officer_metz)
    assert "Lire cette feuille" in browser.get(f"/imports/{job.pk}/").content.decode()
    assert browser.post(f"/imports/{job.pk}/contenu/", {"sheet": "Liste"}).status_code == 302
    process_import(job.department_id, job.pk)
    read = job_now(cast.officer_metz, job)
    assert (read.state, read.month, read.counts["lines"]) == ("analysed", OCTOBER, 1)
