"""One session of a training: read by every member, written by whoever gives or publishes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from collective_actions.forms.trainings import SessionForm
from collective_actions.models import TrainingSession
from collective_actions.selectors.candidacies import candidates_of
from collective_actions.selectors.trainings import get_session, other_sessions, session_history
from collective_actions.services.trainings.writing import (
    cancel_session,
    create_session,
    edit_session,
    reinstate_session,
)
from collective_actions.views.directory import person_of
from hub.core.access import can, get_visible
from hub.core.actor import DEPARTMENT, Actor
from hub.core.errors import Refused
from hub.core.models import record_access
from partners.models import Organization
from partners.views.pages import Request, form_page, gesture, submit

OF_OTHERS = ("region", "department")  # they publish what bodies teach


@require_safe
def session(request: Request, pk: UUID) -> HttpResponse:
    """What is learnt, when, where, with how many seats, whom to ask."""
    actor = request.actor
    one = get_session(actor, pk)
    works = can(actor, "referral.list")
    candidates = candidates_of(actor, one, after=request.GET.get("after", "")) if works else None
    if candidates:
        record_access("list", detail=f"candidacies {len(candidates.lines)}")
    context: dict[str, Any] = {
        "session": one,
        "candidates": candidates,
        "person": person_of(request),
        "may_position": works and can(actor, "candidacy.create"),
        "training": one.training,
        "others": other_sessions(actor, one),
        "may_edit": can(actor, "training.edit", one.training),
        "history": session_history(actor, one) if can(actor, "training.edit", one.training) else [],
    }
    return render(request, "collective_actions/trainings/session.html", context)


def session_new(request: Request) -> HttpResponse:
    """A session, with its training."""
    actor = request.actor
    form = SessionForm(request.POST or None, body=_own_name(actor))
    made = submit(request, form, lambda: create_session(actor, **form.cleaned_data))
    if made:
        messages.success(request, "Session ajoutée au calendrier.")
        return redirect("training_session", made.pk)
    return form_page(
        request, form, title="Nouvelle session de formation", button="Publier", cancel_url=reverse("trainings")
    )


def session_edit(request: Request, pk: UUID) -> HttpResponse:
    """Everything that is said of a session."""
    actor = request.actor
    one = _own_session(actor, pk)
    form = SessionForm(request.POST or None, session=one)
    if submit(request, form, lambda: edit_session(actor, session=one, **form.cleaned_data)):
        messages.success(request, "Session enregistrée.")
        return redirect("training_session", pk)
    title = f"Modifier {one.training.title}"
    return form_page(request, form, title=title, cancel_url=reverse("training_session", args=[pk]))


@require_POST
def session_cancel(request: Request, pk: UUID) -> HttpResponse:
    return _do(request, pk, cancel_session, "Session annulée : le calendrier le dit.")


@require_POST
def session_reinstate(request: Request, pk: UUID) -> HttpResponse:
    return _do(request, pk, reinstate_session, "Session rétablie.")


def _do(request: Request, pk: UUID, action: Callable[..., Any], said: str) -> HttpResponse:
    one = _own_session(request.actor, pk)
    gesture(request, lambda: action(request.actor, session=one), said)
    return redirect("training_session", pk)


def _own_session(actor: Actor, pk: UUID) -> TrainingSession:
    """A session the actor may write. Raises `NotVisible`, `Refused`."""
    one = get_session(actor, pk)
    if not can(actor, "training.edit", one.training):
        raise Refused
    return one


def _own_name(actor: Actor) -> str:
    """A body publishes its own; the Région and the Département those of bodies."""
    if actor.role == DEPARTMENT or actor.kind in OF_OTHERS:
        return ""
    return get_visible(actor, Organization, actor.organization_id).name
