"""Requests over kept connections, a few at a time (aiohttp)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from tests.bench.rows import p95


@dataclass(slots=True)
class Load:
    """What a load saw: requests by second, and the 95th percentile in milliseconds."""

    per_second: float
    p95: float


async def get(port: int, paths: Sequence[str], headers: dict[str, str], *, count: int, at_once: int) -> Load:
    """`count` requests over these paths in turn. Raises AssertionError for any answer but 200."""
    waits: list[float] = []
    todo = iter(range(count))
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers, connector=connector) as session:

        async def work() -> None:
            for number in todo:
                begun = time.perf_counter()
                async with session.get(paths[number % len(paths)], allow_redirects=False) as answer:
                    await answer.read()
                    assert answer.status == 200, (paths[number % len(paths)], answer.status)
                waits.append((time.perf_counter() - begun) * 1000)

        begun = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(at_once)))
        return Load(count / (time.perf_counter() - begun), p95(waits))
