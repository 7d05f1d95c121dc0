"""The one place that turns a domain error into HTML, JSON (RFC 9457) or a redirection to sign in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url

from hub.core.errors import DomainError, InvalidTransition, SignInRequired

PROBLEM = "application/problem+json"


def problem(error: DomainError) -> dict[str, Any]:
    """The JSON body: a stable `code`, a French `detail`, the present `state` when a transition was refused."""
    body: dict[str, Any] = {"status": error.status, "code": error.code, "title": error.code, "detail": error.message}
    if error.fields:
        body["fields"] = error.fields
    if isinstance(error, InvalidTransition):
        body["state"] = error.state
    return body


def wants_json(request: HttpRequest) -> bool:
    """API routes always answer problems as JSON."""
    return request.path_info.startswith("/api/")


def answer(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The response to a domain error, in the form the client expects."""
    if wants_json(request):
        return JsonResponse(problem(error), status=error.status, content_type=PROBLEM)
    if isinstance(error, SignInRequired):
        query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{query}".rstrip("?"))
    return render(request, "error.html", {"error": error}, status=error.status)
