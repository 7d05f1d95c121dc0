"""From a gap a list opened to the summons sent, in a real browser; every page of campaigns passes axe at both sizes."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from hub.core.gate import tenant
from referrals.models import Beneficiary
from referrals.services.appointments.outcomes import hold_appointment, miss_appointment
from referrals.services.people import set_safe_contact
from tests.campaigns import addressed, campaign, sent, slot, summons_of
from tests.cast import actor
from tests.e2e.browser import check, screenshot, sign_in
from tests.files import confirm
from tests.people import open_day
from tests.referrals.registration import sample_people, stock


def test_from_a_gap_to_the_summons_sent(cast, page):
    sample_people(cast)
    confirm(cast.officer_metz, stock(cast))
    with tenant(actor(cast.head)):
        Beneficiary.objects.update(address="1 rue Inventée", city="Metz", territory=cast.metz)
    sign_in(page, cast.officer_metz.user.email)
    page.goto("/inscriptions/")
    lines = page.locator("#inscriptions tbody input[type=checkbox]")
    chosen = lines.count()
    assert chosen >= 3
    for number in range(chosen):
        lines.nth(number).check()
    page.get_by_label("Sur les lignes choisies").select_option("summon")
    page.get_by_role("button", name="Voir avant de faire").click()
    expect(page.get_by_role("heading", name="Convoquer")).to_be_visible()
    check(page)
    screenshot(page, "convoquer-des-inscriptions")
    page.get_by_label("Nom de la nouvelle campagne").fill("Inscriptions d'octobre")
    page.get_by_role("button", name="Convoquer").click()
    expect(page.get_by_text("Choisissez les créneaux.")).to_be_visible()

    page.get_by_role("link", name="Choisir les créneaux").click()
    check(page)
    page.get_by_role("link", name="Ouvrir des créneaux").first.click()
    check(page)
    page.get_by_label("Lieu", exact=False).first.fill("CMS de Metz, 2e étage")
    page.get_by_label("Équipe qui reçoit").select_option(label="CMS Metz")
    page.get_by_label("Avec un partenaire").select_option(label="Pôle emploi Moselle")
    page.get_by_label("Jour").fill(f"{open_day(20)}")
    page.get_by_label("Heure").fill("09:30")
    page.get_by_label("Places par créneau").fill(f"{chosen - 1}")
    screenshot(page, "creneaux-ouvrir")
    page.get_by_role("button", name="Ouvrir ces créneaux").click()
    page.get_by_role("button", name="Répartir les personnes").click()
    expect(page.get_by_text("Personnes encore sans créneau : 1.")).to_be_visible()
    check(page)
    screenshot(page, "campagne-repartie")
    page.get_by_role("link", name="Vérifier et envoyer").click()
    expect(page.get_by_text("1 personne reste sans créneau")).to_be_visible()
    check(page)
    screenshot(page, "campagne-verifier")
    page.get_by_role("button", name="Envoyer les convocations").click()
    expect(page.get_by_text(f"Convocations envoyées : {chosen - 1}.")).to_be_visible()
    expect(page.get_by_role("cell", name="Convoquée")).to_have_count(chosen - 1)
    page.locator("tbody").get_by_role("link").first.click()
    expect(page.get_by_text("Convocation").first).to_be_visible()
    assert page.problems == []


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


def summons_of_now(who):
    return who.summonses.select_related("appointment").get().appointment
