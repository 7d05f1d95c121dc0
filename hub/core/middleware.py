"""One middleware opens the gate around every view and decides, on the finished response, whether it commits."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from hub.core.access import require
from hub.core.answers import answer
from hub.core.errors import DomainError, NotVisible, Refused, SignInRequired
from hub.core.gate import tenant
from hub.core.models import record_access
from hub.core.prepared import prepared
from hub.core.urls import ACCOUNT, MEMBER, PUBLIC

READS = ("GET", "HEAD", "OPTIONS")
Respond = Callable[[HttpRequest], HttpResponse]


class GateMiddleware:
    """After authentication: `request.actor`, one transaction per request, default deny."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self.actor_of = import_string(settings.ACTOR_PROVIDER)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            actor = self.actor_of(request)
        except DomainError as error:
            request.actor = None  # type: ignore[attr-defined]
            return answer(request, error)
        request.actor = actor  # type: ignore[attr-defined]
        if actor is None:
            return self.get_response(request)
        # Writes are always the same short statements; a page's search is planned for what is looked for.
        writes = request.method not in READS
        with prepared() if writes else nullcontext(), tenant(actor, one_plan=writes):
            response = self.get_response(request)
            if response.status_code >= 400:
                # Django has already turned the exception into a response: only here can it be undone.
                transaction.set_rollback(True)
        if response.status_code == 403:
            with tenant(actor):
                record_access("refused", detail=request.resolver_match.view_name if request.resolver_match else "")
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Check the route's own rule before the view runs."""
        access = getattr(view, "access", None) or _third_party(request)
        try:
            _check(request, access)
        except DomainError as error:
            return answer(request, error)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A domain error anywhere in a view becomes its French answer."""
        return answer(request, exception) if isinstance(exception, DomainError) else None


def _check(request: HttpRequest, access: str | None) -> None:
    if access == PUBLIC:
        return
    if access is None:
        raise NotVisible
    if not request.user.is_authenticated and request.actor is None:  # type: ignore[attr-defined]
        raise SignInRequired
    if access == ACCOUNT:
        return
    if request.actor is None:  # type: ignore[attr-defined]
        raise Refused("Votre compte n'est rattaché à aucune organisation active.", code="no_organization")
    if access != MEMBER:
        require(request.actor, access)  # type: ignore[attr-defined]


def _third_party(request: HttpRequest) -> str | None:
    """Routes of libraries cannot be declared with `route`: their access stands in one settings table."""
    match = request.resolver_match
    return settings.THIRD_PARTY_ACCESS.get(match.view_name) if match else None
