"""Designing an action, step by step: need, objective, public, dates, partners, evaluation. A draft from the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from collective_actions.forms.actions import (
    EvaluationStep,
    KeepModelForm,
    NeedAgain,
    NeedStep,
    ObjectiveStep,
    PartnersStep,
    PublicStep,
    SeriesForm,
)
from collective_actions.models import ActionModel, CollectiveAction
from collective_actions.services.actions.models import forget_model, keep_model, start_from
from collective_actions.services.actions.writing import add_sessions, create_action, edit_action
from collective_actions.views.actions import mine
from hub.core.access import can, find, get_visible, require, visible
from hub.core.actor import Actor
from hub.core.errors import NotVisible, Refused
from partners.models import Organization
from partners.views.pages import UNPROCESSABLE, Request, submit

PAGE_OR_POST = ["GET", "HEAD", "POST"]
SERVICE_FIELDS = (
    "name",
    "description",
    "themes",
    "audiences",
    "audience_details",
    "conditions",
    "fee",
    "city",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the assistant: its form, whether that wants the actor, its fields, why it is asked."""

    label: str
    form: type[forms.Form]
    why: str
    with_actor: bool = False


STEPS: dict[str, Step] = {
    "besoin": Step("Besoin", NeedAgain, "Partez de ce que vous constatez, pas de la solution."),
    "objectif": Step("Objectif", ObjectiveStep, "Dites ce qui aura changé, puis ce que l'on y fait."),
    "public": Step("Public", PublicStep, "À qui cela convient, où, à quelles conditions.", with_actor=True),
    "seances": Step("Séances", SeriesForm, "Une date, ou une par semaine. Le nombre de places ne se dépasse jamais."),
    "partenaires": Step(
        "Partenaires", PartnersStep, "Qui organise avec vous, et remplit les places avec vous.", with_actor=True
    ),
    "evaluation": Step("Évaluation", EvaluationStep, "Décidez maintenant comment vous saurez si cela a servi."),
}
NAMES = list(STEPS)
MOST_MODELS = 50


@require_http_methods(PAGE_OR_POST)
def action_new(request: Request) -> HttpResponse:
    """The first step makes the draft; the others follow."""
    actor = request.actor
    require(actor, "action.design")
    key = request.GET.get("modele", "")
    model = find(actor, ActionModel, key) if key else None
    initial = {"audience": "people", **({"name": model.name, **model.content} if model else {})}
    form = NeedStep(request.POST or None, initial=initial)
    organization = get_visible(actor, Organization, actor.organization_id)
    made = submit(request, form, lambda: _made(actor, model, organization, form.cleaned_data))
    if made:
        return redirect("action_step", made.pk, NAMES[1])
    return _page(request, form, "besoin", None, models=visible(actor, ActionModel)[:MOST_MODELS], model=model)


def _made(
    actor: Actor, model: ActionModel | None, organization: Organization, said: dict[str, Any]
) -> CollectiveAction:
    if model is None:
        return create_action(actor, organization=organization, **said)
    return start_from(actor, model=model, organization=organization, **said)


@require_POST
def model_keep(request: Request, pk: UUID) -> HttpResponse:
    """Keep this action as a model."""
    action = mine(request, pk, "action.edit")
    form = KeepModelForm(request.POST)
    if kept := submit(request, form, lambda: keep_model(request.actor, action=action, **form.cleaned_data)):
        seen = "le Département" if kept.shared else "votre organisme"
        messages.success(request, f"Modèle « {kept.name} » gardé : {seen} peut en partir.")
    else:
        messages.error(request, "Donnez un nom au modèle.")
    return redirect("action", pk)


@require_POST
def model_forget(request: Request, pk: UUID) -> HttpResponse:
    """Retire a model."""
    model = get_visible(request.actor, ActionModel, pk)
    if not can(request.actor, "model.forget", model):
        raise Refused if model.organization_id == request.actor.organization_id else NotVisible
    forget_model(request.actor, model=model)
    messages.success(request, "Modèle retiré.")
    return redirect("action_new")


@require_http_methods(PAGE_OR_POST)
def action_step(request: Request, pk: UUID, step: str) -> HttpResponse:
    """One step of an action that exists: also the way to change it later."""
    action = mine(request, pk, "action.edit")
    if step not in STEPS:
        raise NotVisible
    form = _form(request.actor, step, action, request.POST or None)
    if submit(request, form, lambda: _save(request.actor, step, action, form) or True):
        return _next(request, step, action)
    return _page(request, form, step, action)


def _form(actor: Actor, step: str, action: CollectiveAction, data: Any) -> forms.Form:
    kind = STEPS[step].form
    options: dict[str, Any] = {"actor": actor} if STEPS[step].with_actor else {}
    return kind(data, initial=_initial(step, action), **options)


def _initial(step: str, action: CollectiveAction) -> dict[str, Any]:
    if step == "seances":
        last = action.sessions.order_by("-starts_at").first()
        said = {"place": last.place, "address": last.address, "capacity": last.capacity} if last else {}
        return {"series": action.series, **said}
    if step == "partenaires":
        return {"co_hosts": list(action.co_hosts.values_list("pk", flat=True))}
    known = {name: getattr(action.service, name) for name in SERVICE_FIELDS}
    return known | {name: getattr(action, name) for name in ("need", "objective", "evaluation", "sheet_title")}


def _save(actor: Actor, step: str, action: CollectiveAction, form: forms.Form) -> Any:
    if step != "seances":
        return edit_action(actor, action=action, **form.cleaned_data)
    assert isinstance(form, SeriesForm)
    values = form.values()
    edit_action(actor, action=action, series=values.pop("series"))
    return add_sessions(actor, action=action, **values)


def _next(request: Request, step: str, action: CollectiveAction) -> HttpResponse:
    """The following step while it is a draft; back to the action once it is published, or asked to stop there."""
    position = NAMES.index(step) + 1
    if action.state != "draft" or position == len(NAMES) or request.POST.get("then") == "stop":
        messages.success(request, "Enregistré.")
        return redirect("action", action.pk)
    return redirect("action_step", action.pk, NAMES[position])


def _page(request: Request, form: forms.Form, step: str, action: CollectiveAction | None, **more: Any) -> HttpResponse:
    def address(name: str) -> str:
        return reverse("action_step", args=[action.pk, name]) if action else ""

    models = [(one, can(request.actor, "model.forget", one)) for one in more.pop("models", ())]
    context = {
        **more,
        "models": models,
        "form": form,
        "action": action,
        "step": STEPS[step],
        "steps": [(one.label, address(name), name == step) for name, one in STEPS.items()],
        "number": NAMES.index(step) + 1,
        "count": len(NAMES),
        "skip": address(NAMES[NAMES.index(step) + 1]) if action and step == "seances" else "",
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "collective_actions/actions/design.html", context, status=status)
