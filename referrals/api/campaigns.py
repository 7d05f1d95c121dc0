"""`campaigns/`: convening people together, with the gestures of the screens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

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
from referrals.api.moves import Move, MoveView, check, routes, with_state
from referrals.api.shown import cards
from referrals.api.slots import slot_fields
from referrals.models import Campaign, CampaignState, Summons
from referrals.selectors import campaigns as selectors
from referrals.serializers import campaigns as forms
from referrals.serializers.referrals import NoteInput, Nothing
from referrals.services.campaigns import people, sending
from referrals.services.campaigns.distribution import distribute, place
from referrals.services.campaigns.slots import choose_slots
from referrals.workflows import CAMPAIGN

EDIT = "campaign.edit"
JOINED = ("territory", "created_by")
PLAIN = ("name", "state", "motive", "bring", "contact", "created_at", "sent_at")

MOVES = (
    Move("people", "Ajouter des personnes", people.add_people, EDIT, forms.PeopleInput, "cancel"),
    Move(
        "withdraw", "Retirer des personnes pas encore convoquées", people.withdraw_people, EDIT, forms.SummonsesInput,
        "cancel",
    ),
    Move("slots", "Choisir les créneaux", choose_slots, EDIT, forms.SlotsInput, "cancel"),
    Move("distribute", "Donner une place à qui n'en a pas", distribute, EDIT, Nothing, "cancel"),
    Move("send", "Convoquer les personnes qui ont une place", sending.send_campaign, EDIT, Nothing, "send"),
    Move(
        "convene", "Après l'envoi, convoquer qui a eu une place depuis", sending.convene_waiting, EDIT, Nothing,
        "cancel",
    ),
    Move("cancel", "Annuler la campagne", sending.cancel_campaign, EDIT, NoteInput, "cancel"),
)  # fmt: skip
AFTER, BEFORE = ("convene",), ("send",)  # gestures of a campaign already sent; not sent yet
# Gestures on one person of a campaign, whose summons the body names.
ONE = (
    Move("place", "Placer une personne pas encore convoquée, ou excusée", place, EDIT, forms.PlaceInput),
    Move("tell", "Convoquer une personne : prévenue autrement, ou par un courrier", sending.convene_one, EDIT,
         forms.TellInput),
    Move("move", "Changer le créneau d'une personne convoquée", sending.move_to_slot, EDIT, forms.MoveInput),
)  # fmt: skip


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
        words = {name: given.pop(name, "") for name in (*people.WORDS, "reason")}
        made = people.open_campaign(self.actor, words=words, **given)
        return Response(_whole(self.actor, made.pk), status=201)


class CampaignView(ApiView):
    @reads("Une campagne, où en sont ses personnes et ses créneaux", forms.CampaignOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One campaign."""
        return Response(_whole(self.actor, pk))

    @writes("Changer les mots, avant l'envoi", body=forms.WordsChange, answer=forms.CampaignOutput, keyed=False)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what was sent, leave the rest."""
        campaign = selectors.get_campaign(self.actor, pk)
        require(self.actor, EDIT, campaign)
        words = {name: getattr(campaign, name) for name in people.WORDS} | {"reason": campaign.kept_because}
        with with_state(lambda: get_visible(self.actor, Campaign, pk)):
            people.change_words(self.actor, campaign=campaign, words=words | self.input(forms.WordsChange))
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


class SummonsMoveView(MoveView):
    """One gesture on one person of a campaign. 409 `slot_full`: no place is left."""

    def perform(self, pk: UUID) -> Response:
        campaign = selectors.get_campaign(self.actor, pk)
        require(self.actor, self.move.rule, campaign)
        given = self.input(self.move.body)
        summons: Summons = given["summons"]
        if summons.campaign_id != campaign.pk:
            raise NotVisible
        with with_state(lambda: get_visible(self.actor, Campaign, pk)):
            self.move.perform(self.actor, **given)
        found = selectors.people_of_campaign(self.actor, campaign).filter(pk=summons.pk)
        return Response(_people(self.actor, found)[0])


class SecondView(ApiView):
    @writes(
        "Préparer une seconde convocation pour des personnes choisies",
        body=forms.SecondInput,
        answer=forms.CampaignOutput,
        status=201,
        description="Une nouvelle campagne, en préparation : rien n'est envoyé. Ses mots sont ceux de la première, "
        "sauf ceux que vous donnez.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Another draft."""
        campaign = selectors.get_campaign(self.actor, pk)
        require(self.actor, EDIT, campaign)
        given = self.input(forms.SecondInput)
        picked = given.pop("summonses")
        made = people.summon_again(self.actor, campaign=campaign, summonses=picked, words=given)
        return Response(_whole(self.actor, made.pk), status=201)


class CampaignMoveView(MoveView):
    """One gesture on one campaign."""

    def perform(self, pk: UUID) -> Response:
        campaign = get_visible(self.actor, Campaign, pk)
        check(self.actor, self.move, campaign, CAMPAIGN)
        given = self.input(self.move.body)
        with with_state(lambda: get_visible(self.actor, Campaign, pk)):
            self.move.perform(self.actor, campaign=campaign, **given)
        return Response(_whole(self.actor, pk))


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
        "slots": [slot_fields(one) for one in found.slots],
        "actions": _actions(found.campaign),
    }
    return represent(forms.CampaignOutput, fields)


def _actions(campaign: Campaign) -> list[str]:
    closed = AFTER if campaign.state == CampaignState.DRAFT else BEFORE
    open_now = [move for move in MOVES if campaign.state in CAMPAIGN.transitions[move.transition].sources]
    return [move.name for move in open_now if move.name not in closed]


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


LIST = "campaign.list"
urlpatterns = [
    route("campaigns/", CampaignsView.as_view(), name="api_campaigns", access=LIST),
    route("campaigns/<uuid:pk>/", CampaignView.as_view(), name="api_campaign", access=LIST),
    route("campaigns/<uuid:pk>/summonses/", SummonsesView.as_view(), name="api_summonses", access=LIST),
    route("campaigns/<uuid:pk>/again/", SecondView.as_view(), name="api_campaign_again", access=LIST),
    *routes(CampaignMoveView, MOVES, path="campaigns", name="api_campaign", answer=forms.CampaignOutput, access=LIST),
    *routes(SummonsMoveView, ONE, path="campaigns", name="api_campaign", answer=forms.SummonsOutput, access=LIST),
]
