"""Goal 5: nothing lost and nothing shown twice when Redis, the subscription or the live process is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from hub.core.volatile import redis
from hub.demo.server import live
from notifications.doorbells import sweep
from notifications.live.timing import HEARTBEAT
from notifications.models import NotificationCursor
from partners.models import Membership
from tests.bench import crowd
from tests.bench.machine import free_port, serving
from tests.bench.rows import Row, report
from tests.notifications.facts import tell
from tests.notifications.listeners import Listener
from tests.notifications.servers import RedisServer, eventually

CLIENTS, NOTICES, GRACE, PATIENCE = 20, 20, 3, 90
Fault = Callable[["Stage", list[Membership]], None]


class Stage:
    """A Redis and a live process that may be killed and started again."""

    def __init__(self, server: RedisServer) -> None:
        self.redis, self.port, self._living = server, free_port(), ExitStack()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.address = f"ws://127.0.0.1:{self.port}/ws/notifications/"

    def start(self) -> None:
        self.pid = self._living.enter_context(serving(live(self.port), self.port, probe="/health/"))

    def kill(self) -> None:
        """kill -9."""
        os.kill(self.pid, signal.SIGKILL)
        self._living.close()


def _redis_killed(stage: Stage, members: list[Membership]) -> None:
    stage.redis.kill()
    tell(*members, times=NOTICES)
    stage.redis.start()


def _subscription_cut(stage: Stage, members: list[Membership]) -> None:
    for _ in range(NOTICES):
        stage.redis.client.client_kill_filter(_type="pubsub")
        tell(*members)


def _live_killed(stage: Stage, members: list[Membership]) -> None:
    stage.kill()
    tell(*members, times=NOTICES)
    stage.start()


FAULTS: tuple[Fault, ...] = (_redis_killed, _subscription_cut, _live_killed)


def _heads(members: list[Membership]) -> dict[object, NotificationCursor]:
    return NotificationCursor.objects.in_bulk([member.user_id for member in members])


def _listeners(stage: Stage, members: list[Membership]) -> list[Listener]:
    """One client for each member, standing where he stands now."""
    tell(*members)  # whoever had no cursor gets one
    heads, found = _heads(members), []
    for member in members:
        one = Listener(stage, crowd.cookie(member).partition("=")[2])
        one.cursor, one.epoch = heads[member.user_id].last_seq, str(heads[member.user_id].epoch)
        found.append(one)
    return found


def _wrong(listener: Listener, first: int, last: int) -> int:
    """Notices lost, shown twice, or out of order."""
    lost = set(range(first + 1, last + 1)) - set(listener.seqs)
    disorder = sum(after <= before for before, after in zip(listener.seqs, listener.seqs[1:], strict=False))
    return len(lost) + disorder


@contextmanager
def _own_redis() -> Iterator[RedisServer]:
    """A Redis that may be killed, for this process and those it starts."""
    with TemporaryDirectory() as folder:
        server = RedisServer(Path(folder))
        server.start()
        settings.REDIS_URL = os.environ["REDIS_URL"] = server.url
        redis.cache_clear()
        try:
            yield server
        finally:
            server.kill()


def _recovery(fault: Fault) -> tuple[float, int, int]:
    """Seconds from the end of the fault to the last notice shown, notices shown wrongly, notices told."""
    members = crowd.members(CLIENTS)
    with _own_redis() as server, ExitStack() as clients:
        stage = Stage(server)
        stage.start()
        clients.callback(stage.kill)
        listeners = [clients.enter_context(one) for one in _listeners(stage, members)]
        starts = [one.cursor for one in listeners]
        fault(stage, members)
        begun = time.monotonic()
        sweep()  # what the worker does every two seconds
        heads = _heads(members)
        ends = [heads[member.user_id].last_seq for member in members]
        eventually(lambda: all(one.cursor >= end for one, end in zip(listeners, ends, strict=True)), within=PATIENCE)
        seconds = time.monotonic() - begun
        wrong = sum(_wrong(*one) for one in zip(listeners, starts, ends, strict=True))
        return seconds, wrong, sum(ends) - sum(starts)


def measure() -> None:
    assert "bench" in os.environ["DATABASE_URL"], "a bench writes"
    found = [_recovery(fault) for fault in FAULTS]
    slowest = max(seconds for seconds, _, _ in found)
    wrong, told = (sum(numbers) for numbers in list(zip(*found, strict=True))[1:])
    report(
        Row(5, "notices lost or shown twice under faults", wrong, told, "", 0, "less", "notices told"),
        Row(5, "slowest recovery after a fault", slowest, HEARTBEAT + GRACE, "s", 1, "less", "heartbeat + 3 s"),
    )
