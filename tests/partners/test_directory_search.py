"""The search of services: words without accents or mistyped, filters with counts, distance, pages, kept searches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hub.core.access import get_visible
from hub.core.actor import Actor
from hub.core.errors import Invalid, NotVisible
from hub.core.gate import tenant
from notifications.models import Notification
from partners.models import SavedSearch, Service
from partners.selectors.directory.asked import asked_by, asked_of
from partners.selectors.directory.records import service_record
from partners.selectors.directory.search import search_services
from partners.services.directory.searches import forget_search, save_search, tell_saved_searches
from partners.services.directory.writing import archive_service, create_service, edit_service
from tests.cast import actor, client

FOOD, BIKE, LICENCE = (
    "equipement-et-alimentation--alimentation",
    "mobilite--acceder-a-un-vehicule",
    "mobilite--preparer-un-permis",
)
METZ, THIONVILLE, SARREBOURG = "57463", "57672", "57630"


@pytest.fixture
def services(cast):
    """Five services, one of them remote."""
    with tenant(Actor.system(cast.department.pk)) as acting:

        def make(organization, name, **written):
            return create_service(acting, organization=organization, name=name, **written)

        return {
            "food": make(cast.association, "Épicerie solidaire", themes=[FOOD], insee=METZ, city="Metz", fee="payant",
                         kind="aide-materielle", description="Des courses à petit prix pour les familles."),
            "bike": make(cast.association2, "Prêt de vélo", themes=[BIKE], insee=THIONVILLE, city="Thionville",
                         fee="gratuit", kind="aide-materielle"),
            "licence": make(cast.siae, "Préparer son permis", themes=[LICENCE], insee=METZ, city="Metz",
                            fee="gratuit", kind="accompagnement", audiences=["jeunes"]),
            "far": make(cast.network, "Atelier permis", themes=[LICENCE], insee=SARREBOURG, city="Sarrebourg",
                        kind="atelier"),
            "remote": make(cast.udaf, "Conseil budget par téléphone", reception=["a-distance"], fee="gratuit",
                           kind="information", description="Écoute, conseil et alimentation d'un budget."),
        }  # fmt: skip


def names(cast, **asked):
    with tenant(actor(cast.udaf_worker)) as acting:
        return [one.name for one in search_services(acting, asked_by(asked)).page.rows]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("epicerie", "Épicerie solidaire"),
        ("ÉPICERIES", "Épicerie solidaire"),
        ("velo", "Prêt de vélo"),
        ("épic", "Épicerie solidaire"),  # the beginning of a word
        ("epycerie", "Épicerie solidaire"),  # one letter for another
        ("eipcerie solidaire", "Épicerie solidaire"),  # two letters swapped
        ("solidaiire", "Épicerie solidaire"),  # one letter too many
        ("prêt d'un velo", "Prêt de vélo"),
        ("epycerie solidarie", "Épicerie solidaire"),  # both words mistyped
        ("accéder voitures", "Prêt de vélo"),  # an everyday word for that of the theme
        ("acceder voitrue", "Prêt de vélo"),  # the same, mistyped
        ("chantier fictif", "Préparer son permis"),  # who offers it
    ],
)
def test_words_are_found_however_they_are_written(cast, services, words, first):
    assert names(cast, q=words)[0] == first


def test_a_word_put_in_the_place_of_another_is_said(cast, services):
    with tenant(actor(cast.udaf_worker)) as acting:
        assert search_services(acting, asked_by({"q": "epycerie"})).instead == "epicerie"
        assert search_services(acting, asked_by({"q": "epicerie"})).instead == ""
        assert search_services(acting, asked_by({"q": "voiture"})).instead == "voiture ou vehicule"
        assert search_services(acting, asked_by({"q": "zzzzzzzz"})).total == 0


def test_a_name_comes_before_a_description(cast, services):
    assert names(cast, q="alimentation") == ["Épicerie solidaire", "Conseil budget par téléphone"]


def test_filters_are_added_to_each_other(cast, services):
    assert names(cast, theme="mobilite") == ["Atelier permis", "Préparer son permis", "Prêt de vélo"]
    assert names(cast, theme=LICENCE, fee="gratuit") == ["Préparer son permis"]
    assert names(cast, mode="a-distance") == ["Conseil budget par téléphone"]
    assert names(cast, audience="jeunes", q="permis") == ["Préparer son permis"]
    assert names(cast, territory=str(cast.thionville.pk)) == ["Conseil budget par téléphone", "Prêt de vélo"]


def test_what_is_around_a_commune_comes_nearest_first(cast, services):
    assert names(cast, commune="Metz", distance="10") == ["Épicerie solidaire", "Préparer son permis"]
    assert names(cast, commune=METZ, distance="30")[-1] == "Prêt de vélo"
    assert "Atelier permis" not in names(cast, commune="metz", distance="50")
    assert len(names(cast, commune="Nulle Part")) == 5  # a commune nobody knows filters nothing


def test_a_zone_keeps_out_who_lives_elsewhere_and_brings_what_has_no_place(cast, services):
    with tenant(Actor.system(cast.department.pk)) as acting:
        edit_service(acting, service=services["food"], zone=[THIONVILLE])
        edit_service(acting, service=services["licence"], zone=["57"])
        edit_service(acting, service=services["bike"], zone=["200039865"])  # a group: nobody knows whom it holds
        edit_service(acting, service=services["remote"], zone=[METZ])
    assert names(cast, commune="Metz", distance="10") == ["Préparer son permis", "Conseil budget par téléphone"]
    assert names(cast, commune="Thionville", distance="30") == [
        "Prêt de vélo", "Épicerie solidaire", "Préparer son permis",
    ]  # fmt: skip
    assert "Conseil budget par téléphone" not in names(cast, territory=str(cast.thionville.pk))
    with tenant(actor(cast.udaf_worker)) as acting:
        assert service_record(acting, Service.objects.get(pk=services["food"].pk)).zone == ["Thionville"]


def test_each_choice_says_what_it_would_give(cast, services):
    with tenant(actor(cast.udaf_worker)) as acting:
        found = search_services(acting, asked_by({"theme": "mobilite", "fee": "gratuit"}))
    assert found.total == 2
    assert (found.counts["k:aide-materielle"], found.counts["k:accompagnement"]) == (1, 1)
    assert (found.counts["c:mobilite"], found.counts[f"t:{BIKE}"]) == (2, 1)
    assert "f:payant" not in found.counts  # no paying service of mobility


def test_an_archived_service_is_not_found_and_another_departement_sees_nothing(cast, services):
    with tenant(Actor.system(cast.department.pk)) as acting:
        archive_service(acting, service=services["food"])
    assert "Épicerie solidaire" not in names(cast, q="epicerie")
    with tenant(actor(cast.other_officer)) as acting:
        assert search_services(acting, asked_by({})).total == 0


def test_pages_follow_each_other_without_hole_nor_double(cast):
    with tenant(Actor.system(cast.department.pk)) as acting:
        for number in range(7):
            create_service(acting, organization=cast.siae, name=f"Atelier numéro {number}", insee=METZ)
    for asked in ({}, {"q": "atelier"}, {"commune": "Metz"}):
        seen, after = [], ""
        with tenant(actor(cast.udaf_worker)) as acting:
            while True:
                page = search_services(acting, asked_by(asked), after=after, size=3).page
                seen += [row.name for row in page.rows]
                after = page.next
                if not after:
                    break
        assert sorted(seen) == [f"Atelier numéro {number}" for number in range(7)]


def test_a_page_costs_the_same_with_2_and_50_services(cast):
    def statements() -> int:
        with (
            tenant(actor(cast.udaf_worker)) as acting,
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            search_services(acting, asked_by({"q": "atelier", "fee": "gratuit"}), size=50)
        return len(seen)

    for first, last in ((0, 2), (2, 50)):
        with tenant(Actor.system(cast.department.pk)) as acting:
            for number in range(first, last):
                create_service(acting, organization=cast.siae, name=f"Atelier {number:02}", fee="gratuit")
        assert statements() == 4  # is there any, the counts, those of the other fees, the rows


def test_a_kept_search_tells_what_is_new_once(cast, services):
    with tenant(actor(cast.udaf_worker)) as acting:
        save_search(acting, name="Permis", query="q=permis&after=abc&inconnu=1")
        kept = SavedSearch.objects.get()
    assert asked_of(kept.query).query == "q=permis"
    later = datetime.now(UTC) + timedelta(hours=1)
    with tenant(Actor.system(cast.department.pk, later)) as acting:
        create_service(acting, organization=cast.siae, name="Permis de cariste")
    for told in (1, 0):
        with tenant(Actor.system(cast.department.pk, later + timedelta(hours=1))) as acting:
            assert tell_saved_searches(acting) == told
    with tenant(actor(cast.udaf_worker)) as acting:
        told = Notification.objects.get(kind="saved_search_met")
        assert told.count == 1
    assert client(cast.udaf_worker).get(reverse("search_open", args=[told.subject_id])).url == "/repertoire/?q=permis"
    assert client(cast.udaf_lead).get(reverse("search_open", args=[told.subject_id])).status_code == 404
    with tenant(actor(cast.udaf_worker)) as acting:
        forget_search(acting, search=kept)
        assert not SavedSearch.objects.exists()


def test_a_kept_search_is_one_s_own(cast):
    with tenant(actor(cast.udaf_worker)) as acting:
        kept = save_search(acting, name="Permis", query="q=permis")
        for name, query in (("", "q=a"), ("Tout", "")):
            with pytest.raises(Invalid):
                save_search(acting, name=name, query=query)
    with tenant(actor(cast.udaf_lead)) as acting, pytest.raises(NotVisible):
        get_visible(acting, SavedSearch, kept.pk)
