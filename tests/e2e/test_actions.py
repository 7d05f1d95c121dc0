"""Collective actions in a real browser: found, referred and enrolled, seen live by the host, attended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from collective_actions.models import Session
from tests.actions import action, sessions_of
from tests.e2e.browser import axe, check, screenshot, sign_in
from tests.people import person

SECONDS = 15_000
ROOT = "/formations/actions/"


def test_find_refer_enrol_attend(cast, window):
    made = action(cast, name="Cuisiner à petit prix", capacity=2, sessions=2)
    session = sessions_of(made)[0]
    who = person(cast, last_name="FICTIVE", first_names="Zoé")
    host = sign_in(window(), cast.charity.user.email)
    host.goto(f"{ROOT}seances/{session.pk}/")
    expect(host.get_by_text("Personne pour l'instant.")).to_be_visible()

    worker = sign_in(window(), cast.social_worker.user.email)
    worker.goto(f"/personnes/{who.pk}/")
    axe(worker)
    worker.get_by_role("link", name="Inscrire à une action").click()
    worker.get_by_role("link", name="Encore des places cette semaine").click()
    axe(worker)
    screenshot(worker, "actions")
    worker.get_by_role("link", name="Inscrire à Cuisiner à petit prix").click()
    worker.get_by_role("radio").first.check()
    check(worker)
    screenshot(worker, "action-enrol")
    worker.get_by_role("button", name="Inscrire", exact=True).click()
    expect(worker.get_by_text("inscription faite")).to_be_visible(timeout=SECONDS)
    expect(worker.locator("#seance")).to_contain_text("FICTIVE Zoé")
    axe(worker)

    expect(host.locator("#seance")).to_contain_text("FICTIVE Zoé", timeout=SECONDS)  # live, without a gesture
    axe(host)
    host.get_by_role("link", name="orientation envoyée").click()
    axe(host)
    host.locator("summary", has_text="Accepter").click()
    host.get_by_role("button", name="Accepter").click()
    expect(host.locator("main")).to_contain_text("Acceptée", timeout=SECONDS)
    host.goto(f"{ROOT}{made.pk}/")
    check(host)
    screenshot(host, "action")
    Session.objects.filter(pk=session.pk).update(starts_at=datetime.now(UTC) - timedelta(hours=1))
    host.goto("/")
    axe(host)
    host.get_by_role("link", name="Noter les présences").click()
    host.get_by_role("radio", name="Présence").check()
    check(host)
    host.get_by_role("button", name="Enregistrer les présences").click()
    host.get_by_role("button", name="Transmettre : action suivie").click()
    expect(host.get_by_text("Résultats transmis : 1.")).to_be_visible(timeout=SECONDS)
    check(host)
    screenshot(host, "action-session")
    worker.goto("/orientations/?box=sent&state=all")
    expect(worker.locator("main")).to_contain_text("Aboutie")
    axe(worker)
    assert worker.problems == [] and host.problems == []


def test_an_action_is_designed_in_six_steps(cast, window):
    page = sign_in(window(), cast.head.user.email)
    page.goto(f"{ROOT}concevoir/")
    check(page)
    page.get_by_label("Nom de l'action").fill("Lire à deux")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Objectif").fill("Lire une histoire à son enfant")
    page.get_by_role("button", name="Continuer").click()
    axe(page)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Jour").fill("2099-03-02")
    page.get_by_label("Heure").fill("09:30")
    page.get_by_label("Lieu").fill("Médiathèque fictive")
    check(page)
    screenshot(page, "action-design")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Terminer").click()
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("est publiée dans le répertoire")).to_be_visible(timeout=SECONDS)
    axe(page)
    assert page.problems == []
