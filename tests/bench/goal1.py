"""Goal 1: fan-out to 1000 sockets, frames by second of the server's processor."""

from __future__ import annotations

import statistics

from tests.bench.fanout import Stage, frames_per_cpu_second, node_missing, ours, peer, run
from tests.bench.rows import Row, Skipped, report

SOCKETS = 1000
WORK, UNIT = "fan-out to 1000 sockets", "frames/cpu-s"


async def _median(stage: Stage, messages: int, burst: int = 20) -> float:
    return statistics.median([await frames_per_cpu_second(stage, messages, burst) for _ in range(3)])


async def main() -> None:
    async with ours(SOCKETS) as stage:
        mine = await _median(stage, 200)
    rows: list[Row | Skipped] = []
    if why := node_missing():
        rows.append(Skipped(1, f"{WORK} / node ws", why))
    else:
        async with peer("node", SOCKETS) as stage:
            rows.append(Row(1, WORK, mine, await _median(stage, 200), UNIT, 0.5, "more", "node ws"))
    async with peer("channels", SOCKETS) as stage:
        rows.append(Row(1, WORK, mine, await _median(stage, 10, burst=5), UNIT, 8, "more", "Channels pub/sub layer"))
    report(*rows)


def measure() -> None:
    run(main())
