"""What every answer carries."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from hub.core.answers import answer, wants_json
from hub.core.errors import WrongMethod


class NoStoreMiddleware:
    """Pages of a signed-in user are kept by no cache, the browser's own included: desks are shared (T39)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        by_token = getattr(request, "actor", None) is not None
        if by_token or request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class WrongMethodMiddleware:
    """Django answers a wrong method with an empty page; people get a sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or wants_json(request) or response.streaming or response.content:
            return response
        explained = answer(request, WrongMethod())
        explained.headers["Allow"] = response.headers.get("Allow", "")
        return explained
