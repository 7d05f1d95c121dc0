"""`training-sessions/` and `candidacies/`: what screens let one do, programs can do."""

from __future__ import annotations

from datetime import timedelta

from hub.core.gate import tenant
from tests.cast import actor, client
from tests.people import person

SESSIONS = "/api/v1/training-sessions/"


def post(member, url, body):
    return client(member).post(url, body, content_type="application/json")


def test_from_a_session_published_to_the_result_of_a_candidate(cast):
    with tenant(actor(cast.trainer)) as acting:
        start, today = (acting.today + timedelta(days=20)).isoformat(), acting.today.isoformat()
    said = {
        "title": "Soudure",
        "body_name": cast.siae.name,
        "starts_on": start,
        "city": "Metz",
        "places": 8,
        "theme": "industry",
    }
    assert post(cast.charity, SESSIONS, said).status_code == 403
    made = post(cast.trainer, SESSIONS, said).json()
    assert (made["body"], made["territory"]["name"], made["ends_on"]) == (cast.siae.name, cast.metz.name, None)
    one = f"{SESSIONS}{made['id']}/"
    changed = client(cast.trainer).patch(one, {"free_places": 9}, content_type="application/json")
    assert changed.status_code == 400 and "free_places" in str(changed.json())
    assert (
        client(cast.trainer).patch(one, {"free_places": 2}, content_type="application/json").json()["free_places"] == 2
    )
    found = client(cast.charity).get(SESSIONS, {"places": "true", "theme": "industry"}).json()
    assert (found["count"], found["results"][0]["id"], found["next"]) == (1, made["id"], None)

    who = person(cast)
    asked = {"beneficiary": str(who.pk), "informed_on": today}
    assert post(cast.charity, f"{one}candidacies/", asked).status_code == 400  # nobody she may name
    candidacy = post(cast.social_worker, f"{one}candidacies/", asked).json()
    assert (candidacy["state"], candidacy["receiver"]["name"]) == ("positioned", cast.siae.name)
    assert post(cast.social_worker, f"{one}candidacies/", asked).status_code == 409
    url = f"/api/v1/candidacies/{candidacy['id']}/"
    assert client(cast.charity).get(url).status_code == 404
    assert post(cast.siae_worker, f"{url}results/", {"result": "reject"}).status_code == 400
    assert post(cast.siae_worker, f"{url}results/", {"result": "select"}).json()["state"] == "selected"
    assert post(cast.siae_worker, f"{url}results/", {"result": "present"}).status_code == 409
    assert post(cast.social_worker, f"{url}withdraw/", {"note": "Elle déménage"}).json()["state"] == "withdrawn"
    mine = client(cast.social_worker).get(f"{one}candidacies/").json()
    assert [row["beneficiary"] for row in mine["results"]] == [str(who.pk)]
    assert post(cast.trainer, f"{one}cancel/", {}).json()["cancelled_at"] is not None
