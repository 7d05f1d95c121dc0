"""Pages of appointments: what they cost the database, and what a refusal does not tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from notifications.models import Notification
from notifications.selectors import lines
from referrals.models import Appointment
from referrals.services.appointments.outcomes import excuse_appointment, miss_appointment
from tests.campaigns import addressed, sent, summons_of
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


def followed_by_udaf(cast, who):
    decision(cast, who)
    with tenant(actor(cast.udaf_lead)):
        assignment = who.assignments.get()
        assignment.referent_id = cast.udaf_worker.user_id
        assignment.save(update_fields=["referent"])


def test_a_referent_finds_the_appointments_his_notice_counts(cast):
    """Received by the CMS in three weeks: neither his own, nor his team's, nor this week's."""
    people = [addressed(cast, first_names=name) for name in ("Alix", "Bruno")]
    for who in people:
        followed_by_udaf(cast, who)
    made = sent(cast, people)
    with tenant(Actor.system(cast.department.pk)):
        notice = Notification.objects.get(kind="summons_sent", user_id=cast.udaf_worker.user_id)
    browser, (line,) = client(cast.udaf_worker), lines([notice])
    page = browser.get(line.url).content.decode()
    assert "Alix" in page and "Bruno" in page and "2 rendez-vous" in page
    assert "Alix" not in browser.get("/rendez-vous/").content.decode()
    assert "Voir le prochain rendez-vous" in browser.get("/rendez-vous/", {"qui": "suivis"}).content.decode()
    day = f"{summons_of(cast, made, people[0]).appointment.starts_at:%Y-%m-%d}"
    assert "Alix" in browser.get("/rendez-vous/", {"qui": "suivis", "jour": day}).content.decode()
    assert "Alix" not in client(cast.udaf_lead).get("/rendez-vous/a-venir/").content.decode()
    with tenant(actor(cast.udaf_worker)) as acting:
        excuse_appointment(acting, appointment=Appointment.objects.get(beneficiary=people[0]))
    assert "1 rendez-vous" in browser.get(line.url).content.decode()


def test_the_appointments_to_come_cost_the_same_with_many(cast):
    costs = []
    for round_ in range(2):
        for n in range(2 + 18 * round_):
            who = person(cast, first_names=f"Essai{round_}{n}", birth_date=None)
            followed_by_udaf(cast, who)
            planned(cast, who)
        costs.append(cost(client(cast.udaf_worker), "/rendez-vous/a-venir/"))
    assert costs[0] == costs[1] <= 20, costs


def test_the_officer_goes_from_an_appointment_to_its_campaign_and_another_slot(cast):
    who = addressed(cast)
    made = sent(cast, [who])
    one = summons_of(cast, made, who)
    address = f"/rendez-vous/{one.appointment_id}/"
    page = client(cast.officer_metz).get(address).content.decode()
    assert f"/convocations/{made.pk}/" in page and f"/convocations/personnes/{one.pk}/" in page
    assert "convocations" not in client(cast.social_worker).get(address).content.decode().split("page-content")[1]
    slot_page = client(cast.officer_metz).get(f"/convocations/creneaux/{one.slot_id}/").content.decode()
    assert f"/convocations/{made.pk}/?creneau={one.slot_id}" in slot_page and "1 personne sur ce créneau" in slot_page
