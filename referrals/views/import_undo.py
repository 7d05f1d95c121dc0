"""Taking an import back: first what would happen, then the reason."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hub.core.access import require
from hub.core.errors import Conflict, DomainError, Invalid
from hub.core.models import record_access
from partners.models import ImportJob
from partners.services.undo import undo_import
from partners.views.pages import UNPROCESSABLE, Request
from referrals.selectors.import_undo import may_undo_now, undo_preview
from referrals.selectors.imports import get_import


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: Request, pk: UUID) -> HttpResponse:
    """What goes back and what stays; confirmed, a worker does it."""
    job = get_import(request.actor, pk)
    require(request.actor, "import.undo", job)
    if request.method != "POST":
        return _page(request, job) if may_undo_now(request.actor, job) else redirect("import", pk)
    try:
        undo_import(request.actor, job=job, reason=request.POST.get("reason", ""))
    except (Conflict, Invalid) as error:
        return _page(request, get_import(request.actor, pk), error)
    messages.success(request, "L'annulation commence : cette page se met à jour toute seule.")
    return redirect("import", pk)


def _page(request: Request, job: ImportJob, error: DomainError | None = None) -> HttpResponse:
    preview = None
    if may_undo_now(request.actor, job):
        try:
            preview = undo_preview(request.actor, job)
        except Conflict as conflict:
            error = conflict
    if preview and preview.lines:
        record_access("list", subject=job, detail=f"undo {len(preview.lines)}")
    status = UNPROCESSABLE if isinstance(error, Invalid) else error.status if error else 200
    context = {"job": job, "undo": preview, "error": error, "reason": request.POST.get("reason", "")}
    return render(request, "referrals/imports/undo.html", context, status=status)
