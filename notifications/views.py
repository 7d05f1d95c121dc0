"""The inbox, the bell's panel, and what a user does with notices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from hub.core.actor import Actor
from hub.core.errors import Invalid
from notifications import selectors, services

DONE_WORDS = {
    "read": "Marqué comme lu.",
    "unread": "Marqué comme non lu.",
    "done": "Classé comme traité.",
    "undone": "Remis dans vos avis.",
}
UNDOABLE = ("read", "done")


@require_GET
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Unread, read or done notices of the organisation the user acts for."""
    actor = _actor(request)
    tab = request.GET.get("etat", "unread")
    if tab not in selectors.TABS:
        tab = "unread"
    page = selectors.inbox(actor, tab=tab, after=request.GET.get("after", ""))
    context = {
        "tab": tab,
        "tabs": selectors.TABS,
        "page": page,
        "lines": selectors.lines(page.rows),
        "elsewhere": selectors.waiting_elsewhere(actor),
    }
    return render(request, "notifications/inbox.html", context)


@require_GET
@never_cache
def bell(request: HttpRequest) -> HttpResponse:
    """The panel under the bell: the last notices."""
    return render(request, "notifications/_bell_panel.html", {"lines": selectors.latest(_actor(request))})


@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Mark the chosen notices; back to the list, with the way to undo it."""
    actor, verb = _actor(request), request.POST.get("verb", "")
    services.mark(actor, verb=verb, ids=[_uuid(text) for text in request.POST.getlist("id")])
    if request.headers.get("X-Fragment"):
        return HttpResponse(status=204)
    undoing = f"undo:{_undo_url(actor)}" if verb in UNDOABLE else ""
    messages.success(request, DONE_WORDS[verb], extra_tags=undoing)
    return _back(request)


@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark everything that waits as read, undoable in one click."""
    actor = _actor(request)
    if count := services.mark_all_read(actor):
        text = "1 avis marqué comme lu." if count == 1 else f"{count} avis marqués comme lus."
        messages.success(request, text, extra_tags=f"undo:{_undo_url(actor)}")
    else:
        messages.info(request, "Tout était déjà lu.")
    return _back(request)


@require_POST
def undo(request: HttpRequest, instant: str) -> HttpResponse:
    """Bring back what was marked at this instant."""
    try:
        at = datetime.fromisoformat(instant)
    except ValueError as error:
        raise Invalid("Cette annulation n'est plus possible.", code="bad_instant") from error
    if at.tzinfo is None:
        raise Invalid("Cette annulation n'est plus possible.", code="bad_instant")
    services.undo(_actor(request), at=at)
    messages.success(request, "C'est annulé.")
    return _back(request)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _undo_url(actor: Actor) -> str:
    return reverse("notifications_undo", args=[actor.now.isoformat()])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid("Cet avis n'existe pas.", code="bad_notice") from error


def _back(request: HttpRequest) -> HttpResponse:
    tab = request.POST.get("etat", "unread")
    query = f"?etat={tab}" if tab in selectors.TABS and tab != "unread" else ""
    return redirect(reverse("notifications") + query)
