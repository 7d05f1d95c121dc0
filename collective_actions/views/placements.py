"""Jobs followed: recording one, the list, one job and its gestures."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from collective_actions.forms.placements import EndForm, PlacementForm
from collective_actions.models import Placement, Trainee
from collective_actions.selectors.placements import placement_record
from collective_actions.selectors.placements import placements as placements_of
from collective_actions.services.placements import end_placement, note_step, record_placement, signal_difficulty
from hub.core.access import get_visible
from hub.core.models import record_access
from partners.views.pages import UNPROCESSABLE, Request, form_page, gesture, submit


@require_safe
def placements(request: Request) -> HttpResponse:
    """Jobs going on."""
    mine = request.GET.get("mine") == "on"
    found = placements_of(request.actor, mine=mine, after=request.GET.get("after", ""))
    record_access("list", detail=f"placements {len(found.lines)}")
    return render(request, "collective_actions/placements/list.html", {"found": found, "mine": mine})


def new(request: Request, pk: UUID) -> HttpResponse:
    """A job found after this training."""
    trainee = get_visible(request.actor, Trainee, pk, "beneficiary")
    form = PlacementForm(request.POST or None, initial={"starts_on": request.actor.today})
    done = submit(
        request,
        form,
        lambda: record_placement(
            request.actor, person=trainee.beneficiary, trainee=trainee, **form.cleaned_data
        ),
    )  # fmt: skip
    if done is not None:
        messages.success(request, "Emploi noté : un point vous sera proposé à 8 jours, 1, 3 et 6 mois.")
        return redirect("placement", done.pk)
    return form_page(
        request, form, title="Noter un emploi", button="Noter l'emploi", cancel_url=reverse("training_end", args=[pk])
    )  # fmt: skip


@require_safe
def placement(request: Request, pk: UUID) -> HttpResponse:
    """One job followed."""
    return _record(request, pk, EndForm(initial={"on": request.actor.today}))


@require_POST
def well(request: Request, pk: UUID) -> HttpResponse:
    """A word was had: all is well."""
    return _done(request, pk, note_step, "Point noté.")


@require_POST
def difficulty(request: Request, pk: UUID) -> HttpResponse:
    """A mediation is asked for."""
    return _done(request, pk, signal_difficulty, "Difficulté signalée : le référent et qui suit cet emploi le savent.")


@require_POST
def end(request: Request, pk: UUID) -> HttpResponse:
    """The job is over."""
    found = get_visible(request.actor, Placement, pk)
    form = EndForm(request.POST)
    if submit(request, form, lambda: end_placement(request.actor, placement=found, **form.cleaned_data)) is None:
        return _record(request, pk, form)
    messages.success(request, "Fin notée : ce suivi est clos.")
    return redirect("placement", pk)


def _record(request: Request, pk: UUID, form: EndForm) -> HttpResponse:
    found = placement_record(request.actor, pk)
    record_access("read", subject=found.line.placement)
    return render(
        request,
        "collective_actions/placements/record.html",
        {"record": found, "line": found.line, "form": form},
        status=UNPROCESSABLE if form.errors else 200,
    )


def _done(request: Request, pk: UUID, write: Callable[..., object], said: str) -> HttpResponse:
    gesture(request, lambda: write(request.actor, placement=get_visible(request.actor, Placement, pk)), said)
    return redirect("placement", pk)
