"""What there is to correct on Pôle emploi's side: a screen, and a file by agency with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from hub.core.errors import Invalid
from hub.core.models import record_access
from hub.core.tabular import csv_lines
from partners.views.pages import Request
from referrals.selectors.gap_returns import CSV_HEADER, corrections, export_rows


@require_safe
def index(request: Request) -> HttpResponse:
    found = corrections(request.actor)
    record_access("list", detail=f"corrections {sum(map(len, found.values()))}")
    return render(request, "referrals/gaps/corrections.html", {"agencies": found})


@require_POST
def export(request: Request) -> HttpResponse:
    """The file of one agency, or of all; why it leaves is kept in the journal of access."""
    reason, agency = request.POST.get("reason", "").strip(), request.POST.get("agency", "")
    try:
        if not reason:
            raise Invalid("Indiquez pourquoi vous prenez ce fichier : la raison est gardée au journal.")
        rows = list(export_rows(corrections(request.actor, agency)))
    except Invalid as error:
        messages.error(request, error.message)
        return redirect("gap_corrections")
    record_access("export", detail=f"corrections {len(rows)}: {reason}")
    response = HttpResponse("".join(csv_lines(CSV_HEADER, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="a_corriger_{request.actor.today:%Y-%m-%d}.csv"'
    return response
