"""What the directory waits for: drafts, doubles, suggestions, services to verify again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.core.access import can
from hub.core.errors import Conflict
from hub.core.pages import paginate, total
from partners.models import ImportJob, ServiceSuggestion
from partners.selectors.directory.records import doubles, drafts, suggestions_to_read, to_verify
from partners.services.directory.dropped import archive_dropped
from partners.services.directory.suggestions import settle_suggestion
from partners.views.pages import Request, find, gesture

SHOWN = 20


@require_safe
def moderation(request: Request) -> HttpResponse:
    """The queue of whoever answers for services: one's own, all of them for the Département."""
    actor = request.actor
    after = request.GET.get("after", "")
    moderates = can(actor, "service.moderate")
    waiting, old, said = drafts(actor), to_verify(actor), suggestions_to_read(actor)
    page = paginate(waiting, order=("search_name", "id"), after=after, size=SHOWN)
    context = {
        "page": page,
        "total": total(page, waiting, after=after),
        "suggestions": said[:SHOWN],
        "suggestion_count": said.count(),
        "old": old[:SHOWN],
        "old_count": old.count(),
        "doubles": doubles(actor) if moderates else [],
        "may_moderate": moderates,
    }
    return render(request, "collective_actions/directory/moderation.html", context)


@require_POST
def suggestion_settle(request: Request, pk: UUID) -> HttpResponse:
    """Taken into account, or left aside, with a word for whoever made it."""
    suggestion = find(request.actor, ServiceSuggestion, pk, "suggestion.settle", "service")
    taken = request.POST.get("taken") == "1"
    gesture(
        request,
        lambda: settle_suggestion(
            request.actor, suggestion=suggestion, taken=taken, answer=request.POST.get("answer", "")
        ),
        "Suggestion prise en compte." if taken else "Suggestion laissée de côté.",
    )
    return redirect("moderation")


@require_POST
def archive_absent(request: Request, pk: UUID) -> HttpResponse:
    """A file was all its source publishes: what it names no more is archived."""
    job = find(request.actor, ImportJob, pk, "service.moderate")
    try:
        count = archive_dropped(request.actor, job=job)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{count} services archivés." if count > 1 else "Le service est archivé.")
    return redirect("import", pk)
