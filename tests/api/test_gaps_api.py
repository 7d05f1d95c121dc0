"""Registration gaps by machine."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals.models import RegistrationGap
from tests.api.test_doors import is_problem
from tests.people import decision, open_day, person


def gap(cast, *, kind="struck_off", **values):
    who = person(cast)
    decision(cast, who)
    given = {"month": date(2026, 10, 1), "motive": "Motif fictif", "code": "90", "event_on": date(2026, 10, 5)} | values
    with tenant(Actor.system(cast.department.pk)):
        return RegistrationGap.objects.create(
            department_id=cast.department.pk, beneficiary=who, kind=kind, opened_at=datetime.now(UTC), **given
        )


def test_the_motive_is_not_every_partners_to_know(cast, machine):
    one = gap(cast)
    known = machine(cast.officer_metz).get(f"registration-gaps/{one.pk}/").json()
    assert (known["kind"], known["motive"], known["person"]["last_name"]) == ("struck_off", "Motif fictif", "FICTIF")
    partner = machine(cast.udaf_lead)
    body = partner.get(f"registration-gaps/{one.pk}/").json()
    assert (body["kind"], body["motive"], body["code"], body["event_on"]) == ("to_check", "", "", None)
    assert partner.get("registration-gaps/", kind="struck_off").json()["count"] == 0
    assert partner.get("registration-gaps/", kind="to_check").json()["count"] == 1
    is_problem(machine(cast.charity).get(f"registration-gaps/{one.pk}/"), 404)
    is_problem(machine(cast.controller).get("registration-gaps/"), 403)


def test_the_life_of_a_gap(cast, machine):
    one = gap(cast, kind="disappeared")
    caller = machine(cast.udaf_lead)
    address = f"registration-gaps/{one.pk}/"
    assert caller.post(f"{address}acknowledge/").json()["state"] == "acknowledged"
    assert is_problem(caller.post(f"{address}acknowledge/"), 409, "invalid_transition")["state"] == "acknowledged"
    assert caller.post(f"{address}take-charge/").json()["in_charge"]["name"] == "Udaf Lead FICTIF"
    is_problem(caller.post(f"{address}resolve/"), 400)
    assert caller.post(f"{address}resolve/", {"note": "Attestation vue"}).json()["state"] == "resolved"
    assert caller.post(f"{address}reopen/").json()["state"] == "open"
    assert (
        "until"
        in is_problem(caller.post(f"{address}justify/", {"closing": "employment", "until": "2020-01-01"}), 400)[
            "fields"
        ]
    )
    far = caller.post(f"{address}justify/", {"closing": "employment", "until": "9999-12-31"})
    assert is_problem(far, 400)["fields"]["until"].startswith("Douze mois au plus")
    justified = caller.post(f"{address}justify/", {"closing": "employment", "until": f"{open_day(200)}"}).json()
    assert (justified["state"], justified["actions"]) == ("justified", ["reopen"])
    is_problem(caller.post(f"{address}explode/"), 404, "not_found")
    assert caller.get("registration-gaps/", open="true").json()["count"] == 0
    assert caller.get("registration-gaps/", state="justified").json()["count"] == 1
