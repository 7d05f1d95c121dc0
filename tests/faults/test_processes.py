"""Production without containers: web, live, worker and clock as separate processes, one referral through them."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from django.conf import settings
from websockets.sync.client import ClientConnection, connect

from hub.demo import server
from notifications.models import Outbox
from partners.actors import actor_from
from partners.models import Membership
from partners.services.tokens import create_token
from tests.cast import actor, client
from tests.e2e.browser import Database, environment
from tests.people import person

pytestmark = pytest.mark.faults
START_SECONDS = 60


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """The four processes on a database of their own, with the cast in it, as the application's role."""
    with django_db_blocker.unblock():
        database = Database("processes")
        web, live = server.first_free(19_000), server.first_free(19_500)
        logs = tmp_path_factory.mktemp("logs")
        processes = server.ProcessSet(
            {
                "web": server.web(web),
                "live": server.live(live),
                "worker": (*server.WORKER, *server.QUIET),
                "beat": server.beat(logs / "beat"),
            },
            server.environment({name: environment(database.name)[name] for name in ("DATABASE_URL",)}, **_own()),
            logs,
        )
        processes.start()
        try:
            yield SimpleNamespace(web=web, live=live, cast=database.standing.copy(), processes=processes)
        finally:
            processes.stop()
            database.drop()


def test_one_referral_through_the_four_processes(site) -> None:
    for port in (site.web, site.live):
        _answers(site, port)
    cast = site.cast
    who = person(cast)
    sender, receiver = _door(site, cast.social_worker), _door(site, cast.siae_worker)
    with _socket(site, cast.siae_worker) as socket:
        sent = sender.post(
            "referrals/",
            json={
                "beneficiary": str(who.pk),
                "receiver": str(cast.siae.pk),
                "need": "Un premier emploi",
                "informed_on": actor(cast.social_worker).today.isoformat(),
                "send": True,
            },
        )
        assert sent.status_code == 201, sent.text
        frame = _next(socket, "kind")
        assert (frame["kind"], frame["unread"], frame["state"]) == ("referral_sent", 1, "unread")
        assert not {"FICTIF", "Amélie", "emploi"} & set(json.dumps(frame).split('"'))
    referral = sent.json()["id"]
    accepted = receiver.post(f"referrals/{referral}/accept/", json={"note": "Jeudi à 9 h."})
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert sender.get(f"referrals/{referral}/").json()["state"] in ("sent", "accepted")
    assert receiver.post(f"referrals/{referral}/accept/", json={}).status_code == 409


def test_the_clock_and_the_worker_ring_what_was_not_rung(site) -> None:
    Outbox.objects.create(user_id=uuid.uuid4(), seq=1)
    _eventually(lambda: not Outbox.objects.exists(), site)


def test_the_processes_run_as_the_application_and_know_no_owner(site) -> None:
    for child in site.processes.children.values():
        assert child.alive, site.processes.words(child.name)
        variables = dict(
            line.split("=", 1)
            for line in _environ(child.process.pid)
            if line.startswith(("DATABASE", "OWNER", "KEEPER"))
        )
        assert set(variables) == {"DATABASE_URL"} and "hub_app" in variables["DATABASE_URL"]


def test_a_killed_process_is_started_again(site) -> None:
    web = site.processes.children["web"]
    web.process.kill()
    web.process.wait()
    assert site.processes.revive() == ["web"]
    _answers(site, site.web)


def _own() -> dict[str, str]:
    return {"PACTE_MODE": "test", "PACTE_VAR": str(settings.VAR)}


def _door(site, member: Membership) -> httpx.Client:
    """The API of the web process, as this member's machine."""
    _, text = create_token(actor_from(member, actor(member).now), label="Test", days=1)
    base = f"http://127.0.0.1:{site.web}/api/v1/"
    return httpx.Client(base_url=base, headers={"Authorization": f"Bearer {text}"}, timeout=20)


@contextmanager
def _socket(site, member: Membership) -> Iterator[ClientConnection]:
    """The live process, as this member's browser; open once it hears."""
    name = settings.SESSION_COOKIE_NAME
    cookie = f"{name}={client(member).cookies[name].value}"
    with connect(
        f"ws://127.0.0.1:{site.live}/ws/notifications/",
        origin=f"http://127.0.0.1:{site.live}",
        additional_headers={"Cookie": cookie},
        compression=None,
    ) as socket:
        socket.send(json.dumps({"op": "resume", "cursor": 0}))
        assert _next(socket, "op")["op"] == "resumed"
        yield socket


def _next(socket: ClientConnection, key: str) -> dict:
    """The next frame that says this."""
    while key not in (frame := json.loads(socket.recv(timeout=20))):
        continue
    return frame


def _answers(site, port: int) -> None:
    def well() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/health/", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    _eventually(well, site)


def _eventually(true, site) -> None:
    end = time.monotonic() + START_SECONDS
    while not true():
        words = {name: site.processes.words(name) for name in site.processes.children}
        assert time.monotonic() < end, "\n".join(f"--- {name}\n{said}" for name, said in words.items())
        time.sleep(0.1)


def _environ(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/environ").read_text().split("\0")
