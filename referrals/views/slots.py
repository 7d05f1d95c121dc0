"""Slots: those to come by place, opening some, changing their seats."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from hub.core.errors import NotVisible
from partners.views.pages import UNPROCESSABLE, Request, submit
from referrals.forms.campaigns import CapacityForm, SlotForm
from referrals.models import Campaign
from referrals.selectors.campaigns import campaigns_on, get_campaign
from referrals.selectors.slots import get_slot, slots_by_place
from referrals.services.campaigns.slots import change_capacity, close_slot, open_slots

PAGE_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def index(request: Request) -> HttpResponse:
    """Slots to come, by place."""
    return render(request, "referrals/campaigns/slots.html", {"places": slots_by_place(request.actor)})


@require_http_methods(PAGE_OR_POST)
def new(request: Request) -> HttpResponse:
    """Open slots; for a campaign when the address names one (`?campagne=`)."""
    campaign = _campaign(request)
    form = SlotForm(request.POST or None, actor=request.actor)
    made = submit(request, form, lambda: open_slots(request.actor, campaign=campaign, **form.values()))
    if made:
        messages.success(request, f"Créneaux ouverts : {len(made)}.")
        return redirect("campaign", campaign.pk) if campaign else redirect("slots")
    context = {"form": form, "campaign": campaign}
    return render(request, "referrals/campaigns/slot_new.html", context, status=_status(form))


@require_http_methods(PAGE_OR_POST)
def slot(request: Request, pk: UUID) -> HttpResponse:
    """More or fewer seats; close it, or open it again."""
    found = get_slot(request.actor, pk)
    form = CapacityForm(request.POST or None, initial={"capacity": found.capacity})
    if request.method == "POST" and request.POST.get("name") in ("close", "open"):
        close_slot(request.actor, slot=found, closed=request.POST["name"] == "close")
        messages.success(request, "C'est noté.")
        return redirect("slot", pk)
    if submit(request, form, lambda: change_capacity(request.actor, slot=found, **form.cleaned_data)):
        messages.success(request, "Places enregistrées.")
        return redirect("slots")
    context = {"form": form, "slot": found, "campaigns": campaigns_on(request.actor, found)}
    return render(request, "referrals/campaigns/slot.html", context, status=_status(form))


def _campaign(request: Request) -> Campaign | None:
    text = request.GET.get("campagne", "")
    if not text:
        return None
    try:
        return get_campaign(request.actor, UUID(text))
    except ValueError as error:
        raise NotVisible from error


def _status(form: CapacityForm | SlotForm) -> int:
    return UNPROCESSABLE if form.errors else 200
