"""`referrals/`: write, send, and one POST per gesture of the closed loop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import get_visible, require, visible
from hub.core.actor import Actor
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import reference, represent
from hub.core.rest.pages import page_of
from hub.core.rest.views import ApiView
from hub.core.urls import route
from referrals.api.moves import Move, MoveView, check, routes, with_state
from referrals.api.shown import card_whole, cards, opened_whole
from referrals.gestures import open_gestures
from referrals.models import AssignmentKind, PersonReason, Referral, SupportAssignment
from referrals.models.referrals import OPEN_STATES
from referrals.selectors.referrals import late_for_me, veiled
from referrals.serializers import referrals as forms
from referrals.serializers.referrals import ReferralInput, ReferralLine, ReferralOutput, ReferralQuery
from referrals.services import referrals as services
from referrals.services.appointments.planning import begin_referral, plan_first_appointment
from referrals.workflows import REFERRAL

ANSWER, SENDER = "referral.answer", "referral.cancel"
JOINED = (
    "sender", "sender_team", "receiver", "receiver_team", "service", "seen_by", "answered_by", "redirect_to",
)  # fmt: skip
PLAIN = (
    "nature", "state", "sensitive", "need", "created_at", "sent_at", "first_sent_at", "seen_at", "answered_at",
    "due_on", "late_on", "final_at", "closed_loop_at",
)  # fmt: skip
WHOLE = (
    "note", "informed_on", "previous_id", "waitlist_rank", "review_on", "reason", "met_how", "answer_note", "outcome",
    "redirect_note", "first_appointment_on",
)  # fmt: skip

MOVES = (
    Move("send", "Envoyer un brouillon", services.send_referral, SENDER, forms.SendInput, "send"),
    Move("accept", "Accepter une proposition", services.accept_referral, ANSWER, forms.NoteInput, "accept"),
    Move(
        "acknowledge", "Prendre en compte une désignation", services.acknowledge_referral, ANSWER, forms.NoteInput,
        "acknowledge",
    ),
    Move("contest", "Contester une désignation", services.contest_referral, ANSWER, forms.ContestInput, "contest"),
    Move("waitlist", "Mettre en liste d'attente", services.waitlist_referral, ANSWER, forms.WaitlistInput, "waitlist"),
    Move("decline", "Refuser une proposition", services.decline_referral, ANSWER, forms.DeclineInput, "decline"),
    Move(
        "propose-redirect", "Proposer un autre organisme", services.propose_redirect, ANSWER, forms.RedirectInput,
        "redirect",
    ),
    Move(
        "confirm-redirect", "Accepter la réorientation : répond la nouvelle orientation", services.confirm_redirect,
        "referral.confirm_redirect", forms.Nothing, "redirect", 201,
    ),
    Move(
        "refuse-redirect", "Garder le destinataire", services.refuse_redirect, "referral.confirm_redirect",
        forms.NoteInput,
    ),
    Move("start", "Commencer le suivi", begin_referral, ANSWER, forms.StartInput, "start"),
    Move(
        "appointment", "Fixer le premier rendez-vous", plan_first_appointment, ANSWER, forms.AppointmentInput,
    ),
    Move("pause", "Suspendre", services.pause_referral, ANSWER, forms.PauseInput, "pause"),
    Move("resume", "Reprendre", services.resume_referral, ANSWER, forms.Nothing, "resume"),
    Move("complete", "A abouti", services.complete_referral, ANSWER, forms.CompleteInput, "complete"),
    Move("fail", "N'a pas abouti", services.fail_referral, ANSWER, forms.DeclineInput, "fail"),
    Move("cancel", "Annuler (émetteur)", services.cancel_referral, SENDER, forms.NeededNoteInput, "cancel"),
    Move(
        "enter-in-error", "Saisie par erreur (émetteur)", services.enter_in_error, "referral.enter_in_error",
        forms.NoteInput, "enter_in_error",
    ),
    Move("take-back", "Revenir sur sa réponse", services.take_back_answer, ANSWER, forms.Nothing),
    Move(
        "maintain", "Maintenir une désignation contestée (Département)", services.maintain_designation,
        "referral.maintain", forms.NoteInput, "maintain",
    ),
    Move("seen", "Dire que l'orientation a été lue", services.mark_seen, ANSWER, forms.Nothing),
    Move(
        "acknowledge-outcome", "Dire que le résultat a été lu (émetteur)", services.acknowledge_outcome,
        "referral.acknowledge_outcome", forms.Nothing,
    ),
)  # fmt: skip
NEW = OpenApiExample(
    "Envoyer une proposition",
    value={
        "beneficiary": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "receiver": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "need": "Un premier emploi",
        "informed_on": "2026-07-01",
        "send": True,
    },
    request_only=True,
)


class ReferralsView(ApiView):
    @reads("Orientations reçues, envoyées ou en retard", page_of(ReferralLine), query=ReferralQuery)
    def get(self, request: Request) -> Response:
        """Referrals one sees, latest first."""
        asked = self.query(ReferralQuery)
        found = _in_box(self.actor, asked.get("box", "")).select_related(*JOINED)
        for name in ("state", "nature", "beneficiary"):
            if name in asked:
                found = found.filter(**{name: asked[name]})
        return self.page(
            found, order=("-created_at", "id"), form=ReferralQuery, show=lambda rows: lines(self.actor, rows)
        )

    @writes(
        "Écrire une orientation : brouillon, ou envoi avec `send`",
        body=ReferralInput,
        answer=ReferralOutput,
        status=201,
        examples=[NEW],
        description="409 `duplicate_referral` : une orientation est déjà ouverte ; renvoyez avec `duplicate_reason`.",
    )
    def post(self, request: Request) -> Response:
        """Draft or send."""
        require(self.actor, "referral.compose")
        values = self.input(ReferralInput)
        send, reason = values.pop("send"), values.pop("duplicate_reason", "")
        values["person"] = values.pop("beneficiary")
        if send:
            made = services.send_referral(self.actor, duplicate_reason=reason, **values)
        else:
            made = services.draft_referral(self.actor, **values)
        _join_sender(request._request, made)
        return Response(_whole(self.actor, made, opened_whole(self.actor, made.beneficiary)), status=201)


class ReferralView(ApiView):
    @reads("Une orientation, et ce que vous pouvez en faire", ReferralOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One referral."""
        return Response(shown(self.actor, pk))


class ReferralMoveView(MoveView):
    """One gesture on one referral."""

    def perform(self, pk: UUID) -> Response:
        referral = get_visible(self.actor, Referral, pk)
        check(self.actor, self.move, referral, REFERRAL)
        given = self.input(self.move.body)
        with with_state(lambda: get_visible(self.actor, Referral, pk)):
            moved = self.move.perform(self.actor, referral=referral, **given)
        return Response(shown(self.actor, moved.pk if isinstance(moved, Referral) else pk), status=self.move.status)


def lines(actor: Actor, referrals: Iterable[Referral]) -> list[dict[str, Any]]:
    """Rows of a list."""
    rows = [veiled(actor, referral) for referral in referrals]
    people = cards(actor, {row.beneficiary_id for row in rows})
    return [represent(ReferralLine, _line(actor, row) | {"person": people.get(row.beneficiary_id)}) for row in rows]


def shown(actor: Actor, pk: UUID) -> dict[str, Any]:
    """One referral as the actor may know it; raises `NotVisible`."""
    stored = get_visible(actor, Referral, pk, *JOINED)
    return _whole(actor, stored, card_whole(actor, stored.beneficiary_id))


def _join_sender(request: Any, made: Referral) -> None:
    """One's own organisation and team were read with the request: the rest of what was just written is in hand."""
    if (mine := request.membership).organization_id == made.sender_id and mine.team_id == made.sender_team_id:
        made.sender, made.sender_team = mine.organization, mine.team


def _whole(actor: Actor, stored: Referral, person: dict[str, Any] | None) -> dict[str, Any]:
    gestures = [gesture.name.replace("_", "-") for gesture in open_gestures(actor, stored)]
    referral = veiled(actor, stored)
    fields = _line(actor, referral) | {name: getattr(referral, name) for name in WHOLE}
    fields |= {"person": person, "redirect_to": reference(referral.redirect_to)}
    if referral.reason in PersonReason.values and not _may_know_why(actor, referral):
        fields["reason"] = fields["met_how"] = ""
    return represent(ReferralOutput, fields | {"actions": gestures})


def _line(actor: Actor, referral: Referral) -> dict[str, Any]:
    late = referral.late_on is not None and referral.state in OPEN_STATES and referral.late_on <= actor.today
    named = {name: reference(getattr(referral, name)) for name in JOINED if name != "redirect_to"}
    plain = {name: getattr(referral, name) for name in PLAIN}
    return {"id": referral.pk, "state_label": referral.get_state_display(), "late": late} | named | plain


def _in_box(actor: Actor, box: str) -> Any:
    if box == "late":
        return late_for_me(actor)
    found = visible(actor, Referral)
    if box == "received":
        return found.filter(receiver_id=actor.organization_id).exclude(state="draft")
    return found.filter(sender_id=actor.organization_id) if box == "sent" else found


def _may_know_why(actor: Actor, referral: Referral) -> bool:
    """Reasons of the person go to the two parties and to the referent only (domain §4)."""
    if actor.organization_id in (referral.sender_id, referral.receiver_id):
        return True
    mine = visible(actor, SupportAssignment).filter(
        beneficiary=referral.beneficiary_id,
        organization_id=actor.organization_id,
        kind=AssignmentKind.SINGLE_REFERENT,
        ends_on=None,
    )
    return mine.exists()


LIST = "referral.list"
urlpatterns = [
    route("referrals/", ReferralsView.as_view(), name="api_referrals", access=LIST),
    route("referrals/<uuid:pk>/", ReferralView.as_view(), name="api_referral", access=LIST),
    *routes(ReferralMoveView, MOVES, path="referrals", name="api_referral", answer=ReferralOutput, access=LIST),
]
