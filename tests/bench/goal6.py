"""Goal 6: POST of a referral to the frame in the partner's socket, beside a plain view on the same server."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime

import aiohttp
from asgiref.sync import sync_to_async

from hub.core.actor import Actor
from hub.core.gate import tenant
from hub.demo.accounts import member_of
from hub.demo.server import live, web
from notifications.models import Outbox
from partners.actors import actor_from
from partners.models import ApiToken, Membership
from partners.services.tokens import create_token
from referrals.models import Beneficiary
from tests.bench import crowd
from tests.bench.fanout import run
from tests.bench.machine import free_port, serving
from tests.bench.rows import Row, p95, report
from tests.bench.sockets import Crowd

REFERRALS, WARM, LABEL = 150, 20, "Mesure"


def _member(key: str) -> Membership:
    member = member_of(key)
    assert member is not None
    return member


def _inputs(count: int) -> tuple[str, dict[str, str], list[dict[str, object]]]:
    """The partner's cookie, the sender's headers, the referrals to send."""
    sender, partner = _member("social_worker"), _member("siae_worker")
    ApiToken.objects.filter(membership=sender, label__startswith=LABEL).delete()  # a member holds twenty at most
    _, token = create_token(actor_from(sender, datetime.now(UTC)), label=LABEL, days=1)
    with tenant(Actor.system(sender.department_id)) as product:
        people = list(
            Beneficiary.objects.filter(territory__in=sender.territories.all(), rights_state="open", died_on=None)
            .values_list("pk", flat=True)
            .order_by("?")[:count]
        )
        today = product.today.isoformat()
    bodies: list[dict[str, object]] = [
        {
            "beneficiary": str(people[number % len(people)]), "receiver": str(partner.organization_id),
            "need": "Un premier emploi", "informed_on": today, "send": True, "duplicate_reason": "Mesure",
        }
        for number in range(count)
    ]  # fmt: skip
    return crowd.cookie(partner), {"Authorization": f"Bearer {token}"}, bodies


async def ours() -> float:
    """Milliseconds, p95."""
    cookie, headers, bodies = await sync_to_async(_inputs)(REFERRALS + WARM)
    pages, sockets = free_port(), free_port() + 100
    with serving(web(pages), pages, probe="/health/"), serving(live(sockets), sockets, probe="/health/"):
        heard = Crowd(b'"referral_sent"')
        address = f"ws://127.0.0.1:{sockets}/ws/notifications/?cursor=999999999"
        await heard.open(address, [{"Cookie": cookie, "Origin": f"http://127.0.0.1:{sockets}"}])
        await asyncio.sleep(2)
        waits = []
        async with aiohttp.ClientSession(f"http://127.0.0.1:{pages}", headers=headers) as session:
            for body in bodies:
                expected, begun = heard.heard + 1, time.perf_counter()
                async with session.post("/api/v1/referrals/", json=body) as answer:
                    assert answer.status == 201, await answer.text()
                await heard.until(expected, 10)
                waits.append((heard.last - begun) * 1000)
        await heard.close()
    return p95(waits[WARM:])


async def plain() -> float:
    """Milliseconds, p95, of a POST to the plain view."""
    cookie = await sync_to_async(lambda: crowd.cookie(_member("social_worker")))()
    port = free_port()
    command = ("gunicorn", "tests.bench.peers.plain:application", *web(port)[2:])
    with serving(command, port):
        waits = []
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers={"Cookie": cookie}) as session:
            for _ in range(REFERRALS + WARM):
                begun = time.perf_counter()
                async with session.post("/write/") as answer:
                    assert answer.status == 201
                    await answer.read()
                waits.append((time.perf_counter() - begun) * 1000)
    await sync_to_async(lambda: Outbox.objects.all().delete())()
    return p95(waits[WARM:])


async def main() -> None:
    mine = sorted([await ours() for _ in range(3)])[1]
    theirs = sorted([await plain() for _ in range(3)])[1]
    report(Row(6, "POST of a referral to the partner's frame, p95", mine, theirs, "ms", 4, "less", "plain view"))


def measure() -> None:
    assert "bench" in os.environ["DATABASE_URL"], "a bench writes"
    run(main())
