"""Rates, counted in Redis: one counter per membership, scope and window.

Without Redis ordinary requests go on (nothing must depend on it), but what could be used to guess a NIR stops.
"""

from __future__ import annotations

from typing import Any

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from hub.core.volatile import prefixed, redis

MINUTE, HOUR = 60, 3600


def count(scope: str, owner: Any, seconds: int, now: float) -> int:
    """How often `owner` did this in the present window, this time included. Raises `RedisError`."""
    key = prefixed(f"rate:{scope}:{owner}:{int(now) // seconds}")
    trip = redis().pipeline(transaction=False)
    trip.incr(key)
    trip.expire(key, seconds)
    return int(trip.execute()[0])


class MembershipThrottle(BaseThrottle):
    """So many requests of one member acting for one organisation, whatever the number of his keys."""

    scope, limit, seconds, closed_without_redis = "api", 1200, MINUTE, False

    def allow_request(self, request: Request, view: Any) -> bool:
        actor = getattr(request._request, "actor", None)
        if actor is None:
            return True
        self.left = self.seconds - actor.now.timestamp() % self.seconds
        try:
            return count(self.scope, actor.membership_id, self.seconds, actor.now.timestamp()) <= self.limit
        except RedisError:
            return not self.closed_without_redis

    def wait(self) -> float:
        """Seconds until the window ends."""
        return self.left


class NirSearchThrottle(MembershipThrottle):
    """Looking for a person by NIR: 20 an hour (T24)."""

    scope, limit, seconds, closed_without_redis = "nir-search", 20, HOUR, True


class NirShownThrottle(MembershipThrottle):
    """Showing a NIR, one by one and by hand: never a way to copy them all."""

    scope, limit, seconds, closed_without_redis = "nir-shown", 60, HOUR, True
