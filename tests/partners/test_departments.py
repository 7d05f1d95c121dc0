"""Territories and settings of a Département."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from hub.core.actor import Actor
from hub.core.errors import Invalid, Refused
from partners.delays import DELAYS
from partners.models import Commune, Territory
from partners.services.departments import change_settings
from partners.services.territories import create_territory, edit_territory, geography_of, load_communes, move_communes
from tests.cast import actor, client

METZ = "57463"


def settings_of(department, **changes):
    values = {f"delay_{name}": department.delay(name) for name in DELAYS}
    return values | {"employment_service_name": department.employment_service_name} | changes


def test_a_commune_goes_to_another_territory_and_stays_there(cast):
    by = actor(cast.officer_metz)
    assert Commune.objects.get(pk=METZ).territory == cast.metz
    assert move_communes(by, territory=cast.thionville, communes=[METZ, "99999"]) == 1
    load_communes(by, department=cast.department, geography=geography_of("57"))
    assert Commune.objects.get(pk=METZ).territory == cast.thionville


def test_loading_again_adds_nothing(cast):
    before = (Commune.objects.count(), Territory.objects.count())
    call_command("load_communes", "57", stdout=StringIO())
    assert (Commune.objects.count(), Territory.objects.count()) == before


@pytest.mark.parametrize("code", ["99", "13"])
def test_a_department_without_table_or_unknown_is_said(cast, code):
    with pytest.raises(CommandError):
        call_command("load_communes", code, stdout=StringIO())


@pytest.mark.parametrize(
    ("name", "may"),
    [("admin", True), ("head", True), ("officer_metz", True), ("social_worker", False), ("udaf_lead", False)],
)
def test_who_may_draw_territories(cast, name, may):
    who = getattr(cast, name)
    assert client(who).get(reverse("territories")).status_code == (200 if may else 403)
    if may:
        assert edit_territory(actor(who), territory=cast.metz, name="Metz-Orne", verified=True).verified
    else:
        with pytest.raises(Refused):
            edit_territory(actor(who), territory=cast.metz, name="Metz-Orne", verified=True)


def test_another_department_moves_nothing_here(cast):
    there = actor(cast.other_officer)
    with pytest.raises(Refused):
        move_communes(there, territory=cast.metz, communes=[METZ])
    assert move_communes(there, territory=cast.other_territory, communes=[METZ]) == 0
    assert client(cast.other_officer).get(reverse("territory", args=[cast.metz.pk])).status_code == 404


def test_a_territory_code_is_used_once(cast):
    with pytest.raises(Invalid):
        create_territory(actor(cast.admin), department=cast.department, code="T57-1", name="Autre")


def test_territories_by_the_screen(cast):
    browser = client(cast.officer_metz)
    assert "Sarreguemines" in browser.get(reverse("territories")).text
    assert browser.post(reverse("territory_new"), {"code": "T57-6", "name": "Orne"}).status_code == 302
    assert browser.post(reverse("territory_new"), {"code": "T57-6", "name": "Orne"}).status_code == 422
    page = browser.get(reverse("territory", args=[cast.metz.pk]), {"q": "57463"}).text
    assert METZ in page
    orne = Territory.objects.get(code="T57-6")
    url = reverse("communes_move", args=[cast.metz.pk])
    assert browser.post(url, {"communes": [METZ], "territory": str(orne.pk)}).status_code == 302
    assert Commune.objects.get(pk=METZ).territory == orne
    assert browser.post(url, {"communes": [], "territory": str(orne.pk)}).status_code == 400
    assert browser.post(url, {"communes": [METZ], "territory": "x"}).status_code == 404
    assert browser.post(url, {"communes": [METZ], "territory": str(cast.other_territory.pk)}).status_code == 404
    edit = reverse("territory_edit", args=[orne.pk])
    assert browser.post(edit, {"name": "Pays de l'Orne", "verified": "on"}).status_code == 302
    orne.refresh_from_db()
    assert (orne.name, orne.verified) == ("Pays de l'Orne", True)


def test_settings_by_the_screen(cast):
    browser = client(cast.admin)
    url = reverse("department_settings")
    page = browser.get(url).text
    assert all(delay.label.split(" : ")[0] in page for delay in DELAYS.values() if "'" not in delay.label)
    posted = settings_of(cast.department, employment_service_name="France Travail", delay_invitation=3)
    assert browser.post(url, posted | {"category_mode": "on"}).status_code == 302
    cast.department.refresh_from_db()
    assert (cast.department.employment_service_name, cast.department.category_mode) == ("France Travail", True)
    assert cast.department.delays == {"invitation": 3}


@pytest.mark.parametrize("days", ["0", "-3", "99999", "x", ""])
def test_a_delay_out_of_range_changes_nothing(cast, days):
    answer = client(cast.admin).post(
        reverse("department_settings"), settings_of(cast.department, delay_invitation=days)
    )
    assert answer.status_code == 422
    cast.department.refresh_from_db()
    assert cast.department.delays == {}


def test_the_service_refuses_unknown_delays(cast):
    common = {"department": cast.department, "employment_service_name": "X", "category_mode": False}
    with pytest.raises(Invalid):
        change_settings(actor(cast.admin), delays={"unknown": 3}, **common)
    with pytest.raises(Refused):
        change_settings(actor(cast.head), delays={}, **common)
    with pytest.raises(Refused):
        change_settings(Actor.system(cast.other_department.pk), delays={}, **common)


def test_a_step_never_comes_before_the_one_it_follows(cast):
    page = client(cast.admin).post(
        reverse("department_settings"), settings_of(cast.department, delay_proposal_late=2, delay_designation_late=12)
    )
    assert page.status_code == 422
    assert "Indiquez plus de 2 jours : cette étape vient après « Proposition sans réponse : rappel »" in page.text
    assert "Indiquez plus de 12 jours" in page.text
    cast.department.refresh_from_db()
    assert cast.department.delays == {}
