"""Who gets in, and how refusals are said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import resolve

from hub.api.urls import V1 as ROUTES
from hub.core.gate import tenant
from hub.core.rest.throttles import MembershipThrottle
from partners.models import ApiToken
from partners.services.tokens import revoke_token
from tests.api.conftest import V1
from tests.cast import actor, client
from tests.people import person

PROBLEM = "application/problem+json"
LISTS = ("organizations/", "services/", "teams/", "territories/", "notifications/", "me/")
EVERYBODY = (
    "social_worker",
    "adviser",
    "udaf_worker",
    "siae_worker",
    "charity",
    "network_head",
    "admin",
    "other_officer",
)
BY_PERSONA = {
    # people, referrals, gaps, imports
    "social_worker": (200, 200, 200, 200),
    "officer_metz": (200, 200, 200, 200),
    "head": (200, 200, 200, 200),
    "admin": (403, 403, 403, 403),
    "controller": (200, 403, 403, 403),
    "adviser": (200, 200, 200, 200),
    "udaf_worker": (200, 200, 200, 403),
    "guardian": (403, 403, 403, 403),
    "trainer": (403, 403, 403, 200),
    "siae_worker": (200, 200, 200, 403),
    "charity": (200, 200, 200, 403),
    "network_head": (200, 200, 403, 403),
}


def is_problem(response, status, code=""):
    body = json.loads(response.content)
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM), response.content
    assert body["status"] == status
    assert body["detail"].endswith((".", "»")) and body["code"]
    assert " " in body["title"] or body["title"] == "Introuvable"  # words, not a code
    assert not code or body["code"] == code
    return body


@pytest.mark.parametrize("name", sorted(BY_PERSONA))
def test_lists_by_persona(cast, machine, name):
    caller = machine(getattr(cast, name))
    paths = ("beneficiaries/", "referrals/", "registration-gaps/", "imports/")
    assert tuple(caller.get(path).status_code for path in paths) == BY_PERSONA[name]


@pytest.mark.parametrize("name", EVERYBODY)
def test_what_everybody_reads(cast, machine, name):
    caller = machine(getattr(cast, name))
    for path in LISTS:
        assert caller.get(path).status_code == 200, path


def test_me_says_who_acts(cast, machine):
    body = machine(cast.social_worker).get("me/").json()
    assert body["organization"]["name"] == "Département de la Moselle"
    assert body["functions"] == ["people_import", "social_work"]
    assert body["team"]["name"] == "CMS Metz"


@pytest.mark.parametrize("header", ["Bearer inconnu", "Bearer ", "Basic abc", "bearer x"])
def test_unknown_keys_are_401(cast, header):
    is_problem(Client(headers={"Authorization": header}).get(f"{V1}me/"), 401)


def test_anonymous_expired_and_revoked_are_401(cast, machine):
    is_problem(Client().get(f"{V1}me/"), 401, "authentication_required")
    caller = machine(cast.social_worker)
    assert caller.get("me/").status_code == 200
    ApiToken.objects.filter(pk=caller.token.pk).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    is_problem(caller.get("me/"), 401, "invalid_token")
    caller = machine(cast.social_worker)
    with tenant(actor(cast.social_worker)) as acting:
        revoke_token(acting, token=caller.token)
    is_problem(caller.get("me/"), 401, "invalid_token")


def test_a_member_who_left_loses_his_key_at_once(cast, machine):
    caller = machine(cast.siae_worker)
    cast.siae_worker.active = False
    cast.siae_worker.save()
    is_problem(caller.get("me/"), 401)


def test_every_route_is_closed_to_strangers_and_says_the_same_404(cast, machine):
    """Whatever the object and the method, another Département's officer learns nothing."""
    who = person(cast)
    other = machine(cast.other_officer)
    for pattern in ROUTES:
        if "<uuid:pk>" not in str(pattern.pattern):
            continue
        there, nowhere = (
            V1
            + str(pattern.pattern)
            .replace("<uuid:pk>", str(pk))
            .replace("<uuid:decision>", str(uuid4()))
            .replace("<slug:name>", "explode")
            for pk in (who.pk, uuid4())
        )
        for call in (other.get, other.post):
            real, random = call(there), call(nowhere)
            assert (real.status_code, real.content) == (random.status_code, random.content)
            assert real.status_code in (400, 403, 404, 405), (there, real.content)
        assert Client().get(there).status_code == 401
    hidden, unknown = other.get(f"beneficiaries/{who.pk}/"), other.get("n/importe/quoi/")
    assert hidden.content == unknown.content
    is_problem(hidden, 404, "not_found")


def test_every_route_declares_its_access():
    for pattern in ROUTES:
        assert getattr(pattern.callback, "access", None), pattern


def test_a_session_writes_only_with_its_csrf_token(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = client(cast.social_worker).cookies
    body = {"last_name": "FICTIF", "first_names": "Zoé"}
    is_problem(browser.post(f"{V1}beneficiaries/", body, content_type="application/json"), 403, "csrf_failed")
    browser.cookies["csrftoken"] = "a" * 32
    made = browser.post(f"{V1}beneficiaries/", body, content_type="application/json", headers={"X-CSRFToken": "a" * 32})
    assert made.status_code == 201, made.content
    assert browser.get(f"{V1}me/").status_code == 200


def test_a_key_needs_no_csrf_token(cast, machine):
    caller = machine(cast.social_worker)
    caller.client.handler.enforce_csrf_checks = True
    assert caller.post("beneficiaries/", {"last_name": "FICTIF", "first_names": "Zoé"}).status_code == 201


def test_every_error_is_a_problem(cast, machine, settings, monkeypatch):
    caller = machine(cast.social_worker)
    address = f"{V1}beneficiaries/"
    body = is_problem(caller.post("beneficiaries/", {"first_names": "", "birth_date": "hier"}), 400, "invalid")
    assert set(body["fields"]) == {"last_name", "first_names", "birth_date"}
    is_problem(caller.client.post(address, "{", content_type="application/json"), 400, "unreadable")
    is_problem(caller.client.post(address, "[1]", content_type="application/json"), 400, "invalid")
    is_problem(caller.client.post(address, "a: b", content_type="application/yaml"), 415, "unsupported_media_type")
    is_problem(caller.client.delete(address), 405, "method_not_allowed")
    is_problem(caller.client.get(address, headers={"Accept": "text/csv"}), 406, "not_acceptable")
    is_problem(caller.get("beneficiaries/", cursor="n'importe quoi"), 400, "bad_cursor")
    is_problem(caller.get("beneficiaries/", cursor="WyJhIiwgImIiXQ"), 400, "bad_cursor")
    is_problem(caller.get("beneficiaries/", q="a\0b"), 400, "invalid")
    is_problem(caller.get("beneficiaries/", q="a"), 400, "invalid")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    is_problem(caller.post("beneficiaries/", {"last_name": "F" * 2000}), 413, "too_large")
    monkeypatch.setattr(MembershipThrottle, "limit", 3)
    caller = machine(cast.charity)
    answers = [caller.get("me/") for _ in range(5)]
    assert 200 in {a.status_code for a in answers}
    is_problem(answers[-1], 429, "too_many_requests")
    assert 0 < int(answers[-1]["Retry-After"]) <= 61
    assert machine(cast.siae_worker).get("me/").status_code == 200


def test_answers_are_kept_by_no_cache(cast, machine):
    person(cast)
    assert "no-store" in machine(cast.social_worker).get("beneficiaries/")["Cache-Control"]


def test_api_is_at_its_address():
    assert resolve(f"{V1}me/").view_name == "api_me"


def test_a_list_says_which_parameters_it_takes(cast, machine):
    caller = machine(cast.social_worker)
    refused = is_problem(caller.get("referrals/", statut="sent"), 400, "unknown_parameter")
    assert list(refused["fields"]) == ["statut"]
    for taken in ("cursor", "page_size", "box", "state", "nature", "beneficiary"):
        assert taken in refused["detail"]
    assert caller.get("referrals/", state="sent").status_code == 200


@pytest.mark.parametrize("path", ["organizations/", "teams/", "beneficiaries/", "registration-gaps/", "notifications/"])
def test_no_list_ignores_a_parameter(cast, machine, path):
    is_problem(machine(cast.social_worker).get(path, inconnu="1"), 400, "unknown_parameter")
