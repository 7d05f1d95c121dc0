"""What there is to correct on Pôle emploi's side: a screen by agency, and a file with a reason."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hub.core.errors import Invalid
from hub.core.models import record_access
from hub.core.tabular import csv_lines
from partners.views.pages import Request
from referrals.selectors.gap_returns import CSV_HEADER, corrections, export_rows


@require_safe
def index(request: Request) -> HttpResponse:
    """One agency at a time, by pages: the reader's own first."""
    found = corrections(request.actor, request.GET.get("agence", ""), after=request.GET.get("after", ""))
    record_access("list", detail=f"corrections {len(found.lines)}")
    return render(request, "referrals/gaps/corrections.html", {"found": found})


@require_POST
def export(request: Request) -> HttpResponse:
    """The file of one agency, or of all; why it leaves is kept in the journal of access."""
    reason, agency = request.POST.get("reason", "").strip(), request.POST.get("agency", "")
    try:
        if not reason:
            raise Invalid("Indiquez pourquoi vous prenez ce fichier : la raison est gardée au journal.")
        rows = list(export_rows(request.actor, agency))
    except Invalid as error:
        messages.error(request, error.message)
        return redirect(
            f"{reverse('gap_corrections')}?{urlencode({'agence': agency})}" if agency else "gap_corrections"
        )
    record_access("export", detail=f"corrections {len(rows)}: {reason}")
    response = HttpResponse("".join(csv_lines(CSV_HEADER, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="a_corriger_{request.actor.today:%Y-%m-%d}.csv"'
    return response
