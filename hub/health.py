"""Is the product well? One word for strangers, the details for the machine itself and for holders of a token."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django_prometheus.exports import ExportToDjangoView
from redis.exceptions import RedisError

from hub.core.errors import NotVisible

HEARTBEAT = "beat-heartbeat"
LATE_SECONDS = 180
SCHEME = "Metrics "  # "Bearer" belongs to the API
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


def record_heartbeat() -> None:
    """Called by a task every minute: proves that the clock, the queue and a worker are alive together."""
    cache.set(HEARTBEAT, int(time.time()), timeout=None)


def health(request: HttpRequest) -> HttpResponse:
    """200 while the database and Redis answer (`late` when background work is behind), 503 otherwise."""
    database, redis, age = _database(), *_redis_and_age()
    late = age is None or age > LATE_SECONDS
    status = "down" if not (database and redis) else "late" if late else "ok"
    body: dict[str, object] = {"status": status}
    if trusted(request):
        body |= {"database": database, "redis": redis, "heartbeat_age_seconds": age}
    return JsonResponse(body, status=503 if status == "down" else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, from this machine or with `Authorization: Metrics <METRICS_TOKEN>`; 404 for anybody else."""
    if not trusted(request):
        raise NotVisible
    response: HttpResponse = ExportToDjangoView(request)
    return response


def trusted(request: HttpRequest) -> bool:
    """From the machine itself (and not through a proxy that stands on it), or with the token."""
    token = getattr(settings, "METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "")
    if token and given.startswith(SCHEME):
        return constant_time_compare(given[len(SCHEME) :], token)
    local = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    return local and not any(header in request.headers for header in FORWARDED)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_and_age() -> tuple[bool, int | None]:
    try:
        beaten = cache.get(HEARTBEAT)
    except (RedisError, OSError):
        return False, None
    return True, None if beaten is None else max(0, int(time.time()) - int(beaten))
