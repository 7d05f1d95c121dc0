"""Going back where one was: only ever to a page of ours."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

NEXT = "next"  # what a form calls the page it was on


def ours(request: HttpRequest, address: str) -> str:
    """The address as given when it leads to this site, else ""."""
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()) else ""


def page_before(request: HttpRequest) -> str:
    """Where the form that was sent says it was, or ""."""
    return ours(request, request.POST.get(NEXT, ""))
