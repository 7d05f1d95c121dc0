"""Aujourd'hui and the search, through HTTP."""

from datetime import timedelta

import pytest
from django.test import Client

from hub.core import slots
from hub.core.today import SEARCH_SLOT, SLOT, TodayLine, TodaySection
from tests.cast import PASSWORD, client

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(monkeypatch):
    """Replace what apps provide: `queue(SLOT, provider)`."""
    return lambda slot, provider: monkeypatch.setitem(slots._slots, slot, [provider])


def section(actor, subject):
    line = TodayLine(
        "Orientation de C. F.", "/orientations/1/", "UDAF", actor.now - timedelta(days=2), "danger", "Voir"
    )
    done = TodayLine("Écart de D. F.", "/ecarts/1/", action_label="Marquer vu", action_url="/ecarts/1/vu/")
    return [
        TodaySection("Plus tard", "clock", 0, position=3),
        TodaySection("Réunions", "calendar", 0, empty="Aucune réunion cette semaine.", position=2),
        TodaySection("À répondre", "inbox", 1200, [line, done], "/orientations/", position=1),
    ]


def test_a_stranger_is_sent_to_the_sign_in_page():
    response = Client().get("/")
    assert (response.status_code, response.url) == (302, "/compte/login/?next=%2F")


def test_counts_come_first_and_lines_carry_their_action(cast, queue):
    queue(SLOT, section)
    body = client(cast.officer_metz).get("/").content.decode()
    assert "1 200 choses à faire".replace(" ", "\u202f", 1) in body
    assert body.index("À répondre") < body.index("Réunions")
    assert "Aucune réunion cette semaine." in body
    assert "Plus tard" not in body
    assert 'action="/ecarts/1/vu/"' in body


def test_an_empty_day_says_what_would_fill_it(cast, queue):
    queue(SLOT, lambda actor, subject: [])
    body = client(cast.udaf_worker).get("/").content.decode()
    assert "Tout est à jour." in body
    assert "Rien ne vous attend" in body


def test_an_account_without_organisation_is_told_what_to_do(cast):
    membership = cast.charity
    membership.active = False
    membership.save()
    response = client(membership).get("/")
    assert response.status_code == 200
    assert "aucune organisation active" in response.content.decode()
    refused = client(membership).get("/recherche/")
    assert refused.status_code == 403
    assert "Demandez à la personne responsable" in refused.content.decode()


def test_search_gives_each_app_the_actor_and_the_trimmed_words(cast, queue):
    asked = []

    def people(actor, query):
        asked.append((actor.membership_id, query))
        return [TodaySection("Personnes", "users", 1, [TodayLine("FICTIF Camille", "/personnes/1/")])]

    queue(SEARCH_SLOT, people)
    browser = client(cast.adviser)
    body = browser.get("/recherche/", {"q": "  fictif \x00 cam "}).content.decode()
    assert asked == [(cast.adviser.pk, "fictif cam")]
    assert "FICTIF Camille" in body
    browser.get("/recherche/", {"q": "f"})
    browser.get("/recherche/")
    assert len(asked) == 1


def test_what_is_searched_is_escaped(cast):
    body = client(cast.adviser).get("/recherche/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in body


def test_pages_of_a_signed_in_user_are_never_kept(cast):
    browser = client(cast.officer_metz)
    for path in ("/", "/recherche/", "/nulle-part/", "/compte/2fa/"):
        assert browser.get(path).headers["Cache-Control"] == "no-store, private", path


def test_an_expired_form_is_explained(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.adviser.user)
    response = browser.post("/compte/logout/")
    assert response.status_code == 403
    assert "restée ouverte trop longtemps" in response.content.decode()


def test_signing_in_and_out_through_the_door(cast):
    browser = Client()
    response = browser.post("/compte/login/", {"login": cast.adviser.user.email, "password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/")
    assert browser.get("/").status_code == 200
    browser.post("/compte/logout/")
    assert browser.get("/").status_code == 302


def test_home_costs_the_same_whatever_the_number_of_lines(cast, queue, django_assert_max_num_queries):
    queue(SLOT, section)
    browser = client(cast.officer_metz)
    browser.get("/")
    with django_assert_max_num_queries(20):
        browser.get("/")
