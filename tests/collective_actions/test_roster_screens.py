"""Rosters on screen: many files at once, verdicts of form only, coverage, what is asked of the Région."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from collective_actions.models import RosterQuestion, Trainee, Training, TrainingSession
from collective_actions.services.rosters.questions import ask_about_sessions, discard_forgotten
from hub.core.actor import PARIS, Actor
from hub.core.gate import tenant
from notifications.models import Notification
from partners.models import ImportJob
from partners.services.imports import process_import
from tests.cast import client
from tests.collective_actions.rosters import apply_roster, known, line, roster
from tests.files import bring

pytestmark = pytest.mark.django_db


def page(member, name="rosters", **values):
    answer = client(member).get(reverse(name, **values))
    assert answer.status_code == 200
    return answer.content.decode()


def upload(member, *contents: bytes):
    files = [SimpleUploadedFile(f"liste-{n}.csv", content) for n, content in enumerate(contents, start=1)]
    return client(member).post(reverse("roster_bring"), {"rosters": files}, follow=True)


def analysed(cast):
    with tenant(Actor.system(cast.department.pk)):
        ids = list(ImportJob.objects.filter(kind="roster", state="received").values_list("pk", flat=True))
    for pk in ids:
        process_import(cast.department.pk, pk)
    return ids


def test_many_files_at_once_the_wrong_ones_are_named(cast):
    known(cast, "amelie")
    answer = upload(cast.trainer, roster(line("amelie")), b"rien;du;tout\n1;2;3\n", roster(line("theo", number="2")),
                    roster(line("karim", planned="31/02/2027")))  # fmt: skip
    said = answer.content.decode()
    assert "3 fichiers reçus" in said
    assert "liste-2.csv" in said
    analysed(cast)
    shown = page(cast.trainer)
    assert "Transmettre les 2 listes vérifiées" in shown
    assert shown.count("À transmettre") == 2 and "À corriger" in shown  # nothing to send in a file of wrong lines
    seen = {"list": re.findall(r'name="list" value="([^"]+)"', shown)}
    upload(cast.trainer, roster(line("FICTIVE|Léa|02/01/1980", number="3")))  # since the page was shown: not part of it
    analysed(cast)
    done = client(cast.trainer).post(reverse("rosters_confirm"), seen, follow=True).content.decode()
    assert "2 listes transmises" in done and done.count("À transmettre") == 1
    with tenant(Actor.system(cast.department.pk)):
        waiting = list(ImportJob.objects.filter(state="applying").values_list("pk", flat=True))
    for pk in waiting:
        process_import(cast.department.pk, pk)
    with tenant(Actor.system(cast.department.pk)):
        assert Trainee.objects.count() == 1


def test_the_page_of_the_region_is_the_same_whoever_is_known(cast):
    """The same bytes but for identifiers, tokens and instants, with nobody and with everybody known."""
    people = ("amelie", "karim", "theo")
    shown = []
    for start in ("990601", "990602"):
        apply_roster(cast.trainer, roster(*(line(who, number=start) for who in people)))
        text = page(cast.trainer)
        row = text[text.index("<tbody>") : text.index("</tr>", text.index("<tbody>"))]
        shown.append(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-zA-Z:_-]{40,}|<time[^>]*>", "", row))
        if start == "990601":
            known(cast, *people)
    assert shown[0] == shown[1]
    assert "Reconnues" not in text
    assert "3" in page(cast.officer_metz)
    assert "Reconnues" in page(cast.officer_metz)


def test_the_reject_file_holds_the_wrong_lines_and_why_while_the_file_waits(cast):
    known(cast, "amelie")
    job = bring(cast.trainer, "roster", roster(line("amelie"), line("theo", planned="31/02/2027")))
    answer = client(cast.trainer).get(reverse("roster_rejects", args=[job.pk]))
    said = answer.content.decode("utf-8-sig")
    assert len(said.splitlines()) == 2
    assert "Ligne 3 : la date « 31/02/2027 » n'existe pas" in said
    assert "À télécharger avant de transmettre" in page(cast.trainer)
    client(cast.trainer).post(reverse("roster_confirm", args=[job.pk]))
    process_import(job.department_id, job.pk)
    assert client(cast.trainer).get(reverse("roster_rejects", args=[job.pk])).status_code == 409
    after = page(cast.trainer)
    assert "1 ligne non transmise" in after and "à corriger</summary>" not in after


def test_the_template_is_a_roster_once_filled(cast):
    titles = client(cast.trainer).get(reverse("roster_model")).content.decode("utf-8-sig").strip()
    said = {"Nom": "FICTIF", "Prénom": "Amélie", "Date de naissance": "02/01/1980", "N° session": "1"}
    said |= {"Date entrée": "02/11/2026"}
    row = ";".join(said.get(title, "") for title in titles.split(";"))
    job = bring(cast.trainer, "roster", f"{titles}\n{row}\n".encode())
    assert (job.state, job.counts["lines"], job.counts["rejected"]) == ("analysed", 1, 0)


def test_the_import_itself_leads_to_the_lists(cast):
    job = bring(cast.officer_metz, "roster", roster(line("amelie")))
    assert client(cast.officer_metz).get(reverse("import", args=[job.pk])).url == reverse("rosters")
    assert "liste" not in client(cast.officer_metz).get(reverse("imports")).content.decode().partition("<tbody>")[2]


def opened(cast, on: date, number: str = "S1", ends_on: date | None = None) -> TrainingSession:
    training, _ = Training.objects.get_or_create(
        department=cast.department, key="soudure",
        defaults={"title": "Soudure", "search_title": "soudure", "body_name": "Organisme fictif"},
    )  # fmt: skip
    return TrainingSession.objects.create(
        department=cast.department, training=training, number=number, starts_on=on, ends_on=ends_on,
        territory=cast.metz, updated_at=datetime.now(PARIS),
    )  # fmt: skip


def clock(cast, on: date) -> Actor:
    return Actor.system(cast.department.pk, datetime(on.year, on.month, on.day, 8, tzinfo=PARIS))


def asks(member) -> list[tuple[str, bool]]:
    with tenant(Actor.system(member.department_id)):
        kinds = ("roster_missing", "training_end_unknown")
        found = Notification.objects.filter(user_id=member.user_id, kind__in=kinds).order_by("seq")
        return [(one.kind, one.solved_at is not None) for one in found]


def test_a_session_open_for_five_open_days_without_list_is_asked_about_once(cast):
    """26 December is a holiday here: from 21 December 2026, the fifth open day is the 29th."""
    opened(cast, date(2026, 12, 21), ends_on=date(2027, 3, 1))
    for day in (28, 29, 30):
        with tenant(clock(cast, date(2026, 12, day))) as acting:
            ask_about_sessions(acting)
        assert len(asks(cast.trainer)) == (day > 28)
    assert RosterQuestion.objects.get().asked_on == date(2026, 12, 29)


def test_the_roster_settles_the_question_whoever_it_names(cast):
    today = datetime.now(PARIS).date()
    session = opened(cast, today - timedelta(days=20), ends_on=today + timedelta(days=30))
    with tenant(Actor.system(cast.department.pk)) as acting:
        ask_about_sessions(acting)
    assert asks(cast.trainer) == [("roster_missing", False)]
    assert "Soudure" in client(cast.trainer).get("/").content.decode()
    said = line("theo", number=session.number, start=f"{session.starts_on:%d/%m/%Y}", end=f"{session.ends_on:%d/%m/%Y}")
    apply_roster(cast.trainer, roster(said))
    assert asks(cast.trainer) == [("roster_missing", True)]
    with tenant(Actor.system(cast.department.pk)) as acting:
        ask_about_sessions(acting)
    assert "Rien ne manque" in page(cast.trainer, "roster_coverage")


def test_an_unknown_end_is_one_question_until_somebody_says_it(cast):
    today = datetime.now(PARIS).date()
    start = f"{today - timedelta(days=3):%d/%m/%Y}"
    people = ("amelie", "theo")
    apply_roster(cast.trainer, roster(*(line(who, start=start, end="") for who in people)))
    with tenant(Actor.system(cast.department.pk)) as acting:
        ask_about_sessions(acting)
    assert asks(cast.trainer) == [("training_end_unknown", False)]
    end = f"{today + timedelta(days=40):%d/%m/%Y}"
    apply_roster(cast.trainer, roster(*(line(who, start=start, end=end) for who in people)))
    assert asks(cast.trainer) == [("training_end_unknown", True)]


def test_coverage_counts_sessions_with_a_list(cast):
    today = datetime.now(PARIS).date()
    one = opened(cast, today - timedelta(days=10), "S1")
    opened(cast, today - timedelta(days=10), "S2")
    apply_roster(cast.trainer, roster(line("theo", number=one.number, start=f"{one.starts_on:%d/%m/%Y}", end="")))
    shown = page(cast.officer_metz, "roster_coverage")
    assert re.search(r"Metz</th><td[^>]*>2</td><td[^>]*>1</td><td[^>]*>50 %", shown)


def test_a_list_nobody_confirms_is_destroyed(cast):
    job = bring(cast.trainer, "roster", roster(line("theo")))
    now = datetime.now(PARIS)
    for days, state in ((6, "analysed"), (8, "discarded")):
        with tenant(Actor.system(cast.department.pk, now + timedelta(days=days))) as acting:
            discard_forgotten(acting)
            assert ImportJob.objects.get(pk=job.pk).state == state
