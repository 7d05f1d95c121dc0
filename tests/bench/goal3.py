"""Goal 3: one message to 1000 sockets, when the last client has it."""

from __future__ import annotations

import statistics

from tests.bench.fanout import Stage, last_client, ours, peer, run
from tests.bench.rows import Row, report

SOCKETS, MESSAGES = 1000, 30


async def _median(stage: Stage) -> float:
    return statistics.median([await last_client(stage) for _ in range(MESSAGES)])


async def main() -> None:
    async with ours(SOCKETS) as stage:
        mine = await _median(stage)
    async with peer("picows", SOCKETS) as stage:
        theirs = await _median(stage)
    report(Row(3, "one message to 1000 sockets, last client", mine, theirs, "ms", 3, "less", "bare picows"))


def measure() -> None:
    run(main())
