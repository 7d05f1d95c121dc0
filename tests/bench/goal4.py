"""Goal 4: memory of a socket, and growth over five cycles of 1000 connections."""

from __future__ import annotations

import asyncio
import os

from asgiref.sync import sync_to_async

from hub.demo.server import live
from tests.bench import crowd
from tests.bench.fanout import CHANNEL, run
from tests.bench.machine import free_port, rss_kib, serving
from tests.bench.rows import Row, report
from tests.bench.sockets import Crowd

SOCKETS, CYCLES, LARGEST_KIB, WARM = 1000, 5, 40, 20


async def _cycles(pid: int, url: str, headers: list[dict[str, str]], cycles: int) -> list[int]:
    """KiB of the process with all sockets open, at each cycle; the first item is before any."""
    warm = Crowd(b"?")
    await warm.open(url, headers[:WARM])
    await asyncio.sleep(1.5)
    await warm.close()
    sizes = [rss_kib(pid)]
    for _ in range(cycles):
        heard = Crowd(b"?")
        await heard.open(url, headers)
        await asyncio.sleep(3)
        sizes.append(rss_kib(pid))
        await heard.close()
        await asyncio.sleep(1)
    return sizes


async def main() -> None:
    port = free_port()
    with serving(live(port), port, probe="/health/") as pid:
        signed = await sync_to_async(crowd.headers)(SOCKETS, port)
        sizes = await _cycles(pid, f"ws://127.0.0.1:{port}/ws/notifications/", signed, CYCLES)
    mine, grown = (sizes[1] - sizes[0]) / SOCKETS, sizes[-1] / sizes[1]
    port = free_port()
    with serving(("tests.bench.peers.websockets_server", str(port), os.environ["REDIS_URL"], CHANNEL), port) as pid:
        other = await _cycles(pid, f"ws://127.0.0.1:{port}/", [{} for _ in range(SOCKETS)], 1)
    theirs = (other[1] - other[0]) / SOCKETS
    report(
        Row(4, "memory of a socket", mine, theirs, "KiB", 2.5, "less", "bare websockets"),
        Row(4, "memory of a socket", mine, LARGEST_KIB, "KiB", 1, "less", "the largest allowed"),
        Row(4, "memory after 5 cycles of 1000", grown, 1, "x", 1.05, "less", "after the first"),
    )


def measure() -> None:
    run(main())
