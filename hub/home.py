"""Pages that belong to no app: Aujourd'hui, the search, the answer to an expired form."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from hub.core.answers import PROBLEM, problem, wants_json
from hub.core.errors import Refused
from hub.core.slots import entries
from hub.core.today import SEARCH_SLOT, SLOT, TodaySection

SHORTEST_QUERY = 2


def today(request: HttpRequest) -> HttpResponse:
    """The work queue of the actor, or what to do when the account acts for nobody."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None:
        return render(request, "home/no_organization.html")
    found: list[TodaySection] = sorted(entries(SLOT, actor, None), key=lambda section: section.position)
    shown = [section for section in found if section.count or section.empty]
    total = sum(section.count for section in shown)
    return render(request, "home/today.html", {"sections": shown, "total": total, "today": actor.today})


def search(request: HttpRequest) -> HttpResponse:
    """One box over everything the actor may see; every app answers for its own objects."""
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    short = len(query) < SHORTEST_QUERY
    found: list[TodaySection] = [] if short else entries(SEARCH_SLOT, request.actor, query)  # type: ignore[attr-defined]
    shown = [section for section in sorted(found, key=lambda section: section.position) if section.count]
    total = sum(section.count for section in shown)
    context = {"query": query, "short": short, "sections": shown, "total": total}
    return render(request, "home/search.html", context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that is too old, or from elsewhere."""
    if wants_json(request):
        return JsonResponse(problem(Refused(code="csrf")), status=Refused.status, content_type=PROBLEM)
    return render(request, "errors/csrf.html", status=403)


def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
