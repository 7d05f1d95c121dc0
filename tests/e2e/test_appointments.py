"""The pages of appointments, contracts and explained absences, in a real browser: accessible, narrow, in the dark."""

from __future__ import annotations

from datetime import time

from hub.core.gate import tenant
from referrals.services.appointments.planning import in_france, plan_appointment
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
    }.items():
        assert page.goto(path).status == 200, path
        check(page)
        screenshot(page, name)
    assert page.problems == []
