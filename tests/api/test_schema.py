"""The description is complete, says no integer id (T27), and is read by members only."""

from __future__ import annotations

import re
import warnings

import pytest
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS

from hub.api.urls import V1
from tests.api.test_doors import is_problem
from tests.cast import client
from tests.people import decision, person, referral

BARE_ID = re.compile(r'"(?:id|pk|[a-z_]+_id)": ?\d')
IN_ADDRESS = re.compile(r"/\d+/")


@pytest.fixture
def schema(cast):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return client(cast.charity).get("/api/schema/", headers={"Accept": "application/json"}).json()


def operations(schema):
    return [
        (path, method, operation) for path, methods in schema["paths"].items() for method, operation in methods.items()
    ]


def test_every_route_is_described(schema):
    described = {pattern.name for pattern in V1}
    assert len(schema["paths"]) == len(described)
    for path, method, operation in operations(schema):
        assert operation["summary"] and operation["security"] and operation["tags"], path
        assert {"400", "401", "403", "429"} <= operation["responses"].keys(), path
        if method == "post":
            assert "409" in operation["responses"]
        for name, answer in operation["responses"].items():
            assert name == "204" or "$ref" in answer or "$ref" in str(answer["content"]), (path, name)


def test_operations_have_their_own_names(schema):
    names = [operation["operationId"] for _, _, operation in operations(schema)]
    assert len(names) == len(set(names))
    assert not [name for name in names if re.search(r"_\d$", name)]


def test_the_generator_has_no_doubt(cast):
    """A doubt is a component named after another, or by a number: programs written from it would change names."""
    GENERATOR_STATS.reset()
    assert client(cast.charity).get("/api/schema/").status_code == 200
    assert not GENERATOR_STATS


def test_no_id_is_an_integer(schema):
    for path, _, operation in operations(schema):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                # The line of a file is a place in it, not somebody's number.
                assert parameter["schema"].get("format") == "uuid" or parameter["name"] == "line", path
    for name, component in schema["components"]["schemas"].items():
        for field, shape in component.get("properties", {}).items():
            if field in ("id", "pk") or field.endswith("_id"):
                assert shape.get("format") == "uuid" or field in ("internal_id", "pes_id"), (name, field)


def test_no_integer_id_in_answers(cast, machine):
    who = person(cast)
    decision(cast, who)
    one = referral(cast, who)
    caller = machine(cast.social_worker)
    paths = [pattern.pattern for pattern in V1 if "<" not in str(pattern.pattern)]
    paths += [f"beneficiaries/{who.pk}/", f"referrals/{one.pk}/", f"beneficiaries/{who.pk}/track-decisions/"]
    for path in map(str, paths):
        text = caller.get(path).content.decode()
        assert not BARE_ID.search(text) and not IN_ADDRESS.search(text), path


def test_only_accounts_read_the_description(cast):
    is_problem(Client().get("/api/schema/"), 401)
    assert "/compte/login/" in Client().get("/api/docs/").headers["Location"]
    for path in ("/api/schema/", "/api/docs/"):
        assert client(cast.charity).get(path).status_code == 200


def test_the_page_holds_no_inline_script_nor_style(cast):
    page = client(cast.charity).get("/api/docs/").content.decode()
    assert "<style" not in page and not re.search(r"<script(?![^>]*src=)", page)
    assert not re.search(r"(?:src|href)=\"https?:", page)


def test_routes_stand_in_the_map():
    assert any(str(pattern.pattern) == "api/" for pattern in get_resolver().url_patterns)


def test_strange_input_never_breaks(cast, machine, schema):
    """A small fuzz of every described route, a third of the values each in turn: problems, never a 500."""
    who = person(cast)
    one = referral(cast, who)
    callers = [machine(cast.social_worker), machine(cast.siae_worker)]
    strange = [None, True, 7, -1, "", "é" * 500, "\u0000", "2026-02-31", [], {}, [{}], "0" * 50]
    for turn, (path, method, operation) in enumerate(operations(schema)):
        address = path.replace("{id}", str(one.pk if "referrals" in path else who.pk)).replace(
            "{decision}", str(who.pk)
        )
        names = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
        for position, value in enumerate(strange[turn % 3 :: 3] if names or method != "get" else [None]):
            caller = callers[position % 2]
            if method == "get":
                answer = caller.get(address, **dict.fromkeys(names, str(value)))
            else:
                fields = _fields(schema, operation)
                answer = caller.post(address, dict.fromkeys(fields, value) if fields else value)
            assert answer.status_code < 500, (path, value, answer.content)


def _fields(schema, operation):
    content = operation.get("requestBody", {}).get("content", {})
    reference = next((kind["schema"].get("$ref", "") for kind in content.values()), "")
    return schema["components"]["schemas"].get(reference.rpartition("/")[2], {}).get("properties", {})
