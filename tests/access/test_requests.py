"""What holds for every request: a GET writes nothing, access ends to the second, nothing is kept by the browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from hub.core.gate import tenant
from hub.core.urls import PUBLIC
from referrals.models import AccessGrant
from referrals.services.access import close_access
from tests.access.routes import object_of, routes
from tests.access.world import World, act
from tests.cast import actor, client

pytestmark = pytest.mark.usefixtures("quiet")
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)", re.I | re.S)
# Who looked at what, the session's own life, and the day a key was last used: the only writes of a reading request.
MAY_WRITE = re.compile(r'"?(core_accesslog|django_session|partners_apitoken)"?')


def refuse_writes(execute, sql, params, many, context):
    """An `execute_wrapper`: a write during a GET is an error of ours."""
    if WRITES.match(sql) and not MAY_WRITE.search(sql):
        raise AssertionError(f"a GET wrote: {sql[:200]}")
    return execute(sql, params, many, context)


@pytest.mark.parametrize("name", ["head", "siae_worker", "admin"])
def test_get_never_writes_and_is_never_kept(world: World, name: str):
    """And no page of a signed-in member is kept by a cache (T39)."""
    browser = client(world.cast.members[name])
    with connection.execute_wrapper(refuse_writes):
        for route in routes():
            if route.access is None or route.pattern.startswith("compte/"):
                continue
            url = route.for_object(object_of(world, route).pk) if route.ids else route.url()
            response = browser.get(url)
            assert response.status_code < 500, url
            kept = "no-store" not in response.headers.get("Cache-Control", "")
            assert not kept or route.access == PUBLIC, (url, response.status_code)


def test_a_post_from_elsewhere_is_refused(world: World):
    """T15: without the form token nothing is done, pages and API alike."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.cast.social_worker.user)
    for url in (f"/personnes/{world.helped.pk}/modifier/", "/api/v1/referrals/"):
        assert browser.post(url, {}).status_code == 403, url


def test_access_ends_exactly(world: World):
    """T32: one second before the end the card opens, from the end on it answers like a random id."""
    member = world.cast.siae_worker
    with tenant(act(world, "head")) as acting:
        ends_at = acting.now + timedelta(days=3)
        close_access(acting, source=world.proposal, at=ends_at)
    with tenant(actor(member)):
        assert AccessGrant.objects.get(source_id=world.proposal.pk).ends_at == ends_at
    token = {"Authorization": f"Bearer {world.siae_worker_secret}"}
    pages = (f"/personnes/{world.helped.pk}/", f"/api/v1/beneficiaries/{world.helped.pk}/")
    for seconds, status in ((-1, 200), (0, 404), (1, 404)):
        with time_machine.travel(ends_at + timedelta(seconds=seconds), tick=False):
            browser = client(member)
            for url in pages:
                assert browser.get(url).status_code == status, (seconds, url)
            assert Client().get(pages[1], headers=token).status_code == status, seconds
            listed = browser.get("/api/v1/beneficiaries/").json()
            assert listed["count"] == (1 if status == 200 else 0)
            assert (str(world.helped) in browser.get("/recherche/?q=helped").content.decode()) == (status == 200)


def test_a_key_revoked_or_expired_opens_nothing(world: World):
    token = {"Authorization": f"Bearer {world.siae_worker_secret}"}
    assert Client().get("/api/v1/me/", headers=token).status_code == 200
    with time_machine.travel(act(world, "head").now + timedelta(days=31), tick=False):
        assert Client().get("/api/v1/me/", headers=token).status_code == 401
    assert Client().get("/api/v1/me/", headers={"Authorization": "Bearer rien"}).status_code == 401


def test_a_member_who_left_opens_nothing(world: World):
    browser = client(world.cast.siae_worker)
    assert browser.get("/orientations/").status_code == 200
    world.cast.siae_worker.active = False
    world.cast.siae_worker.save()
    assert browser.get("/orientations/").status_code == 403
    token = {"Authorization": f"Bearer {world.siae_worker_secret}"}
    assert Client().get("/api/v1/referrals/", headers=token).status_code == 401
