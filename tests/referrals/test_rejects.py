"""Lines left aside come back as a file: corrected or not, it may be brought again as it is."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import ImportRow
from partners.services.corrections import correct_line
from partners.services.imports import process_import
from referrals.models import RegistrationGap
from referrals.selectors.imports import sentences
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm, job_now, undo, verdicts
from tests.people import decision, person

pytestmark = pytest.mark.django_db
TITLES = "NIR;IDENTIFIANT PE;NOM;PRENOM;DATE NAISSANCE;DATE;CODE;NIR2"
LINES = (
    ";9999999Z;FICTIF;AMELIE;12/04/1985;02/10/2026;1;",  # two people bear this name and this date
    ";9999998Z;MODELE;ZOE;31/02/1990;02/10/2026;1;",
    "2850457990001;9999997Z;INCONNU;Léo;01/02/1991;02/10/2026;1;2850457990001",
    ";9999996Z;CONNU;ANNE;03/02/1991;02/10/2026;1;",
    "Total;4;;;;;;",
    TITLES,
)


def listed(cast, *lines, titles=TITLES, **values):
    content = "\r\n".join([titles, *lines, ""]).encode()
    given = {"month": OCTOBER, "nature": "events", "territory": cast.metz, "name": "liste.csv"} | values
    return bring(cast.officer_metz, "registration", content, **given)


def people(cast):
    person(cast), person(cast)
    person(cast, last_name="Connu", first_names="Anne", birth_date=date(1991, 2, 3))


def rejects(cast, job):
    answer = client(cast.officer_metz).get(f"/imports/{job.pk}/rejets/")
    assert answer.status_code == 200
    return answer["Content-Disposition"].split('"')[1], answer.content


def test_good_and_left_aside_are_all_the_lines_and_each_verdict_is_counted_even_at_zero(cast):
    people(cast)
    job = listed(cast, *LINES)
    shown = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert "6 lignes lues : 1 prise et 5 laissées de côté." in shown
    counts = dict(re.findall(r"verdict=(\w+)[^>]*><strong>(\d+)</strong>", shown))
    assert counts == {"matched": "1", "duplicate": "0", "ambiguous": "1", "unknown": "1", "rejected": "3"}
    assert sum(int(count) for count in counts.values()) == job.counts["lines"] == len(verdicts(cast.head, job))
    sent = listed(cast, *LINES[:2], again=True)
    assert "2 lignes lues" in client(cast.officer_metz).get(f"/imports/{sent.pk}/").content.decode()


def test_a_double_is_neither_taken_nor_left_aside_and_its_sender_reads_what_to_correct_only(cast):
    people(cast)
    content = "\r\n".join([TITLES, LINES[0], LINES[0], *LINES[1:4], ""]).encode()
    job = bring(cast.adviser, "registration", content, month=OCTOBER, nature="events")
    shown = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert "5 lignes lues : 1 prise, 1 en double et 3 laissées de côté." in shown
    sender = client(cast.adviser).get(f"/imports/{job.pk}/").content.decode()
    assert "5 lignes lues : 1 à corriger." in sender and "prise" not in sender.split("<main")[1]


def test_one_person_who_may_be_meant_is_told_in_the_singular():
    row = ImportRow(line=2, verdict="ambiguous", data={"candidates": ["one"]})
    assert sentences(row) == ["Ligne 2 : 1 personne connue correspond ; elle n'a pas été choisie"]


def test_the_file_of_rejects_is_named_by_the_rule_and_has_the_reason_last(cast):
    people(cast)
    name, content = rejects(cast, listed(cast, *LINES))
    assert re.fullmatch(r"rejets-inscriptions_57_metz_2026-10_\d{8}T\d{4}\.csv", name), name
    assert content.startswith(b"\xef\xbb\xbf")
    titles, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert titles == [*TITLES.split(";"), "Erreur"]
    said = {line[2]: line[-1] for line in lines}
    assert said["FICTIF"] == "Ligne 2 : 2 personnes connues correspondent ; aucune n'a été choisie"
    assert said["MODELE"] == "Ligne 3 : la date « 31/02/1990 » n'existe pas"
    assert said["INCONNU"].startswith("Ligne 4 : aucune personne connue du Département ne correspond ;")
    assert "est un total" in said[""] and "répète les titres" in said["NOM"]
    assert "2850457990001" not in content.decode(), "a number of social security leaves with no file"


def test_rejects_are_brought_again_as_they_are_and_never_stand_for_a_complete_list(cast):
    people(cast)
    job = listed(cast, *LINES, nature="complete")
    name, content = rejects(cast, job)
    again = bring(cast.officer_metz, "registration", content, name=name)
    assert again.state == "analysed", again.refusal
    assert (again.month, again.nature, again.territory_id) == (OCTOBER, "events", cast.metz.pk)
    assert [verdict for _, verdict in verdicts(cast.head, again)] == [
        "ambiguous", "rejected", "unknown", "rejected", "rejected",
    ]  # fmt: skip
    mended = content.replace(b"31/02/1990", b"28/02/1990")
    person(cast, last_name="Modèle", first_names="Zoé", birth_date=date(1990, 2, 28))
    right = bring(cast.officer_metz, "registration", mended, name=name)
    assert dict(verdicts(cast.head, right))[3] == "matched"
    assert confirm(cast.officer_metz, right).state == "applied"


@pytest.fixture
def unread(cast):
    """A complete list whose line of Zoé could not be read, applied: Zoé and Anne have each a gap."""
    zoe = person(cast, last_name="Modèle", first_names="Zoé", birth_date=date(1990, 2, 28))
    anne = person(cast, last_name="Connu", first_names="Anne", birth_date=date(1991, 2, 3))
    decision(cast, zoe), decision(cast, anne)
    job = listed(cast, ";9999998Z;MODELE;ZOE;31/02/1990;02/03/2026;1;", ";9999997Z;AUTRE;LEO;01/02/1991;02/03/2026;1;",
                 nature="complete")  # fmt: skip
    assert confirm(cast.officer_metz, job, knowingly=True, conclude_absence=True).counts["gaps_opened"] == 2
    return job


def gap_states(cast):
    with tenant(Actor.system(cast.department.pk)):
        return dict(RegistrationGap.objects.values_list("beneficiary__first_names", "state"))


def test_whom_corrected_rejects_show_registered_has_no_gap_left_and_nobody_is_said_absent(cast, unread):
    name, content = rejects(cast, unread)
    mended = bring(cast.officer_metz, "registration", content.replace(b"31/02/1990", b"28/02/1990"), name=name)
    assert (mended.nature, mended.counts["gaps_would_resolve"]) == ("events", 1)
    applied = confirm(cast.officer_metz, mended)
    assert (applied.counts["gaps_resolved"], applied.counts["gaps_opened"]) == (1, 0)
    assert gap_states(cast) == {"Zoé": "resolved", "Anne": "open"}
    undo(cast.officer_metz, applied)
    assert gap_states(cast) == {"Zoé": "open", "Anne": "open"}


def test_an_old_registration_told_as_an_event_proves_nothing_of_the_month(cast, unread):
    titles = "Nom;Prénom;Date de naissance;Situation;Date"
    told = confirm(cast.officer_metz, listed(cast, "MODELE;ZOE;28/02/1990;Inscrit;02/03/2026", titles=titles))
    assert (told.counts["matched"], told.counts["gaps_resolved"]) == (1, 0)
    assert gap_states(cast)["Zoé"] == "open"


def test_corrected_rejects_of_events_told_by_hand_prove_no_more_than_they_did(cast, unread):
    titles, line = "Nom;Prénom;Date de naissance;Situation;Date", "MODELE;ZOE;31/02/1990;Inscrit;02/03/2026"
    name, content = rejects(cast, listed(cast, line, titles=titles))
    mended = bring(cast.officer_metz, "registration", content.replace(b"31/02/1990", b"28/02/1990"), name=name)
    assert (mended.counts["matched"], mended.counts["gaps_would_resolve"]) == (1, 0)


def test_corrected_rejects_of_a_list_made_by_hand_prove_as_much_as_its_other_lines(cast):
    zoe = person(cast, last_name="Modèle", first_names="Zoé", birth_date=date(1990, 2, 28))
    decision(cast, zoe)
    titles, line = "Nom;Prénom;Date de naissance;Situation;Date", "MODELE;ZOE;31/02/1990;Inscrit;02/03/2026"
    job = listed(cast, line, "AUTRE;LEO;01/02/1991;Inscrit;02/03/2026", titles=titles, nature="complete")
    assert confirm(cast.officer_metz, job, knowingly=True, conclude_absence=True).counts["gaps_opened"] == 1
    name, content = rejects(cast, job)
    mended = bring(cast.officer_metz, "registration", content.replace(b"31/02/1990", b"28/02/1990"), name=name)
    assert (mended.nature, mended.counts["gaps_would_resolve"]) == ("events", 1)
    assert confirm(cast.officer_metz, mended).counts["gaps_resolved"] == 1


def test_a_line_corrected_and_still_left_aside_leaves_as_corrected_and_nothing_repeats_its_old_fault(cast):
    job = listed(cast, LINES[1], LINES[3])
    assert job.warnings[-1] == "Ligne 2 : la date « 31/02/1990 » n'existe pas."
    for wrong, told in (
        ({"birth_date": "30/02/1990"}, "la date « 30/02/1990 » n'existe pas"),
        ({"birth_date": "28/02/1990"}, ""),
    ):
        with tenant(actor(cast.officer_metz)) as acting:
            correct_line(acting, job=job, line=2, cells=wrong)
        [line, *_] = csv.reader(
            io.StringIO(rejects(cast, job)[1].decode("utf-8-sig").split("\r\n", 1)[1]), delimiter=";"
        )
        assert line[4] == wrong["birth_date"] and told in line[-1] and "31/02" not in line[-1]
        assert [said for said in job_now(cast.officer_metz, job).warnings if "Ligne 2" in said] == (
            [f"Ligne 2 : {told}."] if told else []
        )


def test_rejects_of_a_file_whose_columns_were_chosen_by_hand_are_recognised_alone(cast):
    job = listed(cast, "9999998Z;MODELE;ZOE;31/02/1990;02/10/2026;1", titles="Ref;Qui;Prenom;Naiss;Date;Code")
    assert job.state == "unspecified"
    fields = ["pes", "last_name", "first_names", "birth_date", "date", "code"]
    posted = {f"column-{position}": name for position, name in enumerate(fields)}
    assert client(cast.officer_metz).post(f"/imports/{job.pk}/colonnes/", posted).status_code == 302
    process_import(job.department_id, job.pk)
    name, content = rejects(cast, job)
    again = bring(cast.adviser, "registration", content, name=name)
    assert (again.state, again.counts["rejected"]) == ("analysed", 1)


def test_cells_that_a_spreadsheet_marks_with_an_apostrophe_are_read_as_they_are(cast):
    person(cast, last_name="Connu", first_names="Anne", birth_date=date(1991, 2, 3))
    job = listed(cast, "';'9999996Z;CONNU;ANNE;'03/02/1991;'02/10/2026;'1;'")
    assert [verdict for _, verdict in verdicts(cast.head, job)] == ["matched"]
