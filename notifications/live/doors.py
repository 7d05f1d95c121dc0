"""Who may open a live connection: same origin, a signed-in session or a ticket."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from notifications.live.database import in_thread
from notifications.live.seats import Seat, seat_of_session, seat_of_ticket

Scope = dict[str, Any]


async def seat_of(scope: Scope) -> Seat | None:
    """The seat of a connection, or None: unknown, expired, or from another site.

    A cookie goes along with requests of any site, hence the origin; a ticket is only known to who asked for it.
    """
    if ticket := parameters(scope).get("ticket"):
        return await in_thread(seat_of_ticket, ticket)
    if not same_origin(scope):
        return None
    return await in_thread(seat_of_session, _session_key(scope))


async def seat_of_page(scope: Scope) -> Seat | None:
    """The same for an event stream, which no other site can read: browsers send no origin to their own site."""
    foreign = header(scope, b"sec-fetch-site") in ("cross-site", "same-site")
    if foreign or (header(scope, b"origin") and not same_origin(scope)):
        return None
    if ticket := parameters(scope).get("ticket"):
        return await in_thread(seat_of_ticket, ticket)
    return await in_thread(seat_of_session, _session_key(scope))


def parameters(scope: Scope) -> dict[str, str]:
    """The first value of each parameter of the address."""
    return {name: values[0] for name, values in parse_qs(scope.get("query_string", b"").decode("latin-1")).items()}


def header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope.get("headers", ()) if key == name), "")


def same_origin(scope: Scope) -> bool:
    """True when the page that opens the connection is ours (or one of CSRF_TRUSTED_ORIGINS)."""
    host, origin = header(scope, b"host"), header(scope, b"origin")
    name, _ = split_domain_port(host)
    if not origin or not name or not validate_host(name, settings.ALLOWED_HOSTS):
        return False
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and (parts.netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS)


def _session_key(scope: Scope) -> str | None:
    try:
        cookie = SimpleCookie(header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return cookie.value if cookie else None
