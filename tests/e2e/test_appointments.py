"""The pages of appointments, contracts and explained absences, in a real browser: accessible, narrow, in the dark."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals.services.appointments.planning import in_france, plan_appointment
from referrals.services.explanations import explain_absence
from tests.cast import actor
from tests.e2e.browser import check, screenshot, sign_in
from tests.people import decision, open_day, person


def test_pages_of_appointments(cast, page):
    who = person(cast)
    decision(cast, who)
    with tenant(actor(cast.social_worker)) as acting:
        planned = plan_appointment(
            acting,
            person=who,
            kind="follow_up",
            organization=cast.moselle,
            team=cast.cms_metz,
            starts_at=in_france(open_day(), time(10)),
        )
    sign_in(page, cast.social_worker.user.email)
    for name, path in {
        "rendez-vous": "/rendez-vous/",
        "rendez-vous-fiche": f"/rendez-vous/{planned.pk}/",
        "rendez-vous-deplacer": f"/rendez-vous/{planned.pk}/deplacer/",
        "rendez-vous-fixer": f"/personnes/{who.pk}/rendez-vous/",
        "contrat": f"/personnes/{who.pk}/contrat/",
        "absence": f"/personnes/{who.pk}/absence/",
        "absence-terme": f"/personnes/{ended(cast).pk}/absence/",
    }.items():
        assert page.goto(path).status == 200, path
        check(page)
        screenshot(page, name)
    assert page.problems == []


def ended(cast):
    """Somebody whose absence was explained until last month."""
    who = person(cast, last_name="TERMEINVENTE")
    decision(cast, who)
    now = datetime.now(UTC)
    with tenant(Actor.system(cast.department.pk, now - timedelta(days=90))) as acting:
        explain_absence(acting, person=who, kind="job", until=acting.today + timedelta(days=50))
    return who


def test_pages_of_letters(cast, page):
    who = person(cast, address="3 rue de l'Essai", postcode="57000", city="Metz", sex="female")
    with tenant(actor(cast.head)) as acting:
        planned = plan_appointment(
            acting,
            person=who,
            kind="summons",
            organization=cast.moselle,
            starts_at=in_france(open_day(), time(10)),
            words={"place": "CMS de Metz", "contact": "Accueil, 03 00 00 00 00"},
        )
    sign_in(page, cast.head.user.email)
    assert page.goto(f"/rendez-vous/{planned.pk}/courrier/").status == 200
    check(page)
    assert "\nNous vous proposons de nous rencontrer.\n" in page.locator(".sheet").inner_text()
    screenshot(page, "courrier")
    page.get_by_label("Comment il arrive").select_option("hand")
    page.get_by_role("button", name="Montrer ce courrier").click()
    assert "Remis en main propre" in page.locator(".sheet").inner_text()
    page.get_by_role("button", name="Garder ce courrier").click()
    page.wait_for_url(f"**/rendez-vous/{planned.pk}/")
    assert page.get_by_role("link", name="Premier rendez-vous (PDF)").is_visible()
    check(page)
    screenshot(page, "rendez-vous-courriers")
    page.goto(f"/rendez-vous/?jour={planned.starts_at:%Y-%m-%d}&qui=equipe")
    page.get_by_role("button", name="Courriers (PDF)").click()
    page.wait_for_url("**/courriers/lots/*/")
    check(page)
    screenshot(page, "courriers")
    for name, path in {"modeles": "/courriers/modeles/", "modele": "/courriers/modeles/first/"}.items():
        assert page.goto(path).status == 200, path
        check(page)
        screenshot(page, name)
    body = page.get_by_role("textbox", name="Texte")
    body.evaluate("one => one.setSelectionRange(0, 0)")
    page.get_by_role("button", name="Insérer {nom} dans le texte").click()
    assert body.input_value().startswith("{nom}{civilite}")
    body.fill(body.input_value() + "\n\nSinon, radiation.")
    page.get_by_role("button", name="Enregistrer ce texte").click()
    assert "« radiation »" in page.locator("main").inner_text()
    check(page)
    screenshot(page, "modele-refuse")
    assert all("422" in said for said in page.problems)
