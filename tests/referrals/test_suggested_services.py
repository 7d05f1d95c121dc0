"""On a person's file: barriers noted, services near that answer them, one click to a referral."""

from __future__ import annotations

import pytest
from django.urls import reverse

from hub.core.actor import Actor
from hub.core.errors import Invalid, Refused
from hub.core.gate import tenant
from partners.services.directory.writing import create_service
from referrals.models import Barrier, Beneficiary, Referral
from referrals.selectors.suggested import TOKENS, barriers_of, suggested_services
from referrals.services.barriers import note_barriers
from tests.cast import actor, client
from tests.people import decision, person, referral

METZ, SARREBOURG = "57463", "57630"


@pytest.fixture
def services(cast):
    with tenant(Actor.system(cast.department.pk)) as acting:
        bike = create_service(
            acting, organization=cast.siae, name="Prêt de vélo", themes=["mobilite--acceder-a-un-vehicule"], insee=METZ
        )
        create_service(
            acting, organization=cast.association2, name="Garage de Sarrebourg",
            themes=["mobilite--entretenir-reparer-son-vehicule"], insee=SARREBOURG,
        )  # fmt: skip
        create_service(
            acting, organization=cast.association, name="Conseil mobilité à distance",
            themes=["mobilite--etre-accompagne-dans-son-parcours-mobilite"], reception=["a-distance"],
        )  # fmt: skip
        create_service(acting, organization=cast.association, name="Courses", themes=["sante--acces-aux-soins"])
    return bike


def test_every_barrier_leads_somewhere():
    assert set(TOKENS) == set(Barrier.values)


def test_services_near_come_first_and_those_without_a_place_last(cast, services):
    who = person(cast)
    with tenant(actor(cast.social_worker)) as acting:
        note = note_barriers(acting, person=who, barriers=["mobility"])
        found = suggested_services(acting, who, note)
    assert [one.name for one in found] == ["Prêt de vélo", "Conseil mobilité à distance"]


def test_what_is_near_does_not_tell_where_somebody_hides(cast, services):
    who = person(cast)
    with tenant(actor(cast.social_worker)) as acting:
        note_barriers(acting, person=who, barriers=["mobility"])
        Beneficiary.objects.filter(pk=who.pk).update(confidential_address=True)
    page = client(cast.social_worker).get(f"/personnes/{who.pk}/").text
    assert "Garage de Sarrebourg" in page and "à moins d" not in page
    assert METZ not in page and "<dt>Commune</dt><dd>Metz" not in page


def test_the_latest_note_is_what_is_known(cast):
    who = person(cast)
    with tenant(actor(cast.social_worker)) as acting:
        note_barriers(acting, person=who, barriers=["mobility", "housing"])
    with tenant(actor(cast.social_worker)) as acting:
        note_barriers(acting, person=who, barriers=[])
        assert barriers_of(acting, who).barriers == []
        with pytest.raises(Invalid):
            note_barriers(acting, person=who, barriers=["autre"])


def test_whoever_supports_notes_them_and_a_receiver_reads_none(cast):
    who = person(cast)
    decision(cast, who)
    referral(cast, who)
    with tenant(actor(cast.udaf_worker)) as acting:
        note_barriers(acting, person=who, barriers=["childcare"])
    with tenant(actor(cast.siae_worker)) as acting:
        assert barriers_of(acting, who) is None
        with pytest.raises(Refused):
            note_barriers(acting, person=who, barriers=["housing"])


def test_from_the_file_to_the_referral_in_one_click(cast, services):
    who = person(cast)
    browser = client(cast.social_worker)
    file = reverse("person", args=[who.pk])
    assert "Notez les freins" in browser.get(file).text
    assert browser.post(reverse("person_barriers", args=[who.pk]), {"barriers": ["mobility"]}).status_code == 302
    page = browser.get(file).text
    compose = f"{reverse('referral_compose', args=[who.pk])}?to={cast.siae.pk}&amp;service={services.pk}"
    assert compose in page
    form = browser.get(compose.replace("&amp;", "&")).text
    assert f'<option value="{services.pk}" selected' in form
    assert 'value="Mobilité"' in form.partition('name="need"')[2][:200]  # the barrier it answers, to be changed at will
    posted = {"need": "Se déplacer", "service": str(services.pk), "informed_on": "2026-01-05"}
    assert browser.post(compose.replace("&amp;", "&"), posted).status_code == 302
    with tenant(actor(cast.social_worker)):
        assert Referral.objects.get().service_id == services.pk


def test_a_search_for_a_person_leads_to_her_referral(cast, services):
    who = person(cast)
    page = client(cast.social_worker).get(reverse("directory"), {"pour": str(who.pk), "q": "velo"}).text
    assert f"{reverse('referral_compose', args=[who.pk])}?to={cast.siae.pk}&amp;service={services.pk}" in page
    alone = client(cast.social_worker).get(reverse("directory"), {"pour": "x", "q": "velo"}).text
    assert "Orienter" not in alone.partition("<main")[2]


def test_what_was_noted_stands_in_the_history(cast):
    who = person(cast)
    with tenant(actor(cast.social_worker)) as acting:
        note_barriers(acting, person=who, barriers=["housing"])
    page = client(cast.social_worker).get(reverse("person", args=[who.pk])).text
    assert "Freins notés" in page
