"""Goal 2: one message to one user, p50, beside a bare Redis pub/sub round trip."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
import uuid
from collections.abc import Awaitable, Callable

from asgiref.sync import sync_to_async
from redis.asyncio import Redis

from hub.demo.server import live
from notifications.doorbells import user_channel
from tests.bench import crowd
from tests.bench.fanout import run
from tests.bench.machine import free_port, serving
from tests.bench.rows import Row, report
from tests.bench.sockets import Crowd

MESSAGES = 500
LOOP, THERE, BACK = "bench-round-trip", "bench-there", "bench-back"


async def ours() -> float:
    """Milliseconds from PUBLISH of a doorbell to the frame in the user's socket."""
    port = free_port()
    with serving(live(port), port, probe="/health/"):
        member = (await sync_to_async(crowd.members)(1))[0]
        signed = {"Cookie": await sync_to_async(crowd.cookie)(member), "Origin": f"http://127.0.0.1:{port}"}
        first: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()
        heard = Crowd(b'"seq"')

        def said(text: bytes) -> None:
            if b'"resumed"' in text and not first.done():
                first.set_result(json.loads(text))
            heard._said(text)

        await heard.open(f"ws://127.0.0.1:{port}/ws/notifications/", [signed])
        heard.ears[0].said = said
        stand = await asyncio.wait_for(first, 10)
        redis, number = Redis.from_url(os.environ["REDIS_URL"]), int(str(stand["head"]))
        body = {"e": stand["epoch"], "d": str(member.department_id), "o": str(member.organization_id)}
        body |= {"k": "referral_sent", "i": str(uuid.uuid4()), "t": "unread", "u": 1}
        waits = []
        for _ in range(MESSAGES):
            number += 1
            expected, begun = heard.heard + 1, time.perf_counter()
            await redis.publish(user_channel(member.user_id), json.dumps({"s": number, **body}))
            await heard.until(expected, 5)
            waits.append((heard.last - begun) * 1000)
        await heard.close()
    return statistics.median(waits)


async def bare(there: str = LOOP, back: str = LOOP) -> float:
    """The same between two clients of redis-py: said on `there`, heard on `back`."""
    redis = Redis.from_url(os.environ["REDIS_URL"])
    pubsub = Redis.from_url(os.environ["REDIS_URL"]).pubsub(ignore_subscribe_messages=True)
    await pubsub.subscribe(back)
    listening = pubsub.listen()
    heard = asyncio.create_task(anext(listening))
    await asyncio.sleep(0.2)
    waits = []
    for number in range(MESSAGES):
        begun = time.perf_counter()
        await redis.publish(there, str(number))
        await heard
        waits.append((time.perf_counter() - begun) * 1000)
        heard = asyncio.create_task(anext(listening))
        await asyncio.sleep(0)
    heard.cancel()
    return statistics.median(waits)


async def there_and_back() -> float:
    """Through a second process, as ours: the loop above never leaves the process that speaks."""
    redis = Redis.from_url(os.environ["REDIS_URL"])
    command = (sys.executable, "-m", "tests.bench.peers.redis_echo", os.environ["REDIS_URL"], THERE, BACK)
    echo = await asyncio.create_subprocess_exec(*command)
    try:
        while not dict(await redis.pubsub_numsub(THERE))[THERE.encode()]:
            await asyncio.sleep(0.05)
        return await bare(THERE, BACK)
    finally:
        echo.terminate()
        await echo.wait()


async def main() -> None:
    mine = await _median(ours)
    work, unit = "one message to one user, p50", "ms"
    report(
        Row(2, work, mine, await _median(bare), unit, 3, "less", "bare redis-py pub/sub, one process"),
        Row(2, work, mine, await _median(there_and_back), unit, 3, "less", "bare redis-py, to a process and back"),
    )


async def _median(measured: Callable[[], Awaitable[float]]) -> float:
    return statistics.median([await measured() for _ in range(3)])


def measure() -> None:
    run(main())
