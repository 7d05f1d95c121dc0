"""`registration-gaps/`: those one works with, and what was found out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import can, get_visible, visible
from hub.core.actor import Actor
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import reference
from hub.core.rest.pages import page_of
from hub.core.rest.views import ApiView
from hub.core.urls import route
from referrals.api.moves import Move, MoveView, check, routes, with_state
from referrals.api.shown import cards, gap_kind
from referrals.models import GapGesture, RegistrationGap
from referrals.selectors.board import weekly_digest
from referrals.selectors.gaps import in_state
from referrals.serializers.gaps import (
    KINDS,
    TO_CHECK,
    BulkInput,
    BulkOutput,
    DigestOutput,
    GapOutput,
    GapQuery,
    JustifyInput,
    ResolveInput,
    UndoOutput,
)
from referrals.serializers.referrals import NoteInput, Nothing
from referrals.services import gaps as services
from referrals.services.gap_bulk import act_on_gaps, undo_gesture
from referrals.workflows import GAP

HANDLE = "gap.handle"
JOINED = ("beneficiary__territory", "in_charge", "in_charge_team")
PLAIN = ("state", "month", "opened_at", "closed_at", "closing", "closing_note", "justified_until")
MOTIVE = ("event_on", "ends_on", "code", "motive")
LABELS = dict(KINDS)

MOVES = (
    Move("acknowledge", "Dire que l'écart a été lu", services.acknowledge_gap, HANDLE, Nothing, "acknowledge"),
    Move("take-charge", "S'en charger", services.take_charge_of_gap, HANDLE, Nothing, "take_charge"),
    Move("resolve", "Régularisé, justificatif vu", services.resolve_gap, HANDLE, ResolveInput, "resolve"),
    Move("justify", "Justifié jusqu'à une date", services.justify_gap, HANDLE, JustifyInput, "justify"),
    Move("reopen", "Rouvrir un écart refermé par erreur", services.reopen_gap, HANDLE, NoteInput, "reopen"),
)


class GapsView(ApiView):
    @reads("Écarts d'inscription des personnes que vous accompagnez", page_of(GapOutput), query=GapQuery)
    def get(self, request: Request) -> Response:
        """Gaps, latest first."""
        found = _asked(self.actor, self.query(GapQuery))
        return self.page(found, order=("-opened_at", "id"), form=GapQuery, show=lambda rows: lines(self.actor, rows))


class DigestView(ApiView):
    @reads("Votre semaine : écarts ouverts, refermés, en attente", DigestOutput)
    def get(self, request: Request) -> Response:
        """Counts of the last seven days."""
        return Response(DigestOutput(weekly_digest(self.actor)).data)


class BulkView(ApiView):
    @writes("Un même geste sur plusieurs écarts (100 au plus)", body=BulkInput, answer=BulkOutput)
    def post(self, request: Request) -> Response:
        """What is refused is said gap by gap; the rest is done and can be undone for 20 seconds."""
        asked = self.input(BulkInput)
        name = asked["gesture"]
        given = {key: asked[key] for key in BulkInput.takes.get(name, ()) if key in asked}
        done = act_on_gaps(self.actor, name=name, gaps=asked["gaps"], **given)
        refused = [{"gap": gap, "message": message} for gap, message in done.refused]
        said = {"id": done.gesture.pk, "done": done.done, "refused": refused, "undo_until": done.gesture.held_until}
        return Response(BulkOutput(said).data)


class UndoView(ApiView):
    @writes("Annuler un geste groupé dans ses 20 secondes", body=Nothing, answer=UndoOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """Gaps somebody changed since stay as they are."""
        gesture = get_visible(self.actor, GapGesture, pk)
        return Response(UndoOutput({"undone": undo_gesture(self.actor, gesture=gesture)}).data)


class GapView(ApiView):
    @reads("Un écart d'inscription", GapOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One gap."""
        return Response(_one(self.actor, pk))


class GapMoveView(MoveView):
    """One gesture on one gap."""

    def perform(self, pk: UUID) -> Response:
        gap = get_visible(self.actor, RegistrationGap, pk)
        check(self.actor, self.move, gap, GAP)
        given = self.input(self.move.body)
        with with_state(lambda: get_visible(self.actor, RegistrationGap, pk)):
            self.move.perform(self.actor, gap=gap, **given)
        return Response(_one(self.actor, pk))


def lines(actor: Actor, gaps: Iterable[RegistrationGap]) -> list[dict[str, Any]]:
    """Rows of a list (people of one page in two queries)."""
    rows = list(gaps)
    people = cards(actor, {gap.beneficiary_id for gap in rows})
    return [_shown(actor, gap, people.get(gap.beneficiary_id)) for gap in rows]


def _one(actor: Actor, pk: UUID) -> dict[str, Any]:
    return lines(actor, [get_visible(actor, RegistrationGap, pk, *JOINED)])[0]


def _shown(actor: Actor, gap: RegistrationGap, person: dict[str, Any] | None) -> dict[str, Any]:
    kind, why = gap_kind(actor, gap), can(actor, "gap.motive", gap)
    empty = {"event_on": None, "ends_on": None, "code": "", "motive": ""}
    fields = {
        "id": gap.pk,
        "kind": kind,
        "kind_label": LABELS[kind],
        "state_label": gap.get_state_display(),
        "person": person,
        "territory": reference(gap.beneficiary.territory),
        "in_charge": reference(gap.in_charge),
        "in_charge_team": reference(gap.in_charge_team),
        "actions": [move.name for move in MOVES if gap.state in GAP.transitions[move.transition].sources],
    }
    fields |= {name: getattr(gap, name) for name in PLAIN}
    fields |= {name: getattr(gap, name) for name in MOTIVE} if why else empty
    return dict(GapOutput(fields).data)


def _asked(actor: Actor, asked: dict[str, Any]) -> QuerySet[RegistrationGap]:
    found = visible(actor, RegistrationGap).select_related(*JOINED)
    if asked["open"] is not None:
        found = found.filter(in_state("" if asked["open"] else "closed"))
    if "state" in asked:
        found = found.filter(state=asked["state"])
    if "kind" in asked:
        found = _of_kind(actor, found, asked["kind"])
    if "territory" in asked:
        found = found.filter(beneficiary__territory=asked["territory"])
    return found.filter(beneficiary=asked["beneficiary"]) if "beneficiary" in asked else found


def _of_kind(actor: Actor, gaps: QuerySet[RegistrationGap], kind: str) -> QuerySet[RegistrationGap]:
    """A filter must not tell what the field hides."""
    if can(actor, "gap.motive"):
        return gaps.filter(kind=kind)
    return gaps if kind == TO_CHECK else gaps.none()


LIST = "gap.list"
urlpatterns = [
    route("registration-gaps/", GapsView.as_view(), name="api_gaps", access=LIST),
    route("registration-gaps/digest/", DigestView.as_view(), name="api_gap_digest", access=LIST),
    route("registration-gaps/bulk/", BulkView.as_view(), name="api_gaps_bulk", access=LIST),
    route("registration-gaps/gestures/<uuid:pk>/undo/", UndoView.as_view(), name="api_gap_undo", access=LIST),
    route("registration-gaps/<uuid:pk>/", GapView.as_view(), name="api_gap", access=LIST),
    *routes(GapMoveView, MOVES, path="registration-gaps", name="api_gap", answer=GapOutput, access=LIST),
]
