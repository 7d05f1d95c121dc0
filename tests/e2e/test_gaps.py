"""The screens of registration gaps in a real browser: dense enough, accessible, usable on a phone."""

from __future__ import annotations

from datetime import date

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals.models import RegistrationGap, RegistrationMonth
from tests.e2e.browser import DESKTOP, PHONE, check, screenshot, sign_in
from tests.files import OCTOBER
from tests.referrals.registration import crowd
from tests.referrals.test_undo import SEPTEMBER, a_list

VISIBLE = """[...document.querySelectorAll("tbody tr")].filter((row) => {
  const box = row.getBoundingClientRect(); return box.height > 5 && box.bottom <= innerHeight; }).length"""
CLIPPED = """[...document.querySelectorAll(".one-line button, .one-line .state")].filter((one) => {
  const cell = one.closest("td").getBoundingClientRect(); return one.getBoundingClientRect().right > cell.right + 1;
}).length"""

CUT = """[...document.querySelectorAll("td[data-label='Depuis']")].filter((one) => {
  one.textContent = "il y a 10 jours"; return one.scrollWidth > one.clientWidth; }).length"""


def test_the_screens_of_gaps(cast, page):
    people = crowd(cast, 40)
    a_list(cast, people, SEPTEMBER)
    a_list(cast, people[:16], OCTOBER)
    with tenant(Actor.system(cast.department.pk)) as acting:
        gap = RegistrationGap.objects.order_by("-opened_at", "id").first()
        gap.beneficiary.exemptions.create(
            department_id=acting.department_id, reason="studies", decided_on=acting.today, until=date(2099, 1, 1)
        )
        who = RegistrationMonth.objects.filter(state="absent").first().beneficiary_id
    sign_in(page, cast.head.user.email)
    page.goto("/inscriptions/?order=oldest")
    assert page.evaluate(VISIBLE) >= 15
    page.get_by_role("button", name="Prendre en charge").first.click()
    page.wait_for_load_state()
    assert page.locator(".state", has_text="En cours de vérification").first.is_visible()
    assert page.evaluate(CLIPPED) == 0
    assert page.evaluate(CUT) == 0  # since when is read whole
    page.get_by_text("Vues", exact=True).click()
    page.get_by_label("Garder ces filtres sous le nom").fill("Les plus anciennes")
    check(page)
    screenshot(page, "ecarts-vues")
    page.get_by_role("button", name="Garder cette vue").click()
    page.wait_for_url("**/inscriptions/?order=oldest")
    page.set_viewport_size(PHONE)
    assert page.locator("tbody tr").first.bounding_box()["y"] < 560  # two taps away, not two screens
    page.set_viewport_size(DESKTOP)
    for name, path in {
        "ecarts-expliques": "/inscriptions/?explained=1",
        "ecarts-tableau": "/inscriptions/tableau/",
        "ecarts-a-corriger": "/inscriptions/a-corriger/",
        "ecart-mois": f"/inscriptions/{gap.pk}/",
        "dossier-mois": f"/personnes/{who}/",
        "compte-absences": "/mon-compte/",
    }.items():
        assert page.goto(path).status == 200, path
        check(page)
        screenshot(page, name)
    assert page.problems == []
