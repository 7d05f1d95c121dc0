"""The second half of the officer's journey: from the gaps of a list to the summonses sent."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.browser import check, screenshot
from tests.people import open_day


def summon_all_but_one(page: Page) -> None:
    """Every gap on the page into a new campaign, a slot with one place too few, letters checked and sent."""
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
    _open_a_slot(page, capacity=chosen - 1)
    page.get_by_role("button", name="Répartir les personnes").click()
    expect(page.get_by_text("Personnes encore sans créneau : 1.")).to_be_visible()
    check(page)
    screenshot(page, "campagne-repartie")
    _send(page, summoned=chosen - 1)


def _open_a_slot(page: Page, *, capacity: int) -> None:
    page.get_by_role("link", name="Choisir les créneaux").click()
    check(page)
    page.get_by_role("link", name="Ouvrir des créneaux").first.click()
    check(page)
    page.get_by_label("Lieu", exact=False).first.fill("CMS de Metz, 2e étage")
    page.get_by_label("Équipe qui reçoit").select_option(label="CMS Metz")
    page.get_by_label("Avec un partenaire").select_option(label="Pôle emploi Moselle")
    page.get_by_label("Jour").fill(f"{open_day(20)}")
    page.get_by_label("Heure").fill("09:30")
    page.get_by_label("Places par créneau").fill(f"{capacity}")
    screenshot(page, "creneaux-ouvrir")
    page.get_by_role("button", name="Ouvrir ces créneaux").click()


def _send(page: Page, *, summoned: int) -> None:
    page.get_by_role("link", name="Vérifier et envoyer").click()
    expect(page.get_by_text("1 personne reste sans créneau")).to_be_visible()
    check(page)
    screenshot(page, "campagne-verifier")
    page.get_by_role("button", name="Envoyer les convocations").click()
    expect(page.get_by_text(f"Convocations envoyées : {summoned}.")).to_be_visible()
    expect(page.get_by_role("cell", name="Convoquée")).to_have_count(summoned)
    page.locator("tbody").get_by_role("link").first.click()
    expect(page.get_by_text("Convocation").first).to_be_visible()
