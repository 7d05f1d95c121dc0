"""Correcting one line of an analysed file, in its place in the table or on a page of its own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hub.core.access import require
from hub.core.errors import Conflict, Invalid
from hub.core.models import record_access
from partners.services.corrections import correct_line
from partners.views.pages import UNPROCESSABLE, Request
from referrals.forms.corrections import LineForm
from referrals.selectors.corrections import line_to_correct
from referrals.selectors.imports import get_import


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: Request, pk: UUID, line: str) -> HttpResponse:
    """The form of one line; saved, the line is read again and its new verdict told."""
    job = get_import(request.actor, pk)
    require(request.actor, "import.correct", job)
    number = int(line) if line.isascii() and line.isdigit() and len(line) < 9 else None
    if number is None:
        raise Http404
    found = line_to_correct(request.actor, job, number)
    form = LineForm(request.POST or None, fields=found.fields, cells=found.cells)
    if request.method == "POST" and form.is_valid():
        try:
            row = correct_line(request.actor, job=job, line=number, cells=form.changed())
        except Invalid as error:
            for name, sentence in (error.fields or {"": error.message}).items():
                form.add_error(name if name in form.fields else None, sentence)
        except Conflict as error:
            messages.warning(request, error.message)
            return redirect("import", pk)
        else:
            messages.success(request, f"Ligne {number} relue : {row.get_verdict_display().lower()}.")
            return redirect("import", pk)
    record_access("line_seen", subject=job)
    inline = bool(request.headers.get("HX-Request"))
    template = "referrals/imports/_correct.html" if inline else "referrals/imports/correct.html"
    context = {"job": job, "found": found, "form": form, "inline": inline}
    return render(request, template, context, status=UNPROCESSABLE if form.errors else 200)
