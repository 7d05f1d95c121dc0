"""Appointments by machine: listed, fixed, moved, told; what came of one is not everybody's to know."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals.models import Appointment
from referrals.services.appointments.outcomes import miss_appointment
from referrals.services.appointments.planning import in_france, plan_appointment
from tests.api.test_doors import is_problem
from tests.cast import actor
from tests.people import decision, open_day, person, referral

NOTE = "Notecanari"


def instant(after=14, hour=10):
    return in_france(open_day(after), time(hour)).isoformat()


def body(who, **values):
    return {"beneficiary": str(who.pk), "kind": "follow_up", "starts_at": instant(), "place": "CMS"} | values


def of_udaf(cast, who):
    """UDAF is her referent and receives her."""
    decision(cast, who)
    with tenant(actor(cast.udaf_worker)) as acting:
        return plan_appointment(
            acting, person=who, kind="follow_up", starts_at=in_france(open_day(), time(10)), organization=cast.udaf,
            team=cast.udaf_support,
        )  # fmt: skip


def past(cast, one, *, missed=True):
    """Its hour has passed, and what came of it was written down."""
    with tenant(actor(cast.udaf_worker, one.starts_at + timedelta(hours=1))) as acting:
        if missed:
            miss_appointment(acting, appointment=one, note=NOTE)
    with tenant(Actor.system(cast.department.pk)):
        Appointment.objects.filter(pk=one.pk).update(starts_at=datetime.now().astimezone() - timedelta(days=1))


def test_the_life_of_an_appointment(cast, machine):
    caller, who = machine(cast.social_worker), person(cast)
    made = caller.post("appointments/", body(who))
    assert made.status_code == 201
    found = made.json()
    assert (found["state"], found["organization"]["name"], found["team"]["name"], found["place"]) == (
        "planned", "Département de la Moselle", "CMS Metz", "CMS",
    )  # fmt: skip
    assert found["person"]["last_name"] == "FICTIF" and found["actions"] == ["move", "excuse", "cancel"]
    address = f"appointments/{found['id']}/"
    moved = caller.post(f"{address}move/", {"starts_at": instant(21, 14), "duration": 45})
    assert (moved.json()["duration"], moved.json()["starts_at"][:10]) == (45, f"{open_day(21)}")
    early = is_problem(caller.post(f"{address}hold/"), 409, "too_early")
    assert early["state"] == "planned"
    assert caller.post(f"{address}excuse/", {"note": "A appelé"}).json()["outcome_note"] == "A appelé"
    gone = is_problem(caller.post(f"{address}cancel/"), 409, "invalid_transition")
    assert gone["state"] == "excused"
    assert caller.post(f"{address}correct/").json()["state"] == "planned"
    assert caller.post(f"{address}cancel/", {"note": "Erreur"}).json() | {"actions": []} == caller.get(address).json()
    assert caller.get("appointments/").json()["count"] == 0
    assert caller.get("appointments/", cancelled="true").json()["count"] == 1
    is_problem(caller.post(f"{address}explode/"), 404, "not_found")


def test_the_same_key_fixes_one_appointment(cast, machine):
    caller, who = machine(cast.social_worker), person(cast)
    first, second = (caller.post("appointments/", body(who), **{"Idempotency-Key": "une-cle"}) for _ in range(2))
    assert first.json() == second.json() and caller.get("appointments/").json()["count"] == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_at": "2020-01-01T10:00:00Z"}, "on"),
        ({"starts_at": "demain"}, "starts_at"),
        ({"kind": "gap"}, "kind"),
        ({"kind": "party"}, "kind"),
        ({"duration": 1}, "duration"),
        ({"mode": "pigeon"}, "mode"),
        ({"member": "x"}, "member"),
        ({"motive": "x" * 301}, "motive"),
    ],
)
def test_what_makes_no_sense_is_said_by_field_and_fixes_nothing(cast, machine, wrong, field):
    caller, who = machine(cast.social_worker), person(cast)
    assert field in is_problem(caller.post("appointments/", body(who) | wrong), 400)["fields"]
    assert caller.get("appointments/").json()["count"] == 0


def test_foreign_and_unknown_ids_are_the_same(cast, machine):
    """T3: of a person, an organisation, a team, a gap or a referral one does not see."""
    caller, who, stranger = machine(cast.udaf_lead), person(cast), person(cast, first_names="Inconnue", birth_date=None)
    decision(cast, who)
    nobody = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
    sent = referral(cast, stranger)
    for name, foreign in {"beneficiary": stranger.pk, "referral": sent.pk, "gap": stranger.pk}.items():
        said = [
            is_problem(caller.post("appointments/", body(who) | {name: str(pk)}), 400)["fields"][name]
            for pk in (foreign, nobody)
        ]
        assert said[0] == said[1] == "Identifiant inconnu."
    one = of_udaf(cast, person(cast, first_names="Suivie", birth_date=None))
    for member in (cast.charity, cast.siae_worker, cast.other_officer):
        is_problem(machine(member).get(f"appointments/{one.pk}/"), 404)
        is_problem(machine(member).post(f"appointments/{one.pk}/cancel/"), 404)
    is_problem(machine(cast.controller).get("appointments/"), 403)


def test_what_came_of_it_is_told_to_who_receives_and_the_referent_alone(cast, machine):
    one = of_udaf(cast, person(cast))
    past(cast, one)
    known = machine(cast.udaf_worker).get(f"appointments/{one.pk}/").json()
    assert (known["state"], known["outcome_note"], known["actions"]) == ("not_held", NOTE, ["correct"])
    for member in (cast.social_worker, cast.officer_metz, cast.head):
        caller = machine(member)
        shown = caller.get(f"appointments/{one.pk}/").json()
        assert (shown["state"], shown["state_label"], shown["outcome_note"], shown["actions"]) == (
            "past",
            "Passé",
            "",
            [],
        )
        for name in ("cancel", "move"):
            refused = is_problem(caller.post(f"appointments/{one.pk}/{name}/", {"starts_at": instant()}), 409)
            assert (refused["state"], refused["detail"]) == ("past", "Ce rendez-vous est passé.")
        for name in ("hold", "excuse", "miss", "correct"):
            is_problem(caller.post(f"appointments/{one.pk}/{name}/"), 403)
        assert caller.get("appointments/").json()["results"] == [shown]
        is_problem(caller.get("appointments/", state="not_held"), 400, "unknown_parameter")


def test_filters_and_pages(cast, machine):
    caller, who, other = machine(cast.social_worker), person(cast), person(cast, first_names="Autre", birth_date=None)
    for after in (14, 21, 28):
        assert caller.post("appointments/", body(who, starts_at=instant(after))).status_code == 201
    assert caller.post("appointments/", body(other)).status_code == 201
    assert caller.get("appointments/", beneficiary=str(who.pk)).json()["count"] == 3
    assert caller.get("appointments/", since=instant(20)).json()["count"] == 2
    assert caller.get("appointments/", until=instant(20)).json()["count"] == 2
    assert caller.get("appointments/", mine="true").json()["count"] == 4
    first = caller.get("appointments/", page_size=3).json()
    rest = caller.client.get(first["next"]).json()
    ids = [row["id"] for row in first["results"] + rest["results"]]
    assert len(set(ids)) == 4 and rest["next"] is None
    assert first["results"][0]["starts_at"] <= first["results"][2]["starts_at"]


def test_the_list_costs_the_same_with_many(cast, machine):
    caller = machine(cast.udaf_lead)
    counts = []
    for round_ in range(2):
        for n in range(1 + 9 * round_):
            of_udaf(cast, person(cast, first_names=f"Essai{round_}{n}", birth_date=None))
        caller.get("appointments/")
        with CaptureQueriesContext(connection) as captured:
            assert caller.get("appointments/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20, counts
