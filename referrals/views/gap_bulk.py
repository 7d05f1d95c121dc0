"""One gesture on several gaps: a preview line by line, the gesture, and its undoing."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hub.core.access import get_visible, require
from hub.core.errors import Conflict, Invalid
from hub.core.models import record_access
from hub.core.tabular import csv_lines
from partners.views.pages import UNPROCESSABLE, Request
from referrals.forms.campaigns import SummonGapsForm
from referrals.forms.fields import refuse
from referrals.forms.gap_bulk import FORMS, BulkChoice
from referrals.models import GapGesture
from referrals.selectors.gap_bulk import CSV_HEADER, GESTURES, GUARDED, Preview, export_rows, preview
from referrals.services.campaigns.people import summon_gaps
from referrals.services.gap_bulk import act_on_gaps, undo_gesture


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: Request) -> HttpResponse:
    """What would be done, line by line; then done."""
    choice = BulkChoice(request.POST if request.method == "POST" else request.GET)
    if not choice.is_valid() or not choice.cleaned_data["gap"]:
        messages.warning(request, "Choisissez un geste et au moins une inscription de la liste.")
        return redirect("gaps")
    name = choice.cleaned_data["name"]
    if name in GUARDED:
        require(request.actor, GUARDED[name])
    found = preview(request.actor, name, choice.cleaned_data["gap"])
    kind = FORMS.get(name)
    form = kind(request.POST if request.method == "POST" else None, actor=request.actor) if kind else None
    if request.method == "POST" and (form is None or form.is_valid()):
        return _done(request, name, found, form)
    return _page(request, name, found, form, status=UNPROCESSABLE if form and form.errors else 200)


@require_POST
def undo(request: Request, pk: UUID) -> HttpResponse:
    """Everything as it was, but what somebody changed since."""
    try:
        count = undo_gesture(request.actor, gesture=get_visible(request.actor, GapGesture, pk))
    except Conflict as error:
        messages.warning(request, error.message)
    else:
        said = f"Geste annulé pour {_inscriptions(count)} : tout est comme avant, personne n'a été prévenu."
        messages.success(request, said)
    return redirect("gaps")


def _inscriptions(count: int) -> str:
    return f"{count} {'inscriptions' if count >= 2 else 'inscription'}"


def _done(request: Request, name: str, found: Preview, form: forms.Form | None) -> HttpResponse:
    given = form.cleaned_data if form else {}
    if name == "export":
        return _file(request, found, given["reason"])
    if isinstance(form, SummonGapsForm):
        return _summoned(request, name, found, form)
    try:
        done = act_on_gaps(request.actor, name=name, gaps=[line.gap.pk for line in found.lines], **given)
    except Invalid as error:
        if form:
            refuse(form, error)
        return _page(request, name, found, form, status=UNPROCESSABLE)
    said = f"{GESTURES[name]} : {_inscriptions(len(done.done))}."
    for message in sorted({message for _, message in done.refused}):
        messages.warning(request, message)
    messages.success(request, said, extra_tags=f"undo:{reverse('gap_bulk_undo', args=[done.gesture.pk])}")
    return redirect("gaps")


def _summoned(request: Request, name: str, found: Preview, form: SummonGapsForm) -> HttpResponse:
    """Their people are in a campaign to prepare: nothing is sent, nobody is told."""
    try:
        campaign = summon_gaps(request.actor, gaps=[line.gap.pk for line in found.lines], **form.values())
    except (Invalid, Conflict) as error:
        refuse(form, error)
        return _page(request, name, found, form, status=UNPROCESSABLE)
    messages.success(request, "Campagne prête à préparer : choisissez ses créneaux. Rien n'est envoyé.")
    return redirect("campaign", campaign.pk)


def _page(request: Request, name: str, found: Preview, form: forms.Form | None, *, status: int) -> HttpResponse:
    context = {"name": name, "label": GESTURES[name], "preview": found, "form": form}
    return render(request, "referrals/gaps/bulk.html", context, status=status)


def _file(request: Request, found: Preview, reason: str) -> HttpResponse:
    """A hundred lines at most, with the reason kept."""
    record_access("export", detail=f"gaps {len(found.lines)}: {reason}")
    body = "".join(csv_lines(CSV_HEADER, export_rows(found.lines)))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="inscriptions_{request.actor.today:%Y-%m-%d}.csv"'
    return response
