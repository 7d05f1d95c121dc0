"""`slots/`: the seats of the Département's teams, alone or beside a partner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import get_visible, require, visible
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import reference, represent
from hub.core.rest.pages import page_of
from hub.core.rest.views import ApiView
from hub.core.urls import route
from referrals.models import Slot
from referrals.serializers import campaigns as forms
from referrals.services.campaigns.slots import change_capacity, close_slot, open_slot

LIST = "campaign.list"
SEATS = ("organization", "team", "co_host", "commune")
SLOT_PLAIN = ("place", "address", "mode", "starts_at", "duration", "capacity", "taken", "free", "closed")


class SlotsView(ApiView):
    @reads("Créneaux, par date", page_of(forms.SlotOutput), query=forms.SlotQuery)
    def get(self, request: Request) -> Response:
        """Slots to come, or from `since` on."""
        asked = self.query(forms.SlotQuery)
        found = visible(self.actor, Slot).filter(starts_at__gte=asked.get("since", self.actor.now))
        if "place" in asked:
            found = found.filter(place__icontains=asked["place"])
        if "team" in asked:
            found = found.filter(team=asked["team"])
        if asked["free"] is not None:
            room = {"closed": False, "taken__lt": F("capacity")}
            found = found.filter(**room) if asked["free"] else found.exclude(**room)
        return self.page(
            found.select_related(*SEATS), order=("starts_at", "id"), form=forms.SlotQuery,
            show=lambda rows: [_slot(row) for row in rows],
        )  # fmt: skip

    @writes("Ouvrir un créneau de vos équipes", body=forms.SlotInput, answer=forms.SlotOutput, status=201)
    def post(self, request: Request) -> Response:
        """Seats."""
        require(self.actor, LIST)
        made = open_slot(self.actor, **self.input(forms.SlotInput))
        return Response(_slot(made), status=201)


class SlotView(ApiView):
    @reads("Un créneau et ses places", forms.SlotOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One slot."""
        return Response(_slot(get_visible(self.actor, Slot, pk, *SEATS)))

    @writes(
        "Changer les places d'un créneau, le fermer ou le rouvrir",
        body=forms.SlotChange,
        answer=forms.SlotOutput,
        keyed=False,
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Only what is sent changes; places already given stay. 409 `seats_taken`: fewer places than are given."""
        slot, given = get_visible(self.actor, Slot, pk, *SEATS), self.input(forms.SlotChange)
        require(self.actor, LIST)
        if "capacity" in given:
            change_capacity(self.actor, slot=slot, capacity=given["capacity"])
        if "closed" in given:
            close_slot(self.actor, slot=slot, closed=given["closed"])
        return Response(_slot(get_visible(self.actor, Slot, pk, *SEATS)))


def _slot(slot: Slot) -> dict[str, Any]:
    return represent(forms.SlotOutput, slot_fields(slot))


def slot_fields(slot: Slot) -> dict[str, Any]:
    """A slot as an answer holds it."""
    commune = slot.commune
    named = {name: reference(getattr(slot, name)) for name in ("organization", "team", "co_host")}
    where = {"commune": {"insee": commune.pk, "name": commune.name} if commune else None, "id": slot.pk}
    return {name: getattr(slot, name) for name in SLOT_PLAIN} | named | where


urlpatterns = [
    route("slots/", SlotsView.as_view(), name="api_slots", access=LIST),
    route("slots/<uuid:pk>/", SlotView.as_view(), name="api_slot", access=LIST),
]
