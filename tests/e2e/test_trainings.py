"""Trainings in a real browser: from the calendar to a person positioned, then to what came of her, told live."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from collective_actions.services.trainings.writing import create_session
from hub.core.gate import tenant
from tests.cast import actor
from tests.e2e.browser import PHONE, axe, check, screenshot, sign_in
from tests.people import person

SECONDS = 15_000


def test_from_the_calendar_to_what_came_of_a_candidate(cast, window):
    with tenant(actor(cast.trainer)) as acting:
        start = acting.today + timedelta(days=20)
        for number in range(6):
            create_session(
                acting, title=f"Agent de propreté {number}", body_name=cast.siae.name, city="Metz", postcode="57000",
                starts_on=start + timedelta(days=number), info_dates=[start], places=12, free_places=number,
                recruitment="open", theme="services",
            )  # fmt: skip
    who = person(cast, last_name="FICTIVE")
    worker = sign_in(window(), cast.social_worker.user.email)
    worker.goto(f"/personnes/{who.pk}/")
    worker.get_by_role("link", name="Chercher une formation").click()
    axe(worker)
    screenshot(worker, "trainings-list")
    worker.get_by_role("link", name="Mois", exact=True).click()
    worker.goto(worker.url + f"&jour={start.isoformat()}")
    axe(worker)
    screenshot(worker, "trainings-month")
    worker.set_viewport_size(PHONE)
    axe(worker)
    assert worker.evaluate("document.documentElement.scrollWidth <= innerWidth")
    worker.get_by_role("link", name="Réunion d'info : Agent de propreté 3").click()
    worker.get_by_role("link", name="Positionner une personne").click()
    expect(worker.get_by_role("heading", name="Positionner FICTIVE Amélie")).to_be_visible()
    worker.get_by_label("Personne informée le").fill("2026-07-01")
    axe(worker)
    worker.get_by_role("button", name="Positionner").click()
    expect(worker.get_by_text("Candidature envoyée à Chantier Fictif.")).to_be_visible(timeout=SECONDS)
    axe(worker)

    body = sign_in(window(), cast.siae_worker.user.email)
    body.goto(worker.url)
    axe(body)
    screenshot(body, "trainings-candidates")
    body.get_by_role("button", name="Présente").click()
    body.get_by_role("button", name="Retenue").click()
    expect(body.get_by_text("C'est noté : retenue.")).to_be_visible(timeout=SECONDS)
    body.get_by_role("link", name="Non entrée").click()
    axe(body)
    body.get_by_label("Motif").select_option("in_employment")
    body.get_by_label("Précisions").fill("Au téléphone ce matin")
    body.get_by_role("button", name="Enregistrer").click()
    expect(body.get_by_text("C'est noté : non entrée.")).to_be_visible(timeout=SECONDS)
    worker.reload()
    expect(worker.get_by_text("En emploi")).to_be_visible()
    worker.goto("/formations/abonnements/")
    worker.get_by_role("button", name="Créer l'adresse").click()
    axe(worker)
    assert worker.problems == [] and body.problems == []
    check(worker)
