"""`services/`: the directory for machines, with the search and the gestures of the screens."""

from __future__ import annotations

import pytest

from partners.models import Service
from tests.cast import client

URL = "/api/v1/services/"


def described(cast, **values):
    return {
        "organization": str(cast.association.pk),
        "name": "Épicerie solidaire",
        "description": "Des courses à petit prix.",
        "themes": ["equipement-et-alimentation--alimentation"],
        "audiences": ["familles"],
        "insee": "57463",
        "fee": "payant",
    } | values


@pytest.fixture
def made(cast):
    answer = client(cast.charity).post(URL, described(cast), content_type="application/json")
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_a_service_is_described_found_and_read(cast, made):
    reader = client(cast.udaf_worker)
    found = reader.get(URL, {"q": "epicerie", "commune": "Metz"}).json()
    assert (found["count"], found["results"][0]["id"], found["next"]) == (1, made["id"], None)
    assert found["facets"]["c:equipement-et-alimentation"] == 1
    assert reader.get(URL, {"q": "epycerie"}).json()["instead"] == "epicerie"
    one = reader.get(f"{URL}{made['id']}/").json()
    assert (one["provider"], one["state"], one["audiences"]) == ("Épicerie Fictive", "published", ["familles"])


def test_pages_are_followed_by_their_next_address(cast, made):
    writer = client(cast.charity)
    for number in range(3):
        body = described(cast, name=f"Service {number}")
        assert writer.post(URL, body, content_type="application/json").status_code == 201
    first = writer.get(URL, {"page_size": 2}).json()
    second = writer.get(first["next"]).json()
    assert [len(first["results"]), len(second["results"]), second["next"]] == [2, 2, None]
    assert writer.get(URL, {"cursor": "x"}).json()["code"] == "bad_cursor"


def test_gestures_change_its_state(cast, made):
    writer, url = client(cast.charity), f"{URL}{made['id']}/"
    changed = writer.patch(url, {"fee": "gratuit", "weeks": 4}, content_type="application/json").json()
    assert (changed["fee"], changed["weeks"], changed["name"]) == ("gratuit", 4, "Épicerie solidaire")
    assert writer.post(f"{url}archive/").json()["state"] == "archived"
    assert writer.post(f"{url}archive/").status_code == 409
    assert client(cast.udaf_worker).get(url).status_code == 404
    assert writer.post(f"{url}publish/").json()["state"] == "published"
    assert writer.post(f"{url}verify/").json()["verified_on"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"themes": ["inconnu"]}, "themes"),
        ({"audiences": ["tous-publics", "femmes"]}, "audiences"),
        ({"email": "x@y"}, "email"),
        ({"name": ""}, "name"),
        ({"organization": "00000000-0000-4000-8000-000000000000"}, "organization"),
    ],
)
def test_a_wrong_value_is_said_and_nothing_is_written(cast, wrong, field):
    answer = client(cast.charity).post(URL, described(cast, **wrong), content_type="application/json")
    assert answer.status_code == 400
    assert field in str(answer.json())
    assert not Service.objects.exists()


def test_a_stranger_writes_nothing(cast, made):
    other = client(cast.siae_worker)
    assert other.patch(f"{URL}{made['id']}/", {"fee": "gratuit"}, content_type="application/json").status_code == 404
    assert other.post(URL, described(cast, name="Autre"), content_type="application/json").status_code == 404
    assert client(cast.other_officer).get(f"{URL}{made['id']}/").status_code == 404
