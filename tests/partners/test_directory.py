"""Services of the directory: written, published, verified, suggested upon, merged, with their history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, InvalidTransition, NotVisible, Refused
from hub.core.gate import tenant
from notifications.models import Notification
from partners.models import Service, ServiceJournal, ServiceSuggestion
from partners.selectors.directory.records import doubles, get_service, service_record, suggestions_to_read, to_verify
from partners.services.directory.duplicates import merge_services
from partners.services.directory.freshness import remind_owners
from partners.services.directory.places import set_has_places
from partners.services.directory.suggestions import settle_suggestion, suggest
from partners.services.directory.writing import (
    archive_service,
    create_service,
    edit_service,
    publish_service,
    verify_service,
)
from partners.services.territories import move_communes
from tests.cast import actor

FOOD = "equipement-et-alimentation--alimentation"


def a_service(cast, name="Aide alimentaire", by=None, **written):
    with tenant(actor(by or cast.charity)) as acting:
        return create_service(acting, organization=(by or cast.charity).organization, name=name, **written)


def test_whoever_offers_a_service_describes_it_and_its_history_says_so(cast):
    service = a_service(cast, themes=[FOOD], city="Metz", insee="57463", audiences=["familles", "seniors"])
    with tenant(actor(cast.charity)) as acting:
        edit_service(acting, service=service, description="Colis et conseils, le mardi.", fee="gratuit")
        record = service_record(acting, get_service(acting, service.pk))
    assert (record.service.state, record.service.verified_on) == ("published", acting.today)
    assert [entry.title for entry in record.history] == ["Modifié", "Créé"]
    assert record.history[0].detail == "description, frais"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("audiences", ["tous-publics", "femmes"]),
        ("themes", ["inconnu"]),
        ("email", "contact@exemple"),
        ("zone", ["Metz"]),
        ("weeks", 0),
        ("name", "ab"),
        ("action_url", "javascript:alert(1)"),
    ],
)
def test_a_value_that_makes_no_sense_is_said_and_nothing_changes(cast, field, value):
    service = a_service(cast)
    with tenant(actor(cast.charity)) as acting, pytest.raises(Invalid) as refused:
        edit_service(acting, service=service, **{field: value})
    assert list(refused.value.fields) == [field]
    assert Service.objects.get(pk=service.pk).name == "Aide alimentaire"


def test_an_unknown_code_comes_with_what_is_closest(cast):
    with tenant(actor(cast.charity)) as acting, pytest.raises(Invalid) as refused:
        create_service(acting, organization=cast.association, name="Permis", themes=["mobilite--preparer-son-permis"])
    assert "mobilite--preparer-un-permis" in refused.value.fields["themes"]


def test_others_neither_write_nor_archive_nor_verify_it(cast):
    service = a_service(cast)
    for gesture in (edit_service, archive_service, verify_service):
        with tenant(actor(cast.siae_worker)) as acting, pytest.raises(Refused):
            gesture(acting, service=service)


def test_an_archived_service_leaves_the_directory_and_may_come_back(cast):
    service = a_service(cast)
    with tenant(actor(cast.charity)) as acting:
        archive_service(acting, service=service, reason="Plus de bénévoles")
    with tenant(actor(cast.udaf_worker)) as acting, pytest.raises(NotVisible):
        get_service(acting, service.pk)
    with tenant(actor(cast.charity)) as acting, pytest.raises(InvalidTransition):
        archive_service(acting, service=service)
    with tenant(actor(cast.charity)) as acting:
        publish_service(acting, service=service)
    assert Service.objects.get(pk=service.pk).state == "published"


def test_the_history_cannot_be_rewritten(cast):
    service = a_service(cast)
    with tenant(actor(cast.admin)), pytest.raises(ProgrammingError):
        ServiceJournal.objects.filter(service=service).update(note="rien")


def test_what_says_places_are_left_is_asked_about_sooner(cast):
    service = a_service(cast)
    with tenant(Actor.system(cast.department.pk, datetime.now(UTC) + timedelta(days=100))) as acting:
        assert remind_owners(acting) == 0
        set_has_places(service.pk, True)
        assert remind_owners(acting) == 1


def test_owners_are_asked_once_by_delay_and_answer_in_one_gesture(cast):
    service = a_service(cast)
    later = datetime.now(UTC) + timedelta(days=200)
    for told in (1, 0):
        with tenant(Actor.system(cast.department.pk, later)) as acting:
            assert remind_owners(acting) == told
    with tenant(actor(cast.charity, later)) as acting:
        notice = Notification.objects.get(kind="services_to_verify")
        assert (notice.user_id, notice.count) == (cast.charity.user_id, 1)
        assert [one.pk for one in to_verify(acting)] == [service.pk]
        verify_service(acting, service=service)
        assert not to_verify(acting).exists()


def test_anybody_suggests_and_whoever_answers_for_the_service_answers(cast):
    service = a_service(cast)
    with tenant(actor(cast.udaf_worker)) as acting:
        made = suggest(acting, service=service, text="Le numéro a changé : 03 87 00 00 09.")
    with tenant(actor(cast.charity)) as acting:
        assert Notification.objects.filter(kind="service_suggested").count() == 1
        assert list(suggestions_to_read(acting)) == [made]
        settle_suggestion(acting, suggestion=made, taken=True, answer="Corrigé, merci")
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Conflict):
        settle_suggestion(acting, suggestion=made, taken=False)
    with tenant(actor(cast.udaf_worker)):
        assert Notification.objects.filter(kind="suggestion_settled").count() == 1
        assert ServiceSuggestion.objects.get().answer == "Corrigé, merci"


def test_a_missing_service_is_suggested_to_the_departement(cast):
    with tenant(actor(cast.udaf_worker)) as acting:
        made = suggest(acting, service=None, text="Il manque le vestiaire solidaire de Woippy.")
    with tenant(actor(cast.charity)) as acting:
        assert not suggestions_to_read(acting).exists()
    with tenant(actor(cast.officer_metz)) as acting:
        assert list(suggestions_to_read(acting)) == [made]


def test_a_suggestion_that_says_nothing_is_refused(cast):
    with tenant(actor(cast.udaf_worker)) as acting, pytest.raises(Invalid):
        suggest(acting, service=None, text="non")


def test_doubles_are_shown_and_merged_into_the_one_that_is_kept(cast):
    kept = a_service(cast, "Café papote", insee="57463")
    double = a_service(cast, "CAFE PAPOTE", by=cast.charity2, insee="57463", description="Un café, le mardi.")
    with tenant(actor(cast.officer_metz)) as acting:
        assert [{one.pk for one in group} for group in doubles(acting)] == [{kept.pk, double.pk}]
        merge_services(acting, duplicate=double, into=kept)
        assert doubles(acting) == []
        with pytest.raises(Invalid):
            merge_services(acting, duplicate=kept, into=double)
    kept.refresh_from_db()
    double.refresh_from_db()
    assert (kept.description, double.state, double.merged_into_id) == ("Un café, le mardi.", "archived", kept.pk)


def test_only_the_departement_merges(cast):
    one, two = a_service(cast, "Un service"), a_service(cast, "Un autre")
    with tenant(actor(cast.charity)) as acting, pytest.raises(Refused):
        merge_services(acting, duplicate=one, into=two)


def test_a_commune_that_changes_territory_takes_its_services_along(cast):
    service = a_service(cast, insee="57463")
    assert f"z:{cast.metz.pk}" in Service.objects.get(pk=service.pk).facets
    with tenant(actor(cast.admin)) as acting:
        move_communes(acting, territory=cast.thionville, communes=["57463"])
    assert f"z:{cast.thionville.pk}" in Service.objects.get(pk=service.pk).facets


def test_the_text_vector_is_without_accents(cast):
    service = a_service(cast, "Épicerie du Cœur")
    with connection.cursor() as cursor:
        cursor.execute("SELECT search::text FROM partners_service WHERE id = %s", [service.pk])
        assert "'epicer'" in cursor.fetchone()[0]
