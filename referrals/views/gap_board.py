"""The board of registrations: counts that open their lists, the rate month by month, my week."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.core.models import record_access
from hub.core.tabular import csv_lines
from partners.views.pages import Request
from referrals.selectors.board import AGES, CSV_HEADER, board, series_rows, weekly_digest


@require_safe
def index(request: Request) -> HttpResponse:
    actor = request.actor
    context = {"board": board(actor), "digest": weekly_digest(actor), "ages": list(AGES.values())}
    return render(request, "referrals/gaps/board.html", context)


@require_safe
def series(request: Request) -> HttpResponse:
    """Indicator A1-3 for a spreadsheet; nobody stands in it."""
    actor = request.actor
    record_access("export", detail="registration series")
    body = "".join(csv_lines(CSV_HEADER, series_rows(actor)))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="inscriptions_{actor.today:%Y-%m-%d}.csv"'
    return response
