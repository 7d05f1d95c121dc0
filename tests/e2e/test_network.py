"""The pages of who we are, in a real browser: accessible, narrow screens, both colours; an invitation followed."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from partners.models import Invitation
from partners.services.directory.writing import create_service
from partners.services.organizations import add_closing_period
from partners.services.tokens import create_token
from tests.cast import PASSWORD, actor
from tests.e2e.browser import check, screenshot, sign_in
from tests.partners.helpers import invite, link_of


@pytest.fixture
def furnished(cast):
    """Something of everything: services, closing, invitations, keys."""
    by = actor(cast.udaf_lead)
    create_service(
        by,
        organization=cast.udaf,
        name="Accompagnement budgétaire",
        themes=["difficultes-financieres--ameliorer-sa-gestion-budgetaire"],
    )
    create_service(by, organization=cast.udaf, name="Écoute", themes=["sante--sante-mentale"])
    add_closing_period(by, organization=cast.udaf, starts_on=date(2030, 8, 1), ends_on=date(2030, 8, 15))
    invite(cast.udaf_lead, functions=["counselling"], team=cast.udaf_support)
    create_token(actor(cast.admin), label="Export mensuel", days=90)
    return cast


def test_pages_of_the_administrator(furnished, page):
    cast = furnished
    sign_in(page, cast.admin.user.email)
    pages = {
        "reseau": reverse("organizations"),
        "organisation": reverse("organization", args=[cast.udaf.pk]),
        "organisation-modifier": reverse("organization_edit", args=[cast.udaf.pk]),
        "membres": reverse("members", args=[cast.udaf.pk]),
        "droits": reverse("member_edit", args=[cast.udaf_worker.pk]),
        "absences": reverse("member_absences", args=[cast.udaf_worker.pk]),
        "inviter": reverse("invitation_new", args=[cast.udaf.pk]),
        "invitations": reverse("invitations"),
        "acces": reverse("access_review"),
        "territoires": reverse("territories"),
        "territoire": reverse("territory", args=[cast.metz.pk]),
        "reglages": reverse("department_settings"),
        "tableau": reverse("onboarding"),
        "compte": reverse("account"),
    }
    for name, url in pages.items():
        page.goto(url)
        check(page)
        screenshot(page, f"who-{name}")
    assert page.problems == []


def test_a_table_is_previewed_then_applied(furnished, page):
    sign_in(page, furnished.admin.user.email)
    page.goto(reverse("onboarding"))
    rows = ["Organisation;Type;E-mail", "Atelier Inventé;Association;a@exemple.invalid", "Autre;Association;faux"]
    page.set_input_files(
        "input[type=file]", {"name": "r.csv", "mimeType": "text/csv", "buffer": "\r\n".join(rows).encode()}
    )
    page.get_by_role("button", name="Analyser le tableau").click()
    assert "« faux » n'est pas une adresse e-mail" in page.locator("main").inner_text()
    check(page)
    screenshot(page, "who-tableau-apercu")
    page.get_by_role("button", name="Appliquer").click()
    page.get_by_role("heading", name="Le tableau est appliqué").wait_for()
    check(page)
    screenshot(page, "who-tableau-applique")
    assert Invitation.objects.filter(email="a@exemple.invalid").exists()


def test_an_invitation_is_followed_and_a_key_made(furnished, page):
    link = link_of(invite(furnished.udaf_lead, email="autre@exemple.invalid"))
    page.goto(link)
    check(page)
    screenshot(page, "who-invitation")
    page.locator("#id_first_name").fill("Camille")
    page.locator("#id_last_name").fill("FICTIF")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_again").fill(PASSWORD)
    page.get_by_role("button", name="Ouvrir mon compte").click()
    page.get_by_text("Bienvenue").wait_for()
    page.goto(reverse("account"))
    page.locator("#key_label").fill("Logiciel")
    page.get_by_role("button", name="Créer la clé").click()
    page.get_by_text("elle ne sera plus jamais affichée").wait_for()
    check(page)
    screenshot(page, "who-cle")
    page.context.clear_cookies()
    page.goto(link)
    page.get_by_role("heading", name="Ce lien ne fonctionne plus").wait_for()
    check(page)
