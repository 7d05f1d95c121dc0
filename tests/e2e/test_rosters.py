"""From a list of the Région to the interview and the job found: dropped, sent, told live, closed, followed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from playwright.sync_api import expect

from collective_actions.models import Placement, Trainee
from collective_actions.tasks import follow_trainings
from hub.core.actor import PARIS, Actor
from hub.core.gate import tenant
from hub.core.workdays import is_open
from partners.models import ImportJob
from partners.services.imports import process_import
from tests.collective_actions.rosters import known, line, roster
from tests.e2e.browser import check, screenshot, sign_in


def worked(cast) -> None:
    """What the worker does with the files that wait."""
    with tenant(Actor.system(cast.department.pk)):
        waiting = list(ImportJob.objects.filter(kind="roster", state__in=("received", "applying")))
    for job in waiting:
        process_import(job.department_id, job.pk)


def last_open_day():
    day = datetime.now(PARIS).date()
    while not is_open(day):
        day -= timedelta(days=1)
    return day


def test_from_the_roster_to_the_interview_and_the_job_found(cast, window):
    known(cast, "amelie", "theo")
    end = last_open_day()
    dates = {"start": f"{end - timedelta(days=60):%d/%m/%Y}", "end": f"{end:%d/%m/%Y}"}
    content = roster(line("amelie", **dates), line("karim", **dates), line("coelia", **dates, planned="31/02/2027"))
    region, developer = window(), window()
    sign_in(region, cast.trainer.user.email)
    region.goto("/formations/listes/")
    check(region)
    files = [{"name": f"liste-{n}.csv", "mimeType": "text/csv", "buffer": content + b"\r\n" * n} for n in (1, 2)]
    region.get_by_label("Listes de stagiaires").set_input_files(files)
    region.get_by_role("button", name="Déposer les listes").click()
    worked(cast)
    region.goto("/formations/listes/")
    region.get_by_text("1 ligne à corriger").first.click()
    check(region)
    screenshot(region, "listes-de-stagiaires")
    sign_in(developer, cast.developer.user.email).goto("/")
    expect(developer.locator("[data-live][data-connected=yes]")).to_have_count(1)
    region.get_by_role("button", name="Transmettre les 2 listes vérifiées").click()
    worked(cast)
    follow_trainings(str(cast.department.pk))
    expect(developer.locator("[data-live-count]")).to_have_text("1")
    developer.locator(".bell > summary").click()
    developer.get_by_role("link", name=re.compile("Formation terminée")).first.click()
    developer.wait_for_url("**/formations/sorties/**")
    check(developer)
    screenshot(developer, "sortie-de-formation")
    developer.goto("/formations/sorties/")
    check(developer)
    screenshot(developer, "sorties-de-formation")
    developer.get_by_role("button", name=re.compile("Je m'en charge")).click()
    expect(developer.get_by_text("Pris en charge par")).to_be_visible()
    developer.get_by_role("link", name=re.compile("^Entretien")).click()
    developer.get_by_label("Suite donnée").select_option("placed")
    developer.get_by_label("Prochaine étape").fill("Point à huit jours")
    developer.get_by_role("button", name="Enregistrer et clore le suivi").click()
    expect(developer.get_by_text("ce suivi est clos").first).to_be_visible()
    expect(developer.locator("[data-live-count]")).to_be_hidden()
    developer.get_by_role("link", name="Noter l'emploi trouvé").click()
    developer.get_by_label("Contrat").select_option("permanent")
    check(developer)
    developer.get_by_role("button", name="Noter l'emploi").click()
    expect(developer.get_by_text("8 jours :")).to_be_visible()
    check(developer)
    screenshot(developer, "emploi-suivi")
    developer.get_by_role("button", name="Signaler une difficulté").click()
    expect(developer.get_by_text("Médiation demandée")).to_be_visible()
    for path in (
        "/", "/formations/sorties/emplois/", "/formations/sorties/?state=seen", "/formations/sorties/delais/",
        "/formations/listes/couverture/",
    ):  # fmt: skip
        page = region if "listes" in path else developer
        assert page.goto(path).status == 200
        check(page)
    with tenant(Actor.system(cast.department.pk)):
        assert Trainee.objects.get().interview_result == "placed"
        assert Placement.objects.get().difficulty_on is not None
    assert region.problems == developer.problems == []
