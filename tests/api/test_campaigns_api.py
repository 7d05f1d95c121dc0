"""Campaigns and slots by machine."""

from __future__ import annotations

import json
from datetime import time

from hub.core.gate import tenant
from referrals.models import Summons
from referrals.services.appointments.planning import in_france
from referrals.services.people import set_safe_contact
from tests.api.test_doors import is_problem
from tests.campaigns import WORDS, addressed, campaign, sent, slot, summons_of
from tests.cast import actor
from tests.people import open_day


def test_a_campaign_from_its_people_to_the_sending(cast, machine):
    first, second = addressed(cast), addressed(cast, first_names="Bruno")
    caller = machine(cast.officer_metz)
    made = caller.post("campaigns/", WORDS | {"people": [f"{first.pk}"]}).json()
    here = f"campaigns/{made['id']}/"
    assert (made["state"], made["people"], made["stages"][0]["key"]) == ("draft", 1, "no_seat")
    assert caller.post(f"{here}people/", {"people": [f"{second.pk}"]}).json()["people"] == 2
    given = {
        "starts_at": in_france(open_day(20), time(9)).isoformat(), "capacity": 1, "place": "CMS de Metz",
        "team": f"{cast.cms_metz.pk}", "co_host": f"{cast.pole_emploi.pk}", "commune": "57463",
    }  # fmt: skip
    is_problem(caller.post("slots/", given | {"commune": "00000"}), 400)
    opened = caller.post("slots/", given).json()
    assert (opened["free"], opened["co_host"]["name"], opened["commune"]["name"]) == (1, "Pôle emploi Moselle", "Metz")
    caller.post(f"{here}slots/", {"slots": [opened["id"]]})
    shared = caller.post(f"{here}distribute/").json()
    assert {one["key"]: one["count"] for one in shared["stages"]} == {"no_seat": 1, "seated": 1}
    assert shared["slots"][0]["taken"] == 1
    left = caller.get(f"{here}summonses/", stage="no_seat").json()["results"][0]
    full = caller.post(f"{here}place/", {"summons": left["id"], "slot": opened["id"]})
    assert is_problem(full, 409, "slot_full")["state"] == "draft" and "plus de place" in full.json()["detail"]
    assert caller.post(f"{here}send/").json()["state"] == "sent"
    assert is_problem(caller.post(f"{here}send/"), 409, "invalid_transition")["state"] == "sent"
    convened = caller.get(f"{here}summonses/", stage="convened").json()["results"]
    assert [one["place"] for one in convened] == ["CMS de Metz"] and convened[0]["appointment"]
    assert caller.post(f"{here}cancel/").json()["actions"] == []
    assert caller.get("slots/", free="true").json()["count"] == 1
    assert caller.get("campaigns/", state="cancelled").json()["count"] == 1


def test_a_person_of_another_campaign_is_not_placed_from_here(cast, machine):
    made, other = campaign(cast, [addressed(cast)]), campaign(cast, [who := addressed(cast, first_names="Bruno")])
    one, caller = slot(cast), machine(cast.officer_metz)
    asked = {"summons": f"{summons_of(cast, other, who).pk}", "slot": f"{one.pk}"}
    is_problem(caller.post(f"campaigns/{made.pk}/place/", asked), 404)
    assert caller.post(f"campaigns/{other.pk}/place/", asked).json()["stage"] == "seated"
    assert caller.post(f"campaigns/{other.pk}/place/", asked | {"slot": None}).json()["stage"] == "no_seat"


def test_after_the_sending_by_machine(cast, machine):
    """People added, seated, told otherwise, moved, excused, withdrawn; then a second summons."""
    first, late, silent, out = (addressed(cast, first_names=name) for name in ("Alix", "Bruno", "Chloé", "Dina"))
    protect(cast, silent)
    made = sent(cast, [first], capacity=1)
    own, other = slot(cast, capacity=5, on=open_day(25), campaign=made), slot(cast, capacity=1, on=open_day(30))
    caller, here = machine(cast.officer_metz), f"campaigns/{made.pk}/"
    asked = {"people": [f"{one.pk}" for one in (late, silent, out)]}
    assert caller.post(f"{here}people/", asked).json()["people"] == 4
    caller.post(f"{here}distribute/")
    picked = {one["person"]["id"]: one["id"] for one in caller.get(f"{here}summonses/").json()["results"]}
    leaving = {"summonses": [picked[f"{out.pk}"]]}
    assert caller.post(f"{here}withdraw/", leaving).json()["people"] == 3
    is_problem(caller.post(f"{here}withdraw/", {"summonses": []}), 400)
    assert caller.post(f"{here}convene/").json()["actions"] == [
        "people", "withdraw", "slots", "distribute", "convene", "cancel",
    ]  # fmt: skip
    stages = {one["key"]: one["count"] for one in caller.get(here).json()["stages"]}
    assert stages == {"convened": 2, "otherwise": 1}
    told = {"summons": picked[f"{silent.pk}"]}
    is_problem(caller.post(f"{here}tell/", told), 400)
    headers = {"Idempotency-Key": "dit"}
    for _ in range(2):
        answer = caller.post(f"{here}tell/", told | {"told_how": "De vive voix"}, **headers).json()
        assert answer["stage"] == "convened" and answer["starts_at"] == iso(own)
    moved = {"summons": picked[f"{late.pk}"], "slot": f"{other.pk}", "note": "Elle travaille ce jour-là"}
    assert caller.post(f"{here}move/", moved).json()["starts_at"] == iso(other)
    full = {"summons": picked[f"{silent.pk}"], "slot": f"{other.pk}"}
    assert is_problem(caller.post(f"{here}move/", full), 409, "slot_full")["state"] == "sent"
    assert is_problem(caller.post(f"{here}place/", full), 409, "invalid_transition")["state"] == "sent"
    appointment = f"appointments/{summons_of(cast, made, late).appointment_id}/"
    assert caller.post(f"{appointment}excuse/").status_code == 200
    offered = {"summons": picked[f"{late.pk}"], "slot": f"{own.pk}"}
    assert caller.post(f"{here}place/", offered).json()["stage"] == "to_convene"
    second = caller.post(f"{here}again/", {"summonses": list(picked.values())[:1], "name": "Rentrée bis"})
    assert second.status_code == 201
    assert (second.json()["follows"], second.json()["name"]) == (f"{made.pk}", "Rentrée bis")
    is_problem(caller.post(f"{here}again/", {"summonses": [f"{first.pk}"]}), 400)


def iso(slot):
    return slot.starts_at.isoformat().replace("+00:00", "Z")


def protect(cast, who):
    with tenant(actor(cast.officer_metz)) as acting:
        safe = {"do_not_call": False, "do_not_write": True, "confidential_address": False, "contact_through": ""}
        set_safe_contact(acting, person=who, values=safe)


def test_words_and_seats_are_changed_by_machine(cast, machine):
    made, one = campaign(cast, [addressed(cast)]), slot(cast, capacity=2)
    caller = machine(cast.officer_metz)
    here, seats = f"campaigns/{made.pk}/", f"slots/{one.pk}/"
    changed = caller.patch(here, {"bring": "Votre CV"}).json()
    assert (changed["bring"], changed["motive"]) == ("Votre CV", WORDS["motive"])
    threat = is_problem(caller.patch(here, {"motive": "Éviter la radiation", "reason": "Il le faut"}), 400)
    assert "« radiation »" in threat["fields"]["motive"]
    kept = machine(cast.head).patch(here, {"motive": "Éviter la radiation", "reason": "Elle l'a demandé"})
    assert kept.json()["motive"] == "Éviter la radiation"
    assert caller.patch(seats, {"capacity": 3, "closed": True}).json()["closed"] is True
    assert caller.patch(seats, {"closed": False}).json()["free"] == 3
    is_problem(caller.patch(seats, {"capacity": 0}), 400)
    caller.post(f"{here}place/", {"summons": f"{summons_now(cast, made)}", "slot": f"{one.pk}"})
    caller.patch(seats, {"capacity": 1})
    third = campaign(cast, [addressed(cast, first_names="Bruno")])
    full = {"summons": f"{summons_now(cast, third)}", "slot": f"{one.pk}"}
    is_problem(caller.post(f"campaigns/{third.pk}/place/", full), 409, "slot_full")
    is_problem(machine(cast.other_officer).patch(seats, {"capacity": 9}), 404)
    near = {"starts_at": in_france(open_day(3), time(9)).isoformat(), "capacity": 1, "place": "CMS"}
    assert "10 jours avant" in is_problem(caller.post("slots/", near), 400)["detail"]


def summons_now(cast, made):
    with tenant(actor(cast.head)):
        return Summons.objects.get(campaign=made).pk


def test_a_posted_key_opens_one_campaign(cast, machine):
    caller, body = machine(cast.officer_metz), WORDS | {"people": [f"{addressed(cast).pk}"]}
    answers = {caller.post("campaigns/", body, **{"Idempotency-Key": "une"}).json()["id"] for _ in range(2)}
    assert len(answers) == 1 and caller.get("campaigns/").json()["count"] == 1


def test_partners_find_no_door(cast, machine):
    made = campaign(cast, [addressed(cast)])
    for member in (cast.udaf_lead, cast.charity, cast.social_worker):
        caller = machine(member)
        for path in ("campaigns/", "slots/", f"campaigns/{made.pk}/", f"campaigns/{made.pk}/summonses/"):
            assert caller.get(path).status_code in (403, 404)
        assert "Rentrée" not in json.dumps(caller.get("me/").json())
