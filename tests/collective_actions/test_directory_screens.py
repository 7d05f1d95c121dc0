"""The screens of the directory: find, read, write, suggest, moderate, keep a search."""

from __future__ import annotations

import pytest
from data_inclusion.schema import v1
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hub.core.gate import tenant
from hub.core.pages import write_cursor
from partners.models import SavedSearch, Service, ServiceSuggestion
from partners.services.directory.suggestions import suggest
from partners.services.directory.writing import archive_service, create_service, edit_service
from tests.cast import actor, client


@pytest.fixture
def service(cast):
    with tenant(actor(cast.charity)) as acting:
        return create_service(
            acting,
            organization=cast.association,
            name="Épicerie solidaire",
            description="Des courses à petit prix.",
            themes=["equipement-et-alimentation--alimentation"],
            city="Metz",
            insee="57463",
            fee="payant",
        )


def test_a_search_stands_in_its_address(cast, service):
    for asked, said in (
        ("Mets", "Résultats autour de <strong>Metz"),
        ("Nulle Part", "dans tout le Département"),
        ("57463", ""),
    ):
        page = client(cast.udaf_worker).get(reverse("directory"), {"q": "epicerie", "commune": asked}).text
        assert ("est connue ici" in page or "n&#x27;est connue" in page) == bool(said) and said in page, asked
    page = client(cast.udaf_worker).get(reverse("directory"), {"q": "epicerie", "commune": "Metz"}).text
    assert "est connue ici" not in page
    assert "Épicerie solidaire" in page
    assert "Équipement et alimentation : tout (1)" in page
    assert "&quot;points&quot;" not in page
    assert '"name": "\\u00c9picerie solidaire"' in page  # the map says what the list says
    typo = client(cast.udaf_worker).get(reverse("directory"), {"q": "epycerie"}).text
    assert "Résultats pour" in typo
    assert 'type="search" name="q" value=""' in typo  # the search of the top bar is another one
    assert "Épicerie solidaire" in typo


def test_nothing_found_offers_to_suggest(cast, service):
    page = client(cast.udaf_worker).get(reverse("directory"), {"q": "zzzzzz"}).text
    assert "Aucun service ne correspond" in page
    assert reverse("suggest_new") in page


def test_a_wrong_cursor_is_said(cast, service):
    assert client(cast.udaf_worker).get(reverse("directory"), {"after": "n'importe"}).status_code == 400
    of_another_order = write_cursor(["mot", "mot", "mot"])
    assert client(cast.udaf_worker).get(reverse("directory"), {"q": "a1", "after": of_another_order}).status_code == 400
    assert client(cast.udaf_worker).get(reverse("directory"), {"territory": "x", "theme": "'"}).status_code == 200


def test_the_page_of_a_service_says_how_to_go_there(cast, service):
    page = client(cast.udaf_worker).get(reverse("service", args=[service.pk])).text
    assert all(said in page for said in ("Des courses à petit prix.", "Alimentation", "Payant", "Metz"))
    assert reverse("service_edit", args=[service.pk]) not in page


def test_whoever_offers_it_edits_archives_and_publishes_it(cast, service):
    browser = client(cast.charity)
    url = reverse("service_edit", args=[service.pk])
    assert 'value="Épicerie solidaire"' in browser.get(url).text
    posted = {"name": "Épicerie ouverte", "city": "thionville", "audiences": ["familles"], "public": "on"}
    assert browser.post(url, posted).status_code == 302
    service.refresh_from_db()
    assert (service.name, service.insee, service.city, service.public) == (
        "Épicerie ouverte", "57672", "Thionville", True,
    )  # fmt: skip
    wrong = browser.post(url, posted | {"audiences": ["familles", "tous-publics"]})
    assert wrong.status_code == 422
    assert "ne va pas avec d&#x27;autres publics" in wrong.text
    for name, state in (("service_archive", "archived"), ("service_publish", "published")):
        assert browser.post(reverse(name, args=[service.pk])).status_code == 302
        assert Service.objects.get(pk=service.pk).state == state
    assert browser.post(reverse("service_verify", args=[service.pk])).status_code == 302


def test_a_stranger_to_the_service_cannot_write_it(cast, service):
    browser = client(cast.siae_worker)
    for name in ("service_edit", "service_archive", "service_publish", "service_verify", "service_merge"):
        assert browser.post(reverse(name, args=[service.pk]), {"name": "Vide"}).status_code == 404


def test_a_suggestion_goes_from_anybody_to_its_answer(cast, service):
    url = reverse("service_suggest", args=[service.pk])
    assert client(cast.udaf_worker).post(url, {"text": "court"}).status_code == 422
    assert client(cast.udaf_worker).post(url, {"text": "L'adresse a changé depuis mai."}).status_code == 302
    made = ServiceSuggestion.objects.get()
    browser = client(cast.charity)
    assert "L&#x27;adresse a changé depuis mai." in browser.get(reverse("moderation")).text
    answer = {"taken": "1", "answer": "Merci"}
    assert browser.post(reverse("suggestion_settle", args=[made.pk]), answer).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.answer) == ("taken", "Merci")


def test_the_departement_merges_doubles_from_the_queue(cast, service):
    with tenant(actor(cast.siae_worker)) as acting:
        double = create_service(acting, organization=cast.siae, name="EPICERIE SOLIDAIRE", insee="57463")
    browser = client(cast.officer_metz)
    assert "Peut-être en double" in browser.get(reverse("moderation")).text
    posted = {"into": str(service.pk)}
    assert browser.post(reverse("service_merge", args=[double.pk]), posted).status_code == 302
    double.refresh_from_db()
    assert double.merged_into_id == service.pk
    assert service.name in browser.get(reverse("service", args=[double.pk])).text


def test_a_draft_waits_for_the_departement_unseen_by_others(cast):
    with tenant(actor(cast.officer_metz)) as acting:
        draft = create_service(acting, organization=cast.siae, name="Poste en cuisine", draft=True)
    url = reverse("service", args=[draft.pk])
    assert client(cast.udaf_worker).get(url).status_code == 404
    browser = client(cast.officer_metz)
    assert "Poste en cuisine" in browser.get(reverse("moderation")).text
    posted = {"back": "moderation"}
    assert browser.post(reverse("service_publish", args=[draft.pk]), posted).url == reverse("moderation")
    assert client(cast.udaf_worker).get(url).status_code == 200


def test_a_search_is_kept_and_forgotten(cast, service):
    browser = client(cast.udaf_worker)
    posted = {"name": "Courses", "query": "q=epicerie", "notify": "on"}
    assert browser.post(reverse("search_save"), posted).url == f"{reverse('directory')}?q=epicerie"
    assert "Courses" in browser.get(reverse("directory")).text
    with tenant(actor(cast.udaf_worker)):
        kept = SavedSearch.objects.get()
    assert browser.post(reverse("search_forget", args=[kept.pk])).status_code == 302
    assert "Courses" not in browser.get(reverse("directory")).text


def test_pages_cost_the_same_with_2_and_20_services(cast, service):
    counts = []
    for first, last in ((0, 1), (1, 19)):
        with tenant(actor(cast.charity)) as acting:
            for number in range(first, last):
                made = create_service(acting, organization=cast.association, name=f"Service {number}", insee="57463")
                suggest(acting, service=made, text="Ce service a changé.")
        browser = client(cast.officer_metz)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(reverse("directory"), {"q": "service"}).status_code == 200
            assert browser.get(reverse("moderation")).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_search_leaves_as_data_inclusion(cast, service):
    answer = client(cast.udaf_worker).get(reverse("directory_export"), {"q": "epicerie"})
    (found,) = answer.json()["services"]
    v1.Service(**found)
    assert (found["nom"], found["frais"]) == ("Épicerie solidaire", "payant")
    assert client(cast.udaf_worker).get(reverse("directory_export"), {"q": "zzzz"}).json()["services"] == []


def test_anybody_reads_what_is_marked_public_and_nothing_else(cast, service):
    url = reverse("public_directory", args=["57"])
    assert Client().get(url).json() == {"structures": [], "services": [], "next": None}
    with tenant(actor(cast.charity)) as acting:
        edit_service(acting, service=service, public=True)
    shown = Client().get(url).json()
    v1.Structure(**shown["structures"][0])
    v1.Service(**shown["services"][0])
    with tenant(actor(cast.charity)) as acting:
        archive_service(acting, service=service)
    assert Client().get(url).json()["services"] == []
    assert Client().get(reverse("public_directory", args=["75"])).status_code == 404
    assert Client().get(url, {"after": "x"}).status_code == 400
    assert Client().post(url).status_code == 405
