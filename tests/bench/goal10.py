"""Goal 10: a list page, and a push from POST to frame, while a worker imports 300 000 lines; beside itself at rest."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from uuid import UUID

import aiohttp
from asgiref.sync import sync_to_async

from hub.core.actor import PARIS
from hub.core.gate import tenant
from hub.demo.files import months
from hub.demo.server import QUIET, WORKER, ProcessSet, live, web
from partners.actors import actor_from
from partners.models import ImportJob, Membership
from partners.services.imports import confirm_import, process_import, receive_file
from partners.services.undo import undo_import
from tests.bench import crowd
from tests.bench.fanout import run
from tests.bench.goal6 import _inputs, _member
from tests.bench.machine import free_port, serving
from tests.bench.national import national_list
from tests.bench.rows import Row, p95, report
from tests.bench.sockets import Crowd

LINES, AT_REST, WARM = 300_000, 150, 10
PAUSE = 0.03  # between two gestures, as people make
PAGE, REASON = "/personnes/", "Mesure de vitesse"
DONE = ("applied", "refused")


@dataclass(slots=True)
class Waits:
    """Milliseconds of each page and of each push."""

    pages: list[float] = field(default_factory=list)
    pushes: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Desk:
    """Somebody who reads lists and sends referrals, and a partner who hears of them."""

    session: aiohttp.ClientSession
    heard: Crowd
    reader: dict[str, str]
    sender: dict[str, str]
    bodies: Iterator[dict[str, object]]

    async def gesture(self, waits: Waits) -> None:
        begun = time.perf_counter()
        async with self.session.get(PAGE, headers=self.reader) as answer:
            assert answer.status == 200
            await answer.read()
        waits.pages.append((time.perf_counter() - begun) * 1000)
        expected, begun = self.heard.heard + 1, time.perf_counter()
        async with self.session.post("/api/v1/referrals/", json=next(self.bodies), headers=self.sender) as answer:
            assert answer.status == 201, await answer.text()
        await self.heard.until(expected, 30)
        waits.pushes.append((self.heard.last - begun) * 1000)
        await asyncio.sleep(PAUSE)

    async def watch(self, over: Callable[[Waits], Awaitable[bool]]) -> Waits:
        """Go on until `over`."""
        waits = Waits()
        while not await over(waits):
            await self.gesture(waits)
        return waits


@asynccontextmanager
async def _desk() -> AsyncIterator[Desk]:
    cookie, sender, bodies = await sync_to_async(_inputs)(1000)
    reader = {"Cookie": await sync_to_async(lambda: crowd.cookie(_member("officer_metz")))()}
    pages, sockets = free_port(), free_port() + 100
    with serving(web(pages), pages, probe="/health/"), serving(live(sockets), sockets, probe="/health/"):
        heard = Crowd(b'"referral_sent"')
        address = f"ws://127.0.0.1:{sockets}/ws/notifications/?cursor=999999999"
        await heard.open(address, [{"Cookie": cookie, "Origin": f"http://127.0.0.1:{sockets}"}])
        await asyncio.sleep(2)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{pages}", cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield Desk(session, heard, reader, sender, cycle(bodies))
        await heard.close()


@contextmanager
def _working() -> Iterator[None]:
    """The product's worker, as production runs it."""
    logs = Path(os.environ["PACTE_VAR"]) / "bench" / "logs"
    worker = ProcessSet({"worker": (*WORKER, *QUIET)}, dict(os.environ), logs)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def _receive(member: Membership, path: Path) -> UUID:
    month = months(datetime.now(PARIS).date())[-1].first
    with tenant(actor_from(member, datetime.now(UTC))) as actor, path.open("rb") as stream:
        return receive_file(
            actor, kind="registration", name=path.name, stream=stream, month=month, nature="complete", again=True
        ).pk


def _advance(member: Membership, job_id: UUID) -> str:
    """The state of the import, confirmed as soon as it may be."""
    with tenant(actor_from(member, datetime.now(UTC))) as actor:
        job = ImportJob.objects.get(pk=job_id)
        if job.state == "analysed":
            names = [guard["name"] for guard in job.guards]
            job = confirm_import(actor, job=job, conclude_absence=True, acknowledge_guards=names, reason=REASON)
        return job.state


def _undo(member: Membership, job_id: UUID) -> None:
    with tenant(actor_from(member, datetime.now(UTC))) as actor:
        undo_import(actor, job=ImportJob.objects.get(pk=job_id), reason=REASON)
    process_import(member.department_id, job_id)


async def main() -> None:
    member = await sync_to_async(_member)("officer_metz")
    path = await sync_to_async(national_list)(LINES)

    async def rested(waits: Waits) -> bool:
        return len(waits.pages) >= AT_REST

    async with _desk() as desk:
        for _ in range(WARM):
            await desk.gesture(Waits())
        with _working():
            await asyncio.sleep(5)
            idle = await desk.watch(rested)
            job = await sync_to_async(_receive)(member, path)

            async def imported(waits: Waits) -> bool:
                return len(waits.pages) % 5 == 0 and await sync_to_async(_advance)(member, job) in DONE

            busy = await desk.watch(imported)
    await sync_to_async(_undo)(member, job)
    note = f"{len(busy.pages)} gestures while it worked"
    report(
        Row(10, "page of people during an import of 300 000 lines, p95", p95(busy.pages), p95(idle.pages), "ms", 1.5,
            "less", "the same at rest", note),
        Row(10, "push during an import of 300 000 lines, p95", p95(busy.pushes), p95(idle.pushes), "ms", 1.5,
            "less", "the same at rest", note),
    )  # fmt: skip


def measure() -> None:
    assert "bench" in os.environ["DATABASE_URL"], "a bench writes"
    run(main())
