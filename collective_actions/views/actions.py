"""Collective actions: the list, one action, its publication and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from collective_actions.forms.actions import ActionFilters, KeepModelForm, QuotaForm, ReasonForm
from collective_actions.models import CollectiveAction
from collective_actions.selectors.actions import BOXES, MINE, action_record, actions_list, get_action
from collective_actions.selectors.measures import action_measures
from collective_actions.services.actions.writing import cancel_action, publish_action, set_quota
from collective_actions.views.people import person_named
from hub.core.access import can
from hub.core.errors import Invalid, NotVisible, Refused
from hub.core.topics import topic_token
from partners.views.pages import Request, gesture


def is_fragment(request: Request) -> bool:
    """Does the page ask for its live part alone?"""
    return bool(request.headers.get("X-Fragment"))


@require_safe
def index(request: Request) -> HttpResponse:
    """What is to come, by date; everything asked stands in the address."""
    actor = request.actor
    filters = ActionFilters(request.GET, actor=actor)
    asked = filters.asked
    box = asked.get("box", "")
    box = box if box in BOXES else ""
    designs = can(actor, "action.design")
    context = {
        "filters": filters,
        "found": actions_list(actor, asked | {"box": box}, after=request.GET.get("after", "")),
        "box": box,
        "boxes": [(name, label) for name, label in BOXES.items() if designs or name != MINE],
        "person": person_named(actor, request.GET.get("pour", "")),
        "designs": designs,
        "measures": action_measures(actor),
        "wide": can(actor, "service.moderate"),
        "topic": topic_token("actions", actor.department_id),
    }
    template = "actions/_rows.html" if is_fragment(request) else "actions/list.html"
    return render(request, f"collective_actions/{template}", context)


@require_safe
def action(request: Request, pk: UUID) -> HttpResponse:
    """One action: what it is, its dates and places."""
    return action_page(request, get_action(request.actor, pk))


def action_page(request: Request, found: CollectiveAction, *, status: int = 200, **given: Any) -> HttpResponse:
    """The page of one action, with the form that was refused."""
    actor = request.actor
    record = action_record(actor, found)
    context = {
        "record": record,
        "action": found,
        "service": found.service,
        "may": record.may,
        "person": person_named(actor, request.GET.get("pour", "")),
        "reason_form": ReasonForm(auto_id="cancel_%s"),
        "model_form": KeepModelForm(initial={"name": found.service.name}, auto_id="model_%s"),
        "quota_form": QuotaForm(actor=actor) if "edit" in record.may else None,
        "topic": topic_token("action", found.pk),
        **given,
    }
    template = "actions/_action.html" if is_fragment(request) else "actions/action.html"
    return render(request, f"collective_actions/{template}", context, status=status)


@require_POST
def action_publish(request: Request, pk: UUID) -> HttpResponse:
    return _do(request, pk, "action.publish", publish_action, "« {} » est publiée dans le répertoire.")


@require_POST
def action_cancel(request: Request, pk: UUID) -> HttpResponse:
    """Call the action off; whoever has somebody there is told."""
    form = ReasonForm(request.POST)
    form.is_valid()
    reason = form.cleaned_data.get("reason", "")

    def cancel(actor: Any, *, action: CollectiveAction) -> Any:
        return cancel_action(actor, action=action, reason=reason)

    return _do(request, pk, "action.publish", cancel, "« {} » est annulée : tous les inscripteurs sont prévenus.")


@require_POST
def action_quota(request: Request, pk: UUID) -> HttpResponse:
    """How many seats of each session one organisation may fill."""
    found = mine(request, pk, "action.edit")
    form: forms.Form = QuotaForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            set_quota(request.actor, action=found, **form.cleaned_data)
            messages.success(request, "Contingent enregistré.")
            return redirect("action", pk)
        except Invalid as error:
            messages.error(request, error.message)
            return redirect("action", pk)
    return action_page(request, found, status=422, quota_form=form)


def mine(request: Request, pk: UUID, rule: str) -> CollectiveAction:
    """An action one may act on; 404 for those of others, 403 inside one's own organisation."""
    found = get_action(request.actor, pk)
    if not can(request.actor, rule, found):
        raise Refused if found.service.organization_id == request.actor.organization_id else NotVisible
    return found


def _do(request: Request, pk: UUID, rule: str, write: Callable[..., Any], said: str) -> HttpResponse:
    found = mine(request, pk, rule)
    gesture(request, lambda: write(request.actor, action=found), said.format(found.service.name))
    return redirect("action", pk)
