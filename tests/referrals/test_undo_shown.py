"""After a list was taken back: its gaps say so, count nowhere, and open pages learn of it."""

from __future__ import annotations

import pytest

from hub.core import topics
from hub.core.gate import tenant
from referrals.models import RegistrationGap
from referrals.services.gaps import take_charge_of_gap
from tests.cast import actor, client
from tests.files import OCTOBER
from tests.referrals.registration import crowd
from tests.referrals.test_undo import SEPTEMBER, a_list, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(cast):
    """A list that opened two gaps, one of them in somebody's charge."""
    people = crowd(cast, 4)
    job = a_list(cast, people[:2], OCTOBER)
    with tenant(actor(cast.udaf_lead)) as acting:
        gap = take_charge_of_gap(acting, gap=RegistrationGap.objects.order_by("pk").first())
    return job, gap


def test_the_gap_says_the_list_was_taken_back_and_names_nobody_as_its_author(cast, taken):
    job, gap = taken
    lead = str(cast.udaf_lead.user)
    assert f"par {lead}" in _words(client(cast.udaf_lead).get(f"/inscriptions/{gap.pk}/"))
    page = client(cast.officer_metz).get(f"/imports/{job.pk}/annuler/").content.decode()
    assert f"/inscriptions/{gap.pk}/" in page.split("Déjà pris en charge")[1]
    undo(cast, job)
    page = client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    assert f"/inscriptions/{gap.pk}/" in page.split("Pris en charge, ils ont été retirés")[1]
    late = client(cast.officer_metz).post(f"/imports/{job.pk}/annuler/", {"reason": "Mauvais fichier envoyé"})
    assert late.status_code == 409 and "Rien n'est encore annulé" not in _words(late)
    shown = _words(client(cast.udaf_lead).get(f"/inscriptions/{gap.pk}/"))
    assert "avait signalée a été reprise" in shown
    assert f"Annulée par {lead}" not in shown
    assert str(cast.officer_metz.user) in shown  # the journal says who took the list back
    listed = _words(client(cast.udaf_lead).get("/inscriptions/?state=all"))
    assert str(gap.pk) in listed and f"par {lead}" not in listed


def test_open_pages_of_its_gaps_look_again(cast, taken, monkeypatch):
    job, _ = taken
    seen, emit = set(), topics.emit
    monkeypatch.setattr(topics, "emit", lambda event: (seen.add(event.topic), emit(event)))
    undo(cast, job)
    with tenant(actor(cast.officer_metz)):
        voided = RegistrationGap.objects.filter(state="void").values_list("pk", "beneficiary_id")
        wanted = {f"gap:{gap}" for gap, _ in voided} | {f"person:{person}" for _, person in voided}
    assert len(wanted) == 4 and wanted <= seen


def test_a_gap_given_back_looks_again_too(cast, monkeypatch):
    people = crowd(cast, 4)
    a_list(cast, people[:2], SEPTEMBER)
    october = a_list(cast, people, OCTOBER)
    with tenant(actor(cast.officer_metz)):
        closed = [f"gap:{pk}" for pk in RegistrationGap.objects.filter(state="resolved").values_list("pk", flat=True)]
    seen, emit = set(), topics.emit
    monkeypatch.setattr(topics, "emit", lambda event: (seen.add(event.topic), emit(event)))
    undo(cast, october)
    assert len(closed) == 2 and set(closed) <= seen


def test_its_gaps_count_nowhere(cast, taken):
    browser = client(cast.head)
    assert browser.get("/api/v1/registration-gaps/digest/").json()["opened"] == 2
    undo(cast, taken[0])
    said = browser.get("/api/v1/registration-gaps/digest/").json()
    assert (said["opened"], said["open"], said["closed"]) == (0, 0, [])
    assert "Erreur de liste" not in browser.get("/inscriptions/tableau/").content.decode()
    assert browser.get("/inscriptions/?state=closed").context["found"].total == 0
    assert browser.get("/inscriptions/?state=all").context["found"].total == 2
    assert browser.get("/api/v1/registration-gaps/?open=false").json()["results"] == []
    assert len(browser.get("/api/v1/registration-gaps/?state=void").json()["results"]) == 2


def _words(answer):
    """The page without its tags' line breaks."""
    return " ".join(answer.content.decode().split())
