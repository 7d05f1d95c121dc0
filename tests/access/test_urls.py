"""Every address declares who may open it, and closes to everybody else."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings
from django.test import Client

from hub.core.access import RULES
from hub.core.urls import ACCOUNT, MEMBER, PUBLIC
from tests.access.routes import COMMON, PERSONAL, WORDS, object_of, routes
from tests.access.world import World
from tests.cast import client

pytestmark = pytest.mark.usefixtures("quiet")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
OURS = [route for route in routes() if route.access is not None]


def test_every_url_declares_policy():
    undeclared = [route.pattern for route in routes() if route.access is None]
    assert [pattern for pattern in undeclared if not pattern.startswith("compte/")] == []
    assert {route.access for route in OURS} <= {PUBLIC, ACCOUNT, MEMBER} | set(RULES)


def test_public_routes_are_few_and_known():
    public = {route.name for route in OURS if route.access == PUBLIC and route.name not in settings.THIRD_PARTY_ACCESS}
    by_link = {"answer_link", "link_code", "link_open", "link_take_back", "link_act"}
    assert (
        public
        == {"health", "metrics", "robots", "accept_invitation", "api_not_found", "public_directory", "calendar_feed"}
        | by_link
    )


@pytest.mark.django_db
def test_undeclared_routes_of_libraries_answer_404():
    for route in routes():
        if route.access is None:
            assert Client().get(route.url()).status_code == 404, route.pattern


@pytest.mark.django_db
def test_anonymous_is_sent_to_sign_in_or_401():
    browser = Client()
    for route in OURS:
        if route.access == PUBLIC:
            continue
        for method in METHODS:
            response = browser.generic(method, route.for_nobody())
            if route.api:
                assert response.status_code == 401, (method, route.pattern)
                assert method == "HEAD" or response.json()["code"] == "authentication_required"
            else:
                assert response.status_code == 302, (method, route.pattern)
                assert response.headers["Location"].startswith("/compte/login/"), (method, route.pattern)


def test_every_kind_of_id_is_described():
    unknown = {route.pattern for route in routes() if route.ids and route.kind not in PERSONAL | COMMON}
    assert unknown == set()
    unknown_words = {(route.pattern, word) for route in OURS for word in route.words if word not in WORDS}
    assert {pair for pair in unknown_words if not pair[0].startswith("compte/")} == set()


@pytest.mark.django_db
def test_no_integer_ids_in_urls():
    integers = [route.pattern for route in OURS if "<int:" in route.pattern and not route.pattern.startswith("compte/")]
    assert integers == []


PARTIAL = {"HX-Request": "true"}
# Drawn anew for every answer: the form token, the nonce of scripts, signed topics.
ONCE = re.compile(rb'(csrfmiddlewaretoken" value=|CSRFToken": |nonce=|data-topics?=|data-csrf=)"[^"]*"')
REFUSALS = (400, 403, 404, 405)  # 400 and 405 are said before the object is looked for
ANYTHING = {
    "reason": "other",
    "note": "Une note",
    "outcome": "other",
    "until": "2099-01-01",
    "on": "2099-01-01",
    "review_on": "2099-01-01",
    "track": "social",
    "do_not_call": True,
}
# The association holds no grant on any person of the world but `refused`; the officer is of the other Département.
SETTINGS = ("territory.edit", "registration.settings")  # for functions the officer lacks: 403 before any object
STRANGERS = {"other_officer": (PERSONAL | COMMON, ("GET", "POST")), "charity": (PERSONAL, METHODS)}


@pytest.mark.parametrize("name", STRANGERS)
def test_person_urls_cross_tenant(world: World, name: str):
    """T2, T4: a foreign object answers exactly like one that does not exist, whatever the method, page or partial.

    The page itself says 404 even to whoever may open such pages: not 403, which would tell of this one.
    """
    browser = client(world.cast.members[name])
    nowhere = {api: ask(browser, "GET", f"/{'api/v1/' if api else ''}nulle-part/") for api in (True, False)}
    kinds, methods = STRANGERS[name]
    refused = set()
    for route in (route for route in OURS if route.ids and route.kind in kinds):
        foreign = route.for_object(object_of(world, route).pk)
        for method, headers in [("GET", PARTIAL), *((method, {}) for method in methods)]:
            status, body = ask(browser, method, foreign, headers)
            if (name, method) == ("other_officer", "GET") and route.access not in SETTINGS:
                assert status in (404, 405), (route.pattern, status)
            if status == 405 and method == "PUT" and not route.api:
                break  # pages name the methods they take, before they look at anything: GET and POST were tried
            if status == 404 and method != "HEAD":
                assert body == nowhere[route.api][1], (method, route.pattern)
                refused.add(route.pattern)
            elif status != 405 or body:
                assert status in REFUSALS or (method == "OPTIONS" and route.api), (method, route.pattern, status)
                assert (status, body) == ask(browser, method, route.for_nobody(), headers), (method, route.pattern)
    assert refused, "nobody was refused"


def ask(browser: Client, method: str, url: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    body = {"data": json.dumps(ANYTHING), "content_type": "application/json"} if url.startswith("/api/") else {}
    response = browser.generic(method, url, headers=headers, **body)
    return response.status_code, ONCE.sub(b"", response.content)
