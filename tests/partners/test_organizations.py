"""The directory: who sees it, who writes in it."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, Refused
from partners.models import ClosingPeriod, Organization, Presence, Service, Team
from partners.selectors.network import organization_list
from partners.services.directory.writing import create_service
from partners.services.organizations import (
    add_closing_period,
    create_organization,
    create_team,
    edit_contact,
    edit_organization,
    remove_closing_period,
)
from partners.themes import THEME_LABELS
from tests.cast import actor, client

SIRET = "73282932000074"


def test_the_directory_is_searched_without_accents(cast):
    found = organization_list(actor(cast.udaf_worker), q="epicerie METZ")
    assert [organization.name for organization in found] == ["Épicerie Fictive"]


def test_partners_see_the_organizations_of_their_department_only(cast):
    mine = set(visible(actor(cast.charity), Organization))
    assert cast.pole_emploi in mine
    assert cast.other not in mine
    assert set(visible(actor(cast.other_officer), Organization)) == {cast.other}


def test_a_closed_organization_leaves_the_directory(cast):
    edit_organization(actor(cast.admin), organization=cast.siae, active=False)
    assert cast.siae not in visible(actor(cast.charity), Organization)
    assert cast.siae in visible(actor(cast.admin), Organization)


@pytest.mark.parametrize("name", ["head", "officer_metz", "udaf_lead", "network_head", "controller"])
def test_only_the_administration_creates_and_renames(cast, name):
    who = getattr(cast, name)
    with pytest.raises(Refused):
        create_organization(actor(who), kind="association", name="Nouvelle")
    with pytest.raises(Refused):
        edit_organization(actor(who), organization=who.organization, name="Autre nom")
    assert client(who).get(reverse("organization_new")).status_code == 403


def test_an_organization_known_elsewhere_becomes_present_unchanged(cast):
    there = Actor.system(cast.other_department.pk)
    first = create_organization(there, kind="region", name="Région Fictive", siret=SIRET)
    second = create_organization(actor(cast.admin), kind="association", name="Autre", siret=SIRET)
    assert first == second
    assert Presence.objects.filter(organization=first).count() == 2
    assert Organization.objects.get(pk=first.pk).name == "Région Fictive"


def test_the_same_siret_twice_is_said(cast):
    create_organization(actor(cast.admin), kind="association", name="Une", siret=SIRET)
    with pytest.raises(Invalid):
        create_organization(actor(cast.admin), kind="association", name="Deux", siret=SIRET)
    with pytest.raises(Invalid):
        edit_organization(actor(cast.admin), organization=cast.siae, siret=SIRET)


def test_a_manager_arranges_his_own_organization(cast):
    by = actor(cast.udaf_lead)
    team = create_team(by, organization=cast.udaf, name="Antenne", territory=cast.thionville)
    service = create_service(
        by, organization=cast.udaf, name="Budget", themes=["difficultes-financieres--ameliorer-sa-gestion-budgetaire"]
    )
    assert (team.department, service.sensitive) == (cast.department, False)
    edit_contact(by, organization=cast.udaf, email="accueil@exemple.invalid", phone="+33387000000")
    for attempt in (
        lambda: create_team(by, organization=cast.siae, name="Antenne"),
        lambda: create_service(by, organization=cast.siae, name="Budget"),
        lambda: edit_contact(by, organization=cast.siae, email="", phone=""),
        lambda: add_closing_period(by, organization=cast.siae, starts_on=date(2027, 8, 1), ends_on=date(2027, 8, 2)),
    ):
        with pytest.raises(Refused):
            attempt()


def test_a_sensitive_theme_marks_its_service(cast):
    by = actor(cast.udaf_lead)
    assert create_service(by, organization=cast.udaf, name="Écoute", themes=["sante--addictions"]).sensitive
    browser = client(cast.udaf_lead)
    posted = {"name": "Parole", "themes": ["sante--sante-mentale"]}
    assert browser.post(reverse("service_new", args=[cast.udaf.pk]), posted).status_code == 302
    assert Service.objects.get(name="Parole").sensitive


def test_the_themes_are_the_69_of_the_schema():
    assert len(THEME_LABELS) == 69


def test_closing_periods_never_overlap(cast):
    by = actor(cast.udaf_lead)
    add_closing_period(by, organization=cast.udaf, starts_on=date(2027, 8, 1), ends_on=date(2027, 8, 15))
    with pytest.raises(Conflict):
        add_closing_period(by, organization=cast.udaf, starts_on=date(2027, 8, 15), ends_on=date(2027, 8, 20))
    with pytest.raises(Invalid):
        add_closing_period(by, organization=cast.udaf, starts_on=date(2027, 9, 2), ends_on=date(2027, 9, 1))
    remove_closing_period(by, organization=cast.udaf, starts_on=date(2027, 8, 1))
    assert not ClosingPeriod.objects.exists()


def test_a_team_name_is_used_once(cast):
    with pytest.raises(Invalid):
        create_team(actor(cast.udaf_lead), organization=cast.udaf, name="Accompagnement")


def test_creating_and_editing_by_the_screen(cast):
    browser = client(cast.admin)
    posted = {"name": "Atelier Inventé", "kind": "association", "siret": "732 829 320 00074", "phone": "0387000000"}
    assert browser.post(reverse("organization_new"), posted).status_code == 302
    made = Organization.objects.get(name="Atelier Inventé")
    assert (made.siret, made.phone, made.search_name) == (SIRET, "+33387000000", "atelier invente")
    edit = posted | {"name": "Atelier Renommé", "active": "on"}
    assert browser.post(reverse("organization_edit", args=[made.pk]), edit).status_code == 302
    assert Organization.objects.get(pk=made.pk).search_name == "atelier renomme"


@pytest.mark.parametrize("wrong", [{"siret": "123"}, {"rna": "X1"}, {"phone": "12"}, {"email": "x"}, {"name": ""}])
def test_a_wrong_identity_comes_back_with_its_reason(cast, wrong):
    posted = {"name": "Atelier Inventé", "kind": "association"} | wrong
    answer = client(cast.admin).post(reverse("organization_new"), posted)
    assert answer.status_code == 422
    assert "field-error" in answer.text


def test_a_manager_edits_how_to_reach_his_organization_and_nothing_else(cast):
    browser = client(cast.udaf_lead)
    url = reverse("organization_edit", args=[cast.udaf.pk])
    posted = {"name": "Autre nom", "kind": "siae", "email": "accueil@exemple.invalid", "phone": ""}
    assert browser.post(url, posted).status_code == 302
    cast.udaf.refresh_from_db()
    assert (cast.udaf.name, cast.udaf.email) == ("UDAF de la Moselle", "accueil@exemple.invalid")


def test_arranging_by_the_screen(cast):
    browser = client(cast.udaf_lead)
    posted = {"name": "Antenne", "territory": str(cast.thionville.pk), "sees_people": "on"}
    assert browser.post(reverse("team_new", args=[cast.udaf.pk]), posted).status_code == 302
    team = Team.objects.get(name="Antenne")
    assert browser.post(reverse("team_edit", args=[team.pk]), posted | {"name": "Relais"}).status_code == 302
    assert browser.post(reverse("team_edit", args=[team.pk]), posted | {"name": "Accompagnement"}).status_code == 422
    assert browser.post(reverse("service_new", args=[cast.udaf.pk]), {"name": "Budget"}).status_code == 302
    service = Service.objects.get(name="Budget")
    assert browser.post(reverse("service_edit", args=[service.pk]), {"name": "Budget familial"}).status_code == 302
    days = {"starts_on": "2030-08-01", "ends_on": "2030-08-15"}
    assert browser.post(reverse("closing_add", args=[cast.udaf.pk]), days).status_code == 302
    assert browser.post(reverse("closing_add", args=[cast.udaf.pk]), days).status_code == 422
    page = browser.get(reverse("organization", args=[cast.udaf.pk])).text
    assert all(text in page for text in ("Relais", "Budget familial", "2030"))
    assert browser.post(reverse("closing_remove", args=[cast.udaf.pk]), {"starts_on": "2030-08-01"}).status_code == 302
    assert browser.post(reverse("closing_remove", args=[cast.udaf.pk]), {"starts_on": "x"}).status_code == 400


def test_a_reader_is_offered_no_button(cast):
    page = client(cast.charity).get(reverse("organization", args=[cast.udaf.pk])).text
    assert "Modifier" not in page
    assert "Ajouter" not in page
    assert cast.udaf_worker.user.email not in page


def test_the_directory_costs_the_same_with_many(cast, django_assert_num_queries, django_assert_max_num_queries):
    browser = client(cast.admin)
    url = reverse("organizations")
    with django_assert_max_num_queries(40) as few:
        browser.get(url)
    for number in range(30):
        create_organization(actor(cast.admin), kind="association", name=f"Association {number}")
    with django_assert_num_queries(len(few)):
        page = browser.get(url)
    assert "after=" in page.text
