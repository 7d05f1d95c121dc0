"""Registration gaps: the list, one gap, and what is done about it by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from hub.core.access import can, get_visible
from hub.core.back import page_before
from hub.core.errors import Conflict, DomainError, Invalid
from hub.core.models import record_access
from hub.core.topics import topic_token
from partners.views.pages import UNPROCESSABLE, Request
from referrals.forms.fields import refuse
from referrals.forms.gaps import GapFilters, ImportOfGaps, JustifyForm, ReopenForm, ResolveForm
from referrals.models import GapView, RegistrationGap
from referrals.selectors.gap_bulk import gestures
from referrals.selectors.gaps import gap_list, gap_record, get_gap, views_of
from referrals.services.gap_views import filters_of, forget_view, keep_view
from referrals.services.gaps import acknowledge_gap, justify_gap, reopen_gap, resolve_gap, take_charge_of_gap

FORMS: dict[str, type[forms.Form]] = {"resolve": ResolveForm, "justify": JustifyForm, "reopen": ReopenForm}
SERVICES: dict[str, Callable[..., RegistrationGap]] = {
    "resolve": resolve_gap,
    "justify": justify_gap,
    "reopen": reopen_gap,
}
DONE = {
    "acknowledge": "C'est noté : vous l'avez vue.",
    "take_charge": "Vous prenez en charge cette vérification.",
    "resolve": "Inscription régularisée.",
    "justify": "Situation justifiée jusqu'à la date indiquée.",
    "reopen": "La vérification est rouverte.",
}


@require_safe
def index(request: Request) -> HttpResponse:
    """Counts first, then the gaps the filters keep; a new one appears without reload."""
    actor = request.actor
    views = views_of(actor)
    opening = next((view.query for view in views if view.default), "")
    if opening and not request.GET and not request.headers.get("X-Fragment"):
        return redirect(f"{request.path}?{opening}")
    filters = GapFilters(request.GET, actor=actor, auto_id="filtre_%s")
    source = ImportOfGaps({"job": request.GET.get("import"), "done": request.GET.get("done")})
    chosen = filters.values()
    if source.is_valid() and source.cleaned_data["job"]:
        chosen |= {"import": source.cleaned_data["job"], "done": source.cleaned_data["done"]}
    found = gap_list(actor, chosen, after=request.GET.get("after", ""))
    filters.say_counts(found)
    record_access("list", detail=f"gaps {len(found.lines)}")
    context = {
        "found": found,
        "filters": filters,
        "chosen": chosen,
        "views": views,
        "kept": filters_of(request.GET.urlencode()),
        "token": topic_token("gaps", actor.department_id),
        "may_set": can(actor, "registration.settings"),
        "gestures": gestures(actor),
        "may_give_back": can(actor, "gap.corrections"),
    }
    template = "referrals/gaps/_list.html" if request.headers.get("X-Fragment") else "referrals/gaps/list.html"
    return render(request, template, context)


@require_POST
def keep(request: Request) -> HttpResponse:
    """Keep the filters of the page under a name; one comes back to them."""
    given = request.POST
    try:
        view = keep_view(
            request.actor, name=given.get("name", ""), query=given.get("query", ""), default=bool(given.get("default"))
        )
    except Invalid as error:
        messages.error(request, error.message)
        return redirect(f"{reverse('gaps')}?{filters_of(given.get('query', '')) or 'state='}")
    messages.success(request, f"Vue « {view} » gardée.")
    return redirect(f"{reverse('gaps')}?{view.query}")


@require_POST
def forget(request: Request, pk: UUID) -> HttpResponse:
    forget_view(request.actor, view=get_visible(request.actor, GapView, pk))
    messages.success(request, "Vue supprimée.")
    return redirect(f"{reverse('gaps')}?state=")


@require_safe
def record(request: Request, pk: UUID) -> HttpResponse:
    """One gap: what is known, what was done, what may be done."""
    return _record(request, pk)


@require_POST
def acknowledge(request: Request, pk: UUID) -> HttpResponse:
    return _act(request, pk, "acknowledge", lambda gap: acknowledge_gap(request.actor, gap=gap))


@require_POST
def take_charge(request: Request, pk: UUID) -> HttpResponse:
    """One visible name acts next; from the list one stays in the list."""
    return _act(request, pk, "take_charge", lambda gap: take_charge_of_gap(request.actor, gap=gap))


@require_POST
def resolve(request: Request, pk: UUID) -> HttpResponse:
    return _act_with_form(request, pk, "resolve")


@require_POST
def justify(request: Request, pk: UUID) -> HttpResponse:
    return _act_with_form(request, pk, "justify")


@require_POST
def reopen(request: Request, pk: UUID) -> HttpResponse:
    return _act_with_form(request, pk, "reopen")


def _act_with_form(request: Request, pk: UUID, name: str) -> HttpResponse:
    form = FORMS[name](request.POST, auto_id=f"id_{name}_%s")
    if not form.is_valid():
        return _record(request, pk, form=(name, form))
    try:
        return _act(request, pk, name, lambda gap: SERVICES[name](request.actor, gap=gap, **form.cleaned_data))
    except Invalid as error:
        refuse(form, error)
        return _record(request, pk, form=(name, form))


def _act(request: Request, pk: UUID, name: str, service: Callable[[RegistrationGap], Any]) -> HttpResponse:
    """Do it; whoever comes second gets the present state, not an error page."""
    try:
        service(get_gap(request.actor, pk))
    except Conflict as error:
        return _record(request, pk, error=error)
    messages.success(request, DONE[name])
    before = page_before(request)
    return redirect(before) if before else redirect("gap", pk)


def _record(
    request: Request, pk: UUID, *, error: DomainError | None = None, form: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    found = gap_record(request.actor, pk)
    record_access("view", subject=found.gap)
    shown = {name: kind(auto_id=f"id_{name}_%s") for name, kind in FORMS.items() if name in found.actions}
    if form and form[0] in shown:
        shown[form[0]] = form[1]
    context = {
        "record": found,
        "gap": found.gap,
        "forms": shown,
        "opened_form": form[0] if form else "",
        "error": error,
        "kept": filters_of(request.GET.urlencode()),
        "token": topic_token("gap", pk),
    }
    status = error.status if error else UNPROCESSABLE if form else 200
    template = "referrals/gaps/_record.html" if request.headers.get("X-Fragment") else "referrals/gaps/record.html"
    return render(request, template, context, status=status)
