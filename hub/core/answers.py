"""The one place that turns a domain error into HTML, JSON (RFC 9457) or a redirection to sign in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url

from hub.core.errors import DomainError, InvalidTransition, SignInRequired

DESCRIPTION = "/api/docs/"
PROBLEM = "application/problem+json"
TITLES = {
    400: "Demande à corriger",
    401: "Connexion nécessaire",
    403: "Action non permise",
    404: "Introuvable",
    405: "Méthode non acceptée",
    406: "Format non disponible",
    409: "Impossible dans l'état présent",
    413: "Envoi trop volumineux",
    415: "Type de contenu non accepté",
    429: "Trop de demandes",
}


def problem(error: DomainError) -> dict[str, Any]:
    """The JSON body: a stable `code`, a short `title` and a `detail` in French.

    With the present `state` when a transition was refused.
    """
    body: dict[str, Any] = {"status": error.status, "code": error.code, "title": TITLES.get(error.status, TITLES[400])}
    body["detail"] = error.message
    if error.fields:
        body["fields"] = error.fields
    if isinstance(error, InvalidTransition):
        body["state"] = error.state
    return body


def wants_json(request: HttpRequest) -> bool:
    """API routes always answer problems as JSON; their description is a page, for people."""
    return request.path_info.startswith("/api/") and request.path_info != DESCRIPTION


def answer(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The response to a domain error, in the form the client expects."""
    if wants_json(request):
        return JsonResponse(problem(error), status=error.status, content_type=PROBLEM)
    if isinstance(error, SignInRequired):
        query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{query}".rstrip("?"))
    return render(request, "error.html", {"error": error}, status=error.status)
