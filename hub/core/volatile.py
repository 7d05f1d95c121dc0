"""Redis, for whoever writes to it from a request: it may lose anything at any time, and is never waited for."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_SECONDS = 0.5  # what a request waits for at most when Redis does not answer


@cache
def redis() -> Redis:
    """The client of this process: it gives up quickly and never tries again by itself."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def prefixed(name: str) -> str:
    """A Redis name of this installation (two test workers share one Redis)."""
    return f"{settings.CHANNEL_PREFIX}:{name}"
