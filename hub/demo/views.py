"""The page where one chooses whom to be. It refuses to work outside a demo, even if a map included it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from hub.core.errors import NotVisible
from hub.demo.accounts import accounts, member_of
from hub.demo.network import PASSWORD
from partners.actors import SESSION_KEY


@never_cache
@require_safe
def demo_accounts_page(request: HttpRequest) -> HttpResponse:
    """The invented people, by what they do."""
    _only_in_a_demo()
    host = request.get_host()
    name, _, port = host.partition(":")
    twin = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}.get(name, "")
    context = {"accounts": accounts(), "password": PASSWORD, "twin": f"http://{twin}:{port}/demo/" if twin else ""}
    return render(request, "demo/accounts.html", context)


@require_POST
def enter_as(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as one invented member, in a session with a new key."""
    _only_in_a_demo()
    member = member_of(key)
    if member is None:
        raise NotVisible
    login(request, member.user)
    request.session.cycle_key()
    request.session[SESSION_KEY] = str(member.pk)
    return redirect("/")


def _only_in_a_demo() -> None:
    if not settings.DEMO or settings.PRODUCTION:
        raise NotVisible
