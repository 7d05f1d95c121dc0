"""Pages of appointments: what they cost the database, and what a refusal does not tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals.models import Appointment
from referrals.services.appointments.outcomes import miss_appointment
from tests.cast import actor, client
from tests.people import decision, open_day, person
from tests.referrals.test_letters import HOME, planned, wrote

pytestmark = pytest.mark.django_db


def cost(browser, address, **query):
    """How many statements a page takes, once what a process reads once is read."""
    assert browser.get(address, query).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address, query).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["social_worker", "udaf_worker"])
def test_the_agenda_costs_the_same_with_many(cast, name):
    member, costs = cast.members[name], []
    for round_ in range(2):
        for n in range(2 + 18 * round_):
            who = person(cast, first_names=f"Essai{round_}{n}", birth_date=None)
            decision(cast, who)
            planned(cast, who, by=member)
        costs.append(cost(client(member), "/rendez-vous/", jour=f"{open_day()}", qui="equipe"))
    assert costs[0] == costs[1] <= 20, costs


def test_the_page_of_an_appointment_costs_the_same_with_many_letters_and_moves(cast):
    who = person(cast, **HOME)
    one, browser = planned(cast, who), client(cast.social_worker)
    wrote(cast, one)
    few = cost(browser, f"/rendez-vous/{one.pk}/")
    for kind in ("reminder", "moved"):
        for by_hand in (True, False):
            wrote(cast, one, kind=kind, by_hand=by_hand)
    assert cost(browser, f"/rendez-vous/{one.pk}/") == few <= 25


def test_a_refused_gesture_does_not_tell_what_came_of_it(cast):
    """Whoever convened may cancel, not learn: the refusal used to name the state."""
    who = person(cast)
    decision(cast, who)
    one = planned(cast, who, by=cast.udaf_worker)
    with tenant(actor(cast.udaf_worker, one.starts_at + timedelta(hours=1))) as acting:
        miss_appointment(acting, appointment=one, note="Note privée")
    with tenant(Actor.system(cast.department.pk)) as product:
        Appointment.objects.filter(pk=one.pk).update(starts_at=product.now - timedelta(days=1))
    browser = client(cast.social_worker)
    refused = browser.post(f"/rendez-vous/{one.pk}/cancel/", {"note": ""})
    assert refused.status_code == 409 and "Ce rendez-vous est passé." in refused.content.decode()
    moved = browser.post(f"/rendez-vous/{one.pk}/deplacer/", {"on": f"{open_day()}", "at": "10:00", "duration": 30})
    assert moved.status_code == 422
    for page in (refused, moved):
        assert "Non tenu" not in page.content.decode() and "Note privée" not in page.content.decode()
