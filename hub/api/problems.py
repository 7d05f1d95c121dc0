"""Every refusal of the API in one shape: DRF's and Django's own errors become the product's (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.settings import api_settings

from hub.core.answers import answer
from hub.core.errors import DomainError, Invalid, NotVisible, Refused, SignInRequired, TooLarge, TooMany

WHOLE = api_settings.NON_FIELD_ERRORS_KEY
TO_CORRECT = "Certaines informations sont à corriger."


class Unreadable(DomainError):
    code = "unreadable"
    message = "Le corps de la demande n'est pas lisible."


class MethodNotAllowed(DomainError):
    status = 405
    code = "method_not_allowed"
    message = "Cette adresse n'accepte pas cette méthode."


class NotAcceptable(DomainError):
    status = 406
    code = "not_acceptable"
    message = "Cette adresse répond en JSON : demandez « application/json »."


class UnsupportedMediaType(DomainError):
    status = 415
    code = "unsupported_media_type"
    message = "Ce type de contenu n'est pas accepté ici."


# First match wins: subclasses stand before their bases.
TRANSLATIONS: tuple[tuple[type[Exception], type[DomainError]], ...] = (
    (exceptions.ParseError, Unreadable),
    (MultiPartParserError, Unreadable),
    (exceptions.NotAuthenticated, SignInRequired),
    (exceptions.AuthenticationFailed, SignInRequired),
    (exceptions.PermissionDenied, Refused),
    (PermissionDenied, Refused),
    (exceptions.NotFound, NotVisible),
    (Http404, NotVisible),
    (exceptions.MethodNotAllowed, MethodNotAllowed),
    (exceptions.NotAcceptable, NotAcceptable),
    (exceptions.UnsupportedMediaType, UnsupportedMediaType),
    (exceptions.Throttled, TooMany),
    (RequestDataTooBig, TooLarge),
    (SuspiciousOperation, Unreadable),
)


def problem_handler(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler; None (the server's own fault) lets Django answer 500 and say so in the logs."""
    error = translated(exc)
    if error is None:
        return None
    response = answer(context["request"]._request, error)
    wait = getattr(exc, "wait", None)
    if error.status == TooMany.status and wait is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def translated(exc: Exception) -> DomainError | None:
    """The product's own error for an exception, or None."""
    if isinstance(exc, DomainError):
        return exc
    if isinstance(exc, exceptions.ValidationError):
        return _invalid(exc.detail)
    return next((ours() for theirs, ours in TRANSLATIONS if isinstance(exc, theirs)), None)


def _invalid(detail: Any) -> Invalid:
    fields = dict(_flat(detail))
    whole = fields.pop(WHOLE, "") or fields.pop("", "")
    return Invalid(whole or TO_CORRECT, fields=fields)


def _flat(detail: Any, path: str = "") -> list[tuple[str, str]]:
    """`field.nested` and its first sentence."""
    if isinstance(detail, Mapping):
        return [
            line for name, inner in detail.items() for line in _flat(inner, f"{path}.{name}" if path else str(name))
        ]
    if isinstance(detail, list | tuple):
        if detail and isinstance(detail[0], str):
            return [(path, str(detail[0]))]
        return [line for inner in detail for line in _flat(inner, path)]
    return [(path, str(detail))]


def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any other address of the API: the very answer of an object one may not see."""
    raise NotVisible
