"""Every page of campaigns, in a real browser, passes axe at both sizes. Sending one: `test_imports`."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from hub.core.gate import tenant
from referrals.models import Summons
from referrals.services.appointments.outcomes import hold_appointment, miss_appointment
from referrals.services.campaigns.distribution import place
from referrals.services.campaigns.sending import send_campaign
from referrals.services.people import set_safe_contact
from tests.campaigns import addressed, campaign, sent, slot, summons_of
from tests.cast import actor
from tests.e2e.browser import check, screenshot, sign_in
from tests.people import open_day


def test_pages_of_campaigns(cast, page):
    people = [addressed(cast, first_names=name, phone="+33387000001") for name in ("Alix", "Bruno", "Chloé", "Dina")]
    with tenant(actor(cast.officer_metz)) as acting:
        safe = {
            "do_not_call": True,
            "do_not_write": True,
            "confidential_address": False,
            "contact_through": "Mme Relais",
        }
        set_safe_contact(acting, person=people[3], values=safe)
    made = sent(cast, people)
    moment = summons_of(cast, made, people[0]).appointment.starts_at + timedelta(hours=1)
    with tenant(actor(cast.officer_metz, moment)) as acting:
        hold_appointment(acting, appointment=summons_of_now(people[0]))
        miss_appointment(acting, appointment=summons_of_now(people[1]))
    draft = campaign(cast, [addressed(cast, first_names="Elio")])
    one = slot(cast, capacity=3, on=open_day(25), campaign=draft, co_host=cast.pole_emploi)
    addressed(cast, first_names="Fanny")
    otherwise = summons_of(cast, made, people[3])
    sign_in(page, cast.officer_metz.user.email)
    for name, path in {
        "convocations": "/convocations/",
        "convocations-nouvelle": "/convocations/nouvelle/",
        "convocations-personne-trouvee": "/convocations/nouvelle/?age_min=90",
        "campagne-preparee": f"/convocations/{draft.pk}/",
        "campagne-ajouter": f"/convocations/{draft.pk}/personnes/",
        "campagne-textes": f"/convocations/{draft.pk}/textes/",
        "campagne-creneaux": f"/convocations/{draft.pk}/creneaux/",
        "campagne-suivie": f"/convocations/{made.pk}/",
        "campagne-filtree": f"/convocations/{made.pk}/?etat=moved",
        "convocation-autrement": f"/convocations/personnes/{otherwise.pk}/",
        "creneaux": "/convocations/creneaux/",
        "creneau": f"/convocations/creneaux/{one.pk}/",
    }.items():
        assert page.goto(path).status == 200, path
        check(page)
        screenshot(page, name)
    assert page.problems == []


def test_two_windows_on_a_joint_session(cast, window):
    """Who excuses herself frees her seat under the partner's eyes, and is offered another date."""
    who = addressed(cast, first_names="Alix")
    made = campaign(cast, [who])
    joint = slot(cast, capacity=2, on=open_day(20), campaign=made, co_host=cast.pole_emploi)
    other = slot(cast, capacity=2, on=open_day(30), place="Annexe", campaign=made)
    partner = sign_in(window(), cast.adviser.user.email)
    partner.goto("/")
    expect(partner.locator("[data-live][data-connected=yes]")).to_have_count(1)
    with tenant(actor(cast.officer_metz)) as acting:
        place(acting, summons=Summons.objects.get(campaign=made), slot=joint)
        send_campaign(acting, campaign=made)
    partner.get_by_role("link", name="1 personne est convoquée à une séance commune").first.click()
    check(partner)
    screenshot(partner, "seances-communes")
    partner.locator("tbody").get_by_role("link").first.click()
    expect(partner.get_by_text("1 place prise sur 2")).to_be_visible()
    check(partner)
    screenshot(partner, "seance-commune")

    officer = sign_in(window(), cast.officer_metz.user.email)
    officer.goto(f"/rendez-vous/{summons_of(cast, made, who).appointment_id}/")
    officer.locator("summary", has_text="Personne excusée").click()
    officer.get_by_role("button", name="Personne excusée").click()
    expect(partner.get_by_text("0 place prise sur 2")).to_be_visible()
    officer.get_by_role("link", name=made.name).click()
    officer.get_by_role("link", name="Autre date").click()
    check(officer)
    screenshot(officer, "convocation-autre-date")
    officer.get_by_role("button", name="Choisir ce créneau").click()
    officer.get_by_label("Comment est-elle prévenue").fill("Au téléphone")
    officer.get_by_role("button", name="Convoquer").click()
    expect(officer.get_by_role("cell", name="Convoquée")).to_be_visible()
    assert summons_of(cast, made, who).slot_id == other.pk
    for path in ("/rendez-vous/a-venir/", "/rendez-vous/?qui=suivis"):
        officer.goto(path)
        check(officer)
    assert officer.problems == [] == partner.problems


def summons_of_now(who):
    return who.summonses.select_related("appointment").get().appointment
