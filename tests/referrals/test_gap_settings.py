"""Settings of registration: the table of motives, the lists waited for, and what they change."""

from __future__ import annotations

from uuid import uuid4

import pytest
from celery import current_app

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import ImportRow
from partners.services.foresight import TASK, foresee_again
from referrals.imports.codes import EXIT_CODES
from referrals.models import ExitCode, ExpectedList
from tests.cast import client
from tests.files import OCTOBER, bring, confirm, job_now
from tests.referrals.registration import crowd, exits, gap_of, sample_people, stock

pytestmark = pytest.mark.django_db
PAGE = "/inscriptions/reglages/"


def rows(cast, model):
    with tenant(Actor.system(cast.department.pk)):
        return list(model.objects.filter(department=cast.department))


def test_only_heads_and_administrators_set_them(cast):
    for member in (cast.officer_metz, cast.social_worker, cast.adviser, cast.udaf_lead, cast.controller):
        browser = client(member)
        assert browser.get(PAGE).status_code == 403
        assert browser.post(f"{PAGE}motifs/usuels/").status_code == 403
        assert "Réglages</a>" not in browser.get("/inscriptions/").content.decode()
    assert client(cast.admin).get(PAGE).status_code == 200
    assert f'href="{PAGE}"' in client(cast.head).get("/inscriptions/").content.decode()


def test_the_usual_motives_are_seeded_once_and_keep_what_was_changed(cast):
    browser = client(cast.head)
    browser.post(f"{PAGE}motifs/usuels/")
    assert len(rows(cast, ExitCode)) == len(EXIT_CODES)
    known = next(one for one in rows(cast, ExitCode) if one.code == "90")
    browser.post(f"{PAGE}motifs/{known.pk}/", {"label": "Non actualisé", "nature": "ceased"})
    browser.post(f"{PAGE}motifs/usuels/")
    changed = next(one for one in rows(cast, ExitCode) if one.code == "90")
    assert (changed.label, changed.alerting, len(rows(cast, ExitCode))) == ("Non actualisé", False, len(EXIT_CODES))


def test_a_motive_is_added_once(cast):
    browser = client(cast.head)
    given = {"code": "z9", "label": "Motif inventé", "nature": "ceased", "alerting": "on"}
    assert browser.post(f"{PAGE}motifs/nouveau/", given).status_code == 302
    again = browser.post(f"{PAGE}motifs/nouveau/", given)
    assert again.status_code == 422
    assert "déjà dans la table" in again.content.decode()
    assert [one.code for one in rows(cast, ExitCode)] == ["Z9"]


def test_a_motive_that_no_longer_alerts_opens_no_gap(cast, monkeypatch, django_capture_on_commit_callbacks):
    sample_people(cast)
    browser = client(cast.head)
    browser.post(f"{PAGE}motifs/usuels/")
    confirm(cast.adviser, stock(cast))
    waiting = exits(cast)
    assert waiting.counts["gaps_would_change"], "a radiation weighs more than an absence"
    asked = []
    monkeypatch.setattr(current_app, "send_task", lambda task, args, **_: asked.append((task, args)))
    with django_capture_on_commit_callbacks(execute=True):
        for one in rows(cast, ExitCode):
            browser.post(f"{PAGE}motifs/{one.pk}/", {"label": one.label, "nature": one.nature})
    assert (TASK, (str(waiting.department_id), str(waiting.pk))) in asked
    foresee_again(waiting.department_id, waiting.pk)
    assert job_now(cast.adviser, waiting).counts["gaps_would_change"] == 0
    confirm(cast.adviser, waiting)
    assert gap_of(cast, "MAELLE").state == "lapsed"


def test_lists_are_waited_for_then_no_longer(cast):
    browser = client(cast.head)
    browser.post(f"{PAGE}listes/nouvelle/", {"label": "Agence de Metz", "territory": cast.metz.pk})
    [one] = rows(cast, ExpectedList)
    assert (one.label, one.territory_id, one.active) == ("Agence de Metz", cast.metz.pk, True)
    assert browser.post(f"{PAGE}listes/nouvelle/", {"label": "Agence de Metz"}).status_code == 422
    foreign = {"label": "Ailleurs", "territory": cast.other_territory.pk}
    assert browser.post(f"{PAGE}listes/nouvelle/", foreign).status_code == 422
    browser.post(f"{PAGE}listes/{one.pk}/")
    assert not rows(cast, ExpectedList)[0].active
    assert "Plus attendue" in browser.get(PAGE).content.decode()


def test_other_departments_settings_do_not_exist(cast):
    there = cast.other_department
    code = ExitCode.objects.create(department=there, code="90", label="Ailleurs", nature="ceased")
    expected = ExpectedList.objects.create(department=there, label="Ailleurs")
    browser = client(cast.head)
    assert "Ailleurs" not in browser.get(PAGE).content.decode()
    foreign, unknown = browser.get(f"{PAGE}motifs/{code.pk}/"), browser.get(f"{PAGE}motifs/{uuid4()}/")
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert browser.post(f"{PAGE}listes/{expected.pk}/").status_code == 404


def test_a_motive_of_the_table_is_known_by_its_label_and_its_code(cast):
    people = crowd(cast, 2)
    given = {"code": "z9", "label": "Motif inventé à part", "nature": "struck_off", "alerting": "on"}
    client(cast.head).post(f"{PAGE}motifs/nouveau/", given)
    header = "Nom;Prénom;Date de naissance;Identifiant PE;Situation;Date;Motif"
    said = zip(people, ("MOTIF INVENTE A PART", "Z9"), strict=True)
    lines = [f"{last};{first};{born};{pes};Radié;15/10/2026;{motive}" for (pes, last, first, born, _), motive in said]
    job = bring(cast.adviser, "registration", "\n".join([header, *lines]).encode(), month=OCTOBER, nature="events")
    with tenant(Actor.system(cast.department.pk)):
        kept = list(ImportRow.objects.filter(job=job))
    assert [row.problems for row in kept] == [[], []]
    assert [row.data["events"][0]["code"] for row in kept] == ["Z9", "Z9"]
