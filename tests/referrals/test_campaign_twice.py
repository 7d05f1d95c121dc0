"""Two windows on one campaign, and whom a campaign is prepared for when nothing is asked."""

from __future__ import annotations

import pytest

from hub.core.gate import tenant
from referrals.services.campaigns.distribution import distribute
from tests.campaigns import addressed, campaign, slot
from tests.cast import actor, client

pytestmark = pytest.mark.django_db


def test_whoever_sends_second_reads_who_sent_it_and_how_many_are_convened(cast):
    made = campaign(cast, [addressed(cast), addressed(cast, first_names="Bruno")])
    slot(cast, campaign=made)
    with tenant(actor(cast.officer_metz)) as acting:
        distribute(acting, campaign=made)
    address = f"/convocations/{made.pk}/envoyer/"
    assert client(cast.officer_metz).post(address).status_code == 302
    second = client(cast.head).post(address)
    shown = second.content.decode()
    assert second.status_code == 409
    assert f"a déjà été envoyée par {cast.officer_metz.user}" in shown and "Personnes convoquées : 2" in shown
    assert "Rien n&#x27;est envoyé" not in shown and "Rien n'est envoyé" not in shown


def test_a_campaign_called_off_meanwhile_is_said_so(cast):
    made = campaign(cast, [addressed(cast)])
    browser = client(cast.officer_metz)
    browser.post(f"/convocations/{made.pk}/annuler/")
    answer = browser.post(f"/convocations/{made.pk}/envoyer/")
    assert answer.status_code == 409 and "Cette campagne est annulée." in answer.content.decode()


def test_situations_nobody_ticked_are_the_usual_ones_and_shown_ticked(cast):
    browser = client(cast.officer_metz)
    for address in ("/convocations/nouvelle/", "/convocations/nouvelle/?territory=&age_min="):
        shown = browser.get(address)
        assert shown.context["filters"].chosen()["lacks"] == ["no_track", "no_referent", "no_contract"]
        assert shown.content.decode().count('name="lacks"') == 4
        assert shown.content.decode().count(" checked") == 3
    asked = browser.get("/convocations/nouvelle/?lacks=open_gap")
    assert asked.context["filters"].chosen()["lacks"] == ["open_gap"]
    assert asked.content.decode().count(" checked") == 1
