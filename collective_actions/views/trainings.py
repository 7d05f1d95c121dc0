"""Sessions of trainings: what comes, where, with how many seats."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collective_actions.selectors.trainings import coming_sessions
from partners.views.pages import Request


@require_safe
def sessions(request: Request) -> HttpResponse:
    """Sessions to come or going on."""
    found = coming_sessions(request.actor, after=request.GET.get("after", ""))
    return render(request, "collective_actions/trainings/list.html", {"found": found})
