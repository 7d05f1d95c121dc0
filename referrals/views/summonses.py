"""One person of a campaign: her seat, and telling her otherwise than by letter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hub.core.models import record_access
from partners.views.pages import UNPROCESSABLE, Request, submit
from referrals.forms.campaigns import PlaceForm, ToldForm
from referrals.models import AppointmentState, Slot, Summons
from referrals.selectors.campaigns import SummonsLine, get_summons, summons_line
from referrals.services.campaigns.distribution import may_be_offered
from referrals.services.campaigns.distribution import place as give_seat
from referrals.services.campaigns.sending import convene_one, move_to_slot

TO_TELL = ("to_convene", "otherwise")  # a seat is held, she is not convened yet
PAGE_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(PAGE_OR_POST)
def summons(request: Request, pk: UUID) -> HttpResponse:
    """Another slot for one person; her appointment moves with it once she is convened."""
    one = get_summons(request.actor, pk)
    form = _place_form(request, one, request.POST or None)
    if submit(request, form, lambda: _moved(request, one, form.chosen())):
        return _after_placing(request, pk)
    return _page(request, pk, place=form)


@require_http_methods(["POST"])
def tell(request: Request, pk: UUID) -> HttpResponse:
    """She was told by voice, or a late letter may leave: her appointment is fixed."""
    one = get_summons(request.actor, pk)
    form = _told_form(summons_line(request.actor, pk), request.POST)
    done = submit(request, form, lambda: convene_one(request.actor, summons=one, **form.cleaned_data))
    if done:
        said = "la personne est prévenue" if done.told_how else "sa lettre reste à faire"
        messages.success(request, f"Rendez-vous fixé : {said}.")
        return redirect("campaign", one.campaign_id)
    return _page(request, pk, told=form)


def _after_placing(request: Request, pk: UUID) -> HttpResponse:
    """Whoever has a seat of a campaign already sent is still to convene."""
    now = summons_line(request.actor, pk)
    if now.stage in TO_TELL:
        messages.success(request, "Créneau enregistré : convoquez maintenant cette personne.")
        return redirect("summons", pk)
    messages.success(request, "Créneau enregistré." if now.when else "Cette personne n'a plus de créneau.")
    return redirect("campaign", now.summons.campaign_id)


def _moved(request: Request, one: Summons, slot: Slot | None) -> Summons:
    planned = one.appointment is not None and one.appointment.state == AppointmentState.PLANNED
    if planned and slot is not None:
        return move_to_slot(request.actor, summons=one, slot=slot)
    return give_seat(request.actor, summons=one, slot=slot)


def _place_form(request: Request, one: Summons, data: Any) -> PlaceForm:
    return PlaceForm(data, actor=request.actor, summons=one)


def _told_form(line: SummonsLine, data: Any = None) -> ToldForm:
    return ToldForm(data, by_letter=not line.not_written)


def _page(request: Request, pk: UUID, *, place: PlaceForm | None = None, told: ToldForm | None = None) -> HttpResponse:
    line = summons_line(request.actor, pk)
    one = line.summons
    record_access("seen", subject=one)
    former = one.appointment
    planned = former is None or former.state == AppointmentState.PLANNED
    offered = former is not None and may_be_offered(request.actor, one.campaign, former)
    context = {
        "line": line,
        "campaign": one.campaign,
        "place": (place or _place_form(request, one, None)) if planned or offered else None,
        "told": (told or _told_form(line)) if line.stage in TO_TELL else None,
        "offered": offered,
    }
    refused = any(form is not None and form.errors for form in (place, told))
    return render(request, "referrals/campaigns/summons.html", context, status=UNPROCESSABLE if refused else 200)
