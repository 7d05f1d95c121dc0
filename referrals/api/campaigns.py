"""`campaigns/` and `slots/`: convening people together, with the gestures of the screens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import get_visible, require, visible
from hub.core.actor import Actor
from hub.core.errors import NotVisible
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import reference, represent
from hub.core.rest.pages import page_of
from hub.core.rest.views import ApiView
from hub.core.urls import route
from referrals.api.moves import Move, check, with_state
from referrals.api.shown import cards
from referrals.models import Campaign, Slot, Summons
from referrals.selectors import campaigns as selectors
from referrals.serializers import campaigns as forms
from referrals.serializers.referrals import NoteInput, Nothing
from referrals.services.campaigns import people, sending, slots
from referrals.services.campaigns.distribution import distribute, place
from referrals.workflows import CAMPAIGN

EDIT = "campaign.edit"
JOINED = ("territory", "created_by")
SEATS = ("organization", "team", "co_host", "commune")
PLAIN = ("name", "state", "motive", "bring", "contact", "created_at", "sent_at")
SLOT_PLAIN = ("place", "address", "mode", "starts_at", "duration", "capacity", "taken", "free", "closed")

MOVES = (
    Move("people", "Ajouter des personnes (avant l'envoi)", people.add_people, EDIT, forms.PeopleInput, "send"),
    Move("slots", "Choisir les créneaux", slots.choose_slots, EDIT, forms.SlotsInput, "cancel"),
    Move("distribute", "Donner une place à qui n'en a pas", distribute, EDIT, Nothing, "send"),
    Move("send", "Convoquer les personnes qui ont une place", sending.send_campaign, EDIT, Nothing, "send"),
    Move("cancel", "Annuler la campagne", sending.cancel_campaign, EDIT, NoteInput, "cancel"),
)


class CampaignsView(ApiView):
    @reads("Campagnes de convocations", page_of(forms.CampaignLine), query=forms.CampaignQuery)
    def get(self, request: Request) -> Response:
        """Campaigns one sees, latest first."""
        asked = self.query(forms.CampaignQuery)
        found = visible(self.actor, Campaign).select_related(*JOINED)
        found = found.filter(state=asked["state"]) if "state" in asked else found
        return self.page(found, order=("-created_at", "id"), form=forms.CampaignQuery, show=_lines)

    @writes(
        "Préparer une campagne : rien n'est envoyé", body=forms.CampaignInput, answer=forms.CampaignOutput, status=201
    )
    def post(self, request: Request) -> Response:
        """A draft."""
        require(self.actor, "campaign.list")
        given = self.input(forms.CampaignInput)
        words = {name: given.pop(name) for name in people.WORDS}
        made = people.open_campaign(self.actor, words=words, **given)
        return Response(_whole(self.actor, made.pk), status=201)


class CampaignView(ApiView):
    @reads("Une campagne, où en sont ses personnes et ses créneaux", forms.CampaignOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One campaign."""
        return Response(_whole(self.actor, pk))


class SummonsesView(ApiView):
    @reads("Les personnes d'une campagne", page_of(forms.SummonsOutput), query=forms.SummonsQuery)
    def get(self, request: Request, pk: UUID) -> Response:
        """People of one campaign, in order."""
        asked, campaign = self.query(forms.SummonsQuery), selectors.get_campaign(self.actor, pk)
        slot = asked["slot"].pk if "slot" in asked else None
        found = selectors.people_of_campaign(self.actor, campaign, stage=asked.get("stage", ""), slot=slot)
        return self.page(
            found, order=selectors.ORDER, form=forms.SummonsQuery, show=lambda rows: _people(self.actor, rows)
        )


class PlaceView(ApiView):
    @writes(
        "Placer une personne pas encore convoquée",
        body=forms.PlaceInput,
        answer=forms.SummonsOutput,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """409 `slot_full` when there is none left."""
        campaign, given = selectors.get_campaign(self.actor, pk), self.input(forms.PlaceInput)
        summons: Summons = given["summons"]
        if summons.campaign_id != campaign.pk:
            raise NotVisible
        with with_state(lambda: get_visible(self.actor, Campaign, pk)):
            place(self.actor, summons=summons, slot=given["slot"])
        found = selectors.people_of_campaign(self.actor, campaign).filter(pk=summons.pk)
        return Response(_people(self.actor, found)[0])


class CampaignMoveView(ApiView):
    """One gesture on one campaign; each subclass names its `move`."""

    move: Move

    def _perform(self, request: Request, pk: UUID) -> Response:
        campaign = get_visible(self.actor, Campaign, pk)
        check(self.actor, self.move, campaign, CAMPAIGN)
        given = self.input(self.move.body)
        with with_state(lambda: get_visible(self.actor, Campaign, pk)):
            self.move.perform(self.actor, campaign=campaign, **given)
        return Response(_whole(self.actor, pk))


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
        require(self.actor, "campaign.list")
        made = slots.open_slot(self.actor, **self.input(forms.SlotInput))
        return Response(_slot(made), status=201)


class SlotView(ApiView):
    @reads("Un créneau et ses places", forms.SlotOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One slot."""
        return Response(_slot(get_visible(self.actor, Slot, pk, *SEATS)))


def view_of(move: Move) -> type[CampaignMoveView]:
    """The view of one gesture, documented with its own body."""

    @writes(move.summary, body=move.body, answer=forms.CampaignOutput)
    def post(self: CampaignMoveView, request: Request, pk: UUID) -> Response:
        return self._perform(request, pk)

    return type(f"Campaign{move.name.title()}View", (CampaignMoveView,), {"move": move, "post": post})


def _lines(campaigns: Iterable[Campaign]) -> list[dict[str, Any]]:
    return [represent(forms.CampaignLine, _line(one)) for one in campaigns]


def _line(campaign: Campaign) -> dict[str, Any]:
    fields = {name: getattr(campaign, name) for name in PLAIN}
    return fields | {
        "id": campaign.pk,
        "state_label": campaign.get_state_display(),
        "territory": reference(campaign.territory),
        "follows": campaign.follows_id,
        "created_by": reference(campaign.created_by),
    }


def _whole(actor: Actor, pk: UUID) -> dict[str, Any]:
    found = selectors.campaign_record(actor, pk)
    fields = _line(found.campaign) | {
        "people": found.total,
        "stages": [{"key": one.key, "name": one.label, "count": one.count} for one in found.stages],
        "slots": [_slot_fields(one) for one in found.slots],
        "actions": [
            move.name for move in MOVES if found.campaign.state in CAMPAIGN.transitions[move.transition].sources
        ],
    }
    return represent(forms.CampaignOutput, fields)


def _people(actor: Actor, rows: Iterable[Summons]) -> list[dict[str, Any]]:
    lines = selectors.summons_lines(actor, rows)
    people = cards(actor, {line.summons.beneficiary_id for line in lines})
    return [
        represent(
            forms.SummonsOutput,
            {
                "id": line.summons.pk,
                "person": people.get(line.summons.beneficiary_id),
                "stage": line.stage,
                "stage_label": line.label,
                "slot": line.summons.slot_id,
                "appointment": line.summons.appointment_id,
                "starts_at": line.when.starts_at if line.when else None,
                "place": line.when.place if line.when else "",
                "not_written": line.not_written,
            },
        )
        for line in lines
    ]


def _slot(slot: Slot) -> dict[str, Any]:
    return represent(forms.SlotOutput, _slot_fields(slot))


def _slot_fields(slot: Slot) -> dict[str, Any]:
    commune = slot.commune
    named = {name: reference(getattr(slot, name)) for name in ("organization", "team", "co_host")}
    where = {"commune": {"insee": commune.pk, "name": commune.name} if commune else None, "id": slot.pk}
    return {name: getattr(slot, name) for name in SLOT_PLAIN} | named | where


LIST = "campaign.list"
urlpatterns = [
    route("campaigns/", CampaignsView.as_view(), name="api_campaigns", access=LIST),
    route("campaigns/<uuid:pk>/", CampaignView.as_view(), name="api_campaign", access=LIST),
    route("campaigns/<uuid:pk>/summonses/", SummonsesView.as_view(), name="api_summonses", access=LIST),
    route("campaigns/<uuid:pk>/place/", PlaceView.as_view(), name="api_campaign_place", access=LIST),
    *(
        route(
            f"campaigns/<uuid:pk>/{move.name}/", view_of(move).as_view(), name=f"api_campaign_{move.name}", access=LIST
        )
        for move in MOVES
    ),
    route("slots/", SlotsView.as_view(), name="api_slots", access=LIST),
    route("slots/<uuid:pk>/", SlotView.as_view(), name="api_slot", access=LIST),
]
