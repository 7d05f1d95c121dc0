"""Every page of campaigns, in a real browser, passes axe at both sizes. Sending one: `test_imports`."""

from __future__ import annotations

from datetime import timedelta

from hub.core.gate import tenant
from referrals.services.appointments.outcomes import hold_appointment, miss_appointment
from referrals.services.people import set_safe_contact
from tests.campaigns import addressed, campaign, sent, slot, summons_of
from tests.cast import actor
from tests.e2e.browser import check, screenshot, sign_in
from tests.people import open_day


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
