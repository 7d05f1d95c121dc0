"""The directory in a real browser: from a person's barriers to a referral, from a file to a published service."""

from __future__ import annotations

from playwright.sync_api import expect

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.services.directory.suggestions import suggest
from partners.services.directory.writing import create_service
from tests.cast import actor
from tests.e2e.browser import PHONE, axe, check, screenshot, sign_in
from tests.people import person

SECONDS = 15_000
BIKE = "mobilite--acceder-a-un-vehicule"


def fill(cast):
    """Enough services for a page, one of them near, one to verify."""
    with tenant(Actor.system(cast.department.pk)) as acting:
        for number in range(18):
            create_service(
                acting, organization=cast.siae, name=f"Atelier mobilité {number:02}", themes=[BIKE], insee="57463",
                city="Metz", fee="gratuit", kind="atelier", description="Se déplacer à moindre coût, en petit groupe.",
            )  # fmt: skip
        bike = create_service(
            acting, organization=cast.association2, name="Prêt de vélo", themes=[BIKE], insee="57463", city="Metz",
            description="Un vélo révisé pour trois mois.", kind="aide-materielle", fee="gratuit",
        )  # fmt: skip
        create_service(acting, organization=cast.siae, name="Brouillon d'un tableau", draft=True)
    with tenant(actor(cast.udaf_worker)) as acting:
        suggest(acting, service=bike, text="Le numéro de téléphone a changé.")
    return bike


def test_pages_of_the_directory_have_no_violation(cast, window):
    bike = fill(cast)
    officer = sign_in(window(), cast.officer_metz.user.email)
    pages = {
        "/repertoire/": "directory",
        "/repertoire/?q=velo&commune=Metz&distance=20": "directory-found",
        "/repertoire/?q=vlo": "directory-mistyped",
        "/repertoire/?q=zzzz": "directory-empty",
        "/repertoire/a-traiter/": "directory-moderation",
        "/repertoire/proposer/": "directory-suggest",
        f"/repertoire/{bike.pk}/": "service",
        f"/repertoire/{bike.pk}/modifier/": "service-edit",
    }
    for path, name in pages.items():
        assert officer.goto(path).status == 200, path
        axe(officer)
        screenshot(officer, name)
    officer.goto("/repertoire/?fee=gratuit")
    officer.locator("summary", has_text="Plus de filtres (1)").click()
    officer.locator("summary", has_text="Mes recherches").click()
    axe(officer)
    screenshot(officer, "directory-menus")
    assert officer.problems == []
    phone = officer
    phone.set_viewport_size(PHONE)
    for path in ("/repertoire/?q=velo", f"/repertoire/{bike.pk}/", "/repertoire/a-traiter/"):
        phone.goto(path)
        axe(phone)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.goto("/repertoire/?q=velo")
    expect(phone.get_by_role("search", name="Chercher un service")).to_be_visible()


def test_from_what_stands_in_the_way_to_a_referral(cast, window):
    fill(cast)
    who = person(cast, last_name="FICTIVE")
    worker = sign_in(window(), cast.social_worker.user.email)
    worker.goto(f"/personnes/{who.pk}/")
    worker.locator("summary", has_text="Plus").last.click()
    worker.get_by_role("link", name="Noter les freins").click()
    worker.get_by_label("Mobilité").check()
    axe(worker)
    worker.get_by_role("button", name="Enregistrer les freins").click()
    panel = worker.locator("section.panel", has_text="Services proches")
    expect(panel).to_contain_text("Pour : mobilité")
    axe(worker)
    screenshot(worker, "person-services")
    panel.get_by_role("link", name="Chercher dans le répertoire").click()
    worker.get_by_label("Quoi").fill("vélo")
    worker.get_by_role("button", name="Chercher", exact=True).click()
    line = worker.locator("li", has_text="Prêt de vélo")
    axe(worker)
    screenshot(worker, "directory-for-a-person")
    line.get_by_role("link", name="Orienter").click()
    expect(worker.locator("select[name=service]")).to_contain_text("Prêt de vélo")
    worker.get_by_label("Besoin de la personne").fill("Se rendre à un emploi")
    worker.get_by_label("Personne informée le").fill("2026-07-01")
    worker.get_by_role("button", name="Envoyer l'orientation").click()
    expect(worker.get_by_text("Orientation envoyée à")).to_be_visible(timeout=SECONDS)
    receiver = sign_in(window(), cast.charity2.user.email)
    receiver.goto("/orientations/")
    expect(receiver.get_by_text("Se rendre à un emploi")).to_be_visible(timeout=SECONDS)
    assert worker.problems == [] and receiver.problems == []
    check(worker)
