"""Doorbells in Redis: they may be lost or rung twice, and nothing is lost nor shown twice.

A doorbell carries ids and numbers. The row it announces is committed before; the sweeper rings again for rows whose
doorbell was never rung; the live process reads the database whenever a number is missing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction
from prometheus_client import Counter
from redis.exceptions import RedisError

from hub.core.topics import ringer
from hub.core.volatile import prefixed, redis
from notifications.ledger import Change

SWEEP_ROWS = 1000
DELETE = """
DELETE FROM notifications_outbox o USING unnest(%s::uuid[], %s::bigint[]) AS x(user_id, seq)
WHERE o.user_id = x.user_id AND o.seq = x.seq"""
DUE = "SELECT id, user_id, seq FROM notifications_outbox ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED"

log = structlog.get_logger(__name__)
FAILED = Counter("pacte_doorbells_failed_total", "Doorbells that could not be rung at once")


def user_channel(user_id: UUID | str) -> str:
    return prefixed(f"u:{user_id}")


def topic_channel(topic: str) -> str:
    return prefixed(f"t:{topic}")


def control_channel() -> str:
    """Every live process listens here for as long as it lives."""
    return prefixed("control")


def doorbell(change: Change) -> str:
    """s: number, e: epoch, d and o: for which Département and organisation, then what the frame will say."""
    body: dict[str, Any] = {"s": change.seq, "e": change.epoch, "d": str(change.department_id)}
    body |= {"o": str(change.organization_id), "k": change.kind, "i": str(change.id)}
    return json.dumps(body | {"t": change.state, "u": change.unread}, separators=(",", ":"))


def ring(changes: list[Change], topics: Iterable[str] = ()) -> None:
    """After COMMIT: publish everything in one round trip, then forget what was rung. Never raises."""
    messages = [(user_channel(change.user_id), doorbell(change)) for change in changes]
    messages += [(topic_channel(topic), json.dumps({"v": time.time_ns() // 1000})) for topic in topics]
    if not publish(messages) or not changes:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(DELETE, [[change.user_id for change in changes], [change.seq for change in changes]])
    except DatabaseError as error:
        log.warning("doorbells_not_forgotten", error=type(error).__name__)  # the sweeper rings them once more


@ringer
def ring_topic(topic: str) -> None:
    """At once, without waiting for any COMMIT."""
    ring([], [topic])


def publish(messages: list[tuple[str, str]]) -> bool:
    """Publish in one round trip; False (and counted) when Redis does not answer in time."""
    if not messages:
        return True
    try:
        pipeline = redis().pipeline(transaction=False)
        for channel, body in messages:
            pipeline.publish(channel, body)
        pipeline.execute()
    except (RedisError, OSError) as error:
        FAILED.inc(len(messages))
        log.warning("doorbells_not_rung", count=len(messages), error=type(error).__name__)
        return False
    return True


def sweep() -> int:
    """Ring for changes whose doorbell was never rung, once per user; gives the number of changes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DUE, [SWEEP_ROWS])
        due = cursor.fetchall()
        last: dict[UUID, int] = {}
        for _, user_id, seq in due:
            last[user_id] = max(seq, last.get(user_id, 0))
        if not due or not publish([(user_channel(user), json.dumps({"s": seq})) for user, seq in last.items()]):
            return 0
        cursor.execute("DELETE FROM notifications_outbox WHERE id = ANY(%s)", [[row[0] for row in due]])
    return len(due)
