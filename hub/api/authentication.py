"""The actor is known before any view (`partners.actors`); a browser's session must also prove where it writes from."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from hub.core.errors import Refused
from partners.actors import BEARER


class ActorAuthentication(BaseAuthentication):
    """A bearer key says enough by itself; a session cookie needs the CSRF token with every write (T15)."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """User and actor, or None for nobody. Raises `Refused` when a session cannot prove where it writes from."""
        ours = request._request
        if not ours.user.is_authenticated:
            return None
        if not ours.headers.get("Authorization", "").startswith(BEARER):
            _check_csrf(ours)
        return ours.user, getattr(ours, "actor", None)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Pacte"'


def _check_csrf(request: HttpRequest) -> None:
    check = CSRFCheck(_nothing)
    check.process_request(request)
    if check.process_view(request, _nothing, (), {}):
        raise Refused("Votre page n'est plus à jour : rechargez-la et recommencez.", code="csrf_failed")


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
