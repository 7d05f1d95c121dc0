"""Offers of training by file: LHEO 2.3 and tables, read, applied once, applied again, taken back."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from collective_actions.events import TrainingSessionMoved
from collective_actions.models import Training, TrainingSession
from hub.core import events
from hub.core.gate import tenant
from hub.core.tabular import FileProblem
from partners.models import ImportRow
from tests.cast import actor, client
from tests.files import bring, confirm, sample, undo, verdicts

LHEO = "region_05_offre_lheo23.xml"
TABLE = (
    "Intitulé de la formation;Organisme;SIRET;Date début;Date fin;Ville;Code postal;Places;Places restantes;"
    "Rémunération;Niveau;Formacode;Réunion d'information\r\n"
    "Agent de propreté;Organisme fictif;00000001800010;05/10/2026;18/12/2026;Thionville;57100;12;4;oui;CAP;42093;"
    "21/09/2026 et 28/09/2026\r\n"
    "Cariste;Organisme fictif;;31/02/2026;;Metz;57000;;;;;;\r\n"
    "Soudure;Organisme fictif;;18/12/2026;05/10/2026;Metz;57000;;;;;;\r\n"
    ";Organisme fictif;;18/12/2026;;Metz;57000;;;;;;\r\n"
    "Agent de propreté;Organisme fictif;00000001800010;05/10/2026;;;;;;;;;\r\n"
    "Remise à niveau;Organisme fictif;;11/01/2027;permanente;Metz;57000;10;12;peut-être;;;\r\n"
).encode()


def lheo(**changes: str) -> bytes:
    content = sample(LHEO).decode()
    for before, after in changes.values():
        assert before in content
        content = content.replace(before, after)
    return content.encode()


@pytest.fixture
def moved():
    """Sessions that ended another day, as upper layers hear of it."""
    heard: list[TrainingSessionMoved] = []
    events.react(TrainingSessionMoved)(heard.append)
    yield heard
    events._reactions[TrainingSessionMoved].remove(heard.append)


def said(member, job):
    with tenant(actor(member)):
        rows = ImportRow.objects.filter(job=job)
        return {row.line: " ; ".join(one["message"] for one in row.problems) for row in rows}


def test_the_sample_gives_two_sessions_one_open_ended(cast):
    job = bring(cast.trainer, "trainings", sample(LHEO))
    assert (job.state, job.counts) == ("analysed", {"lines": 2, "created": 2})
    assert not TrainingSession.objects.exists()
    confirm(cast.trainer, job)
    training = Training.objects.get()
    assert (training.number, training.action_number, training.theme) == ("57_FICTIF_0001", "A57-2026-001", "basics")
    assert (training.title, training.hours, training.funders) == (
        "Remise à niveau – savoirs de base (fictif)", 350, ["2"],
    )  # fmt: skip
    first, second = TrainingSession.objects.order_by("number")
    assert (first.number, first.starts_on, first.ends_on) == ("990001", date(2026, 10, 5), date(2026, 12, 18))
    assert (second.number, second.starts_on, second.ends_on) == ("990003", date(2027, 1, 11), None)
    assert (first.territory, first.places, first.recruitment) == (cast.metz, 12, "open")


def test_the_same_offer_again_changes_nothing_and_a_new_end_is_told(cast, moved):
    confirm(cast.trainer, bring(cast.trainer, "trainings", sample(LHEO)))
    again = bring(cast.officer_metz, "trainings", sample(LHEO), again=True)
    assert again.counts == {"lines": 2, "unchanged": 2}
    later = bring(cast.trainer, "trainings", lheo(end=("20261218", "20270115"), open=("99999999", "20270330")))
    assert later.counts == {"lines": 2, "changed": 2}
    assert "change : fin" in said(cast.trainer, later).values()
    assert moved == []
    confirm(cast.trainer, later)
    assert TrainingSession.objects.count() == 2
    assert {(event.before, TrainingSession.objects.get(pk=event.session_id).ends_on) for event in moved} == {
        (date(2026, 12, 18), date(2027, 1, 15)), (None, date(2027, 3, 30)),
    }  # fmt: skip
    assert set(TrainingSession.objects.values_list("version", flat=True)) == {1}


def test_an_import_is_taken_back_by_whoever_brought_it(cast, moved):
    confirm(cast.trainer, bring(cast.trainer, "trainings", sample(LHEO)))
    later = confirm(cast.trainer, bring(cast.trainer, "trainings", lheo(end=("20261218", "20270115"))))
    assert undo(cast.trainer, later).counts["undone"] == 1
    assert TrainingSession.objects.get(number="990001").ends_on == date(2026, 12, 18)
    assert len(moved) == 2
    third = confirm(cast.trainer, bring(cast.trainer, "trainings", lheo(n=("990003", "990009"))))
    undo(cast.trainer, third)
    assert set(TrainingSession.objects.values_list("number", flat=True)) == {"990001", "990003"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("<periode><debut>20261005</debut><fin>20261218</fin></periode>",
          "<periode><fin>20261218</fin><debut>20261005</debut></periode>"), "XML_ORDRE"),
        (("<certifiante>0</certifiante>", "<domaine-formation/>"), "XML_ORDRE"),
        (("http://lheo.gouv.fr/2.3", "http://www.lheo.org/2.2"), "XML_VERSION"),
        (('encoding="UTF-8"?>', 'encoding="UTF-8"?><!DOCTYPE x [<!ENTITY a "b">]>'), "FICHIER_DANGEREUX"),
        (("</formation></offres></lheo>", ""), "FICHIER_TRONQUE"),
    ],
)  # fmt: skip
def test_what_does_not_follow_the_schema_is_refused_with_its_line(cast, change, code):
    with pytest.raises(FileProblem) as refused:
        bring(cast.trainer, "trainings", lheo(one=change))
    assert refused.value.code == code
    if code == "XML_ORDRE":
        assert "ligne" in refused.value.message


def test_a_table_says_what_is_wrong_line_by_line(cast):
    job = bring(cast.trainer, "trainings", TABLE)
    assert dict(verdicts(cast.trainer, job)) == {
        2: "created",
        3: "rejected",
        4: "rejected",
        5: "rejected",
        6: "duplicate",
        7: "created",
    }
    told = said(cast.trainer, job)
    assert "« 31/02/2026 » n'existe pas" in told[3]
    assert "avant de commencer" in told[4]
    assert "« Intitulé » est vide" in told[5]
    assert "ligne 2" in told[6]
    assert "places libres restent à préciser" in told[7]
    confirm(cast.trainer, job)
    session = TrainingSession.objects.get(training__title="Agent de propreté")
    assert (session.territory, session.free_places, session.training.level_out) == (cast.thionville, 4, 3)
    assert (session.training.remuneration, session.training.theme) == ("paid", "services")
    assert session.info_dates == [date(2026, 9, 21), date(2026, 9, 28)]
    assert TrainingSession.objects.get(training__title="Remise à niveau").ends_on is None


def test_a_workbook_without_numbers_meets_the_same_sessions_again(cast):
    book = openpyxl.Workbook()
    book.active.append(["Formation", "Organisme", "Début", "Fin", "Commune"])
    book.active.append(["Cariste", "Organisme fictif", date(2026, 10, 5), date(2026, 12, 18), "Metz"])
    content = io.BytesIO()
    book.save(content)
    confirm(cast.officer_metz, bring(cast.officer_metz, "trainings", content.getvalue()))
    text = "Formation;Organisme;Début;Fin;Commune\nCARISTE;organisme  fictif;05/10/2026;19/12/2026;Metz\n".encode()
    job = bring(cast.trainer, "trainings", text)
    assert job.counts == {"lines": 1, "changed": 1}
    confirm(cast.trainer, job)
    assert TrainingSession.objects.get().ends_on == date(2026, 12, 19)


def test_the_kind_of_an_offer_is_recognised_and_its_page_shows_the_lines_to_the_region(cast):
    browser = client(cast.trainer)
    for name, content in {"offre.xml": sample(LHEO), "offre.csv": TABLE}.items():
        file = io.BytesIO(content)
        file.name = name
        answer = browser.post("/imports/deposer/", {"file": file})
        assert answer.status_code == 302, answer.text
    job = bring(cast.trainer, "trainings", TABLE, again=True)
    page = browser.get(f"/imports/{job.pk}/").text
    assert "31/02/2026" in page
    assert "Agent de propreté" in page


def test_what_a_file_leaves_out_still_counts(cast):
    first = (
        "Formation;Organisme;N° session;Début;Fin;Places;Places libres\nCariste;Fictif;7;05/10/2026;18/12/2026;8;6\n"
    )
    confirm(cast.trainer, bring(cast.trainer, "trainings", first.encode()))
    fewer = "Formation;Organisme;N° session;Début;Places\nCariste;Fictif;7;05/10/2026;4\n".encode()
    confirm(cast.trainer, bring(cast.trainer, "trainings", fewer))
    session = TrainingSession.objects.get()
    assert (session.places, session.free_places, session.ends_on) == (4, None, date(2026, 12, 18))
    late = "Formation;Organisme;N° session;Début\nCariste;Fictif;7;05/01/2027\n".encode()
    assert bring(cast.trainer, "trainings", late).counts == {"lines": 1, "rejected": 1}
