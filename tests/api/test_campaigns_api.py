"""Campaigns and slots by machine."""

from __future__ import annotations

import json
from datetime import time

from referrals.services.appointments.planning import in_france
from tests.api.test_doors import is_problem
from tests.campaigns import WORDS, addressed, campaign, slot, summons_of
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
