"""`placements/`: jobs found after a training, how they go, their end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from collective_actions.models import Placement
from collective_actions.selectors.placements import going_on
from collective_actions.serializers.placements import (
    PlacementEndInput,
    PlacementInput,
    PlacementOutput,
    PlacementQuery,
)
from collective_actions.services import placements as following
from hub.core.access import get_visible, require, visible
from hub.core.actor import Actor
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import reference, represent
from hub.core.rest.pages import page_of
from hub.core.rest.views import ApiView
from hub.core.urls import route
from referrals.api.moves import Move, MoveView, routes
from referrals.api.shown import cards
from referrals.serializers.referrals import Nothing

LIST, FOLLOW = "trainee.list", "placement.follow"
PLAIN = ("contract", "employer", "starts_on", "ended_on", "difficulty_on")
MOVES = (
    Move("all-well", "Noter le point : tout va bien", following.note_step, FOLLOW, Nothing),
    Move("difficulty", "Demander une médiation", following.signal_difficulty, FOLLOW, Nothing),
    Move("end", "Noter la fin de l'emploi", following.end_placement, FOLLOW, PlacementEndInput),
)


class PlacementsView(ApiView):
    @reads("Emplois suivis", page_of(PlacementOutput), query=PlacementQuery)
    def get(self, request: Request) -> Response:
        """Those going on, the latest first."""
        found = going_on(self.actor, mine=self.query(PlacementQuery)["mine"]).select_related("organization")
        found = found.prefetch_related("steps")
        return self.page(
            found, order=("-starts_on", "id"), form=PlacementQuery, show=lambda rows: lines(self.actor, rows)
        )

    @writes("Noter un emploi trouvé", body=PlacementInput, answer=PlacementOutput, status=201)
    def post(self, request: Request) -> Response:
        """Steps are planned at 8 days, 1, 3 and 6 months."""
        require(self.actor, FOLLOW)
        given = self.input(PlacementInput)
        trainee = given.pop("training_end")
        made = following.record_placement(self.actor, person=trainee.beneficiary, trainee=trainee, **given)
        return Response(_one(self.actor, made.pk), status=201)


class PlacementView(ApiView):
    @reads("Un emploi suivi", PlacementOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One job and its steps."""
        return Response(_one(self.actor, pk))


class PlacementMoveView(MoveView):
    """One gesture on one job."""

    def perform(self, pk: UUID) -> Response:
        placement = get_visible(self.actor, Placement, pk)
        require(self.actor, self.move.rule, placement)
        self.move.perform(self.actor, placement=placement, **self.input(self.move.body))
        return Response(_one(self.actor, pk))


def lines(actor: Actor, placements: Iterable[Placement]) -> list[dict[str, Any]]:
    """Rows of a list (people and steps of a page, the same queries whatever its size)."""
    rows = list(placements)
    people = cards(actor, {row.beneficiary_id for row in rows})
    return [_shown(row, people.get(row.beneficiary_id)) for row in rows]


def _one(actor: Actor, pk: UUID) -> dict[str, Any]:
    found = visible(actor, Placement).filter(pk=pk).select_related("organization").prefetch_related("steps")
    get_visible(actor, Placement, pk)
    return lines(actor, found)[0]


def _shown(row: Placement, person: dict[str, Any] | None) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in PLAIN}
    steps = [{name: getattr(step, name) for name in ("step", "due_on", "done_on")} for step in row.steps.all()]
    said |= {"id": row.pk, "person": person, "organization": reference(row.organization), "steps": steps}
    return represent(PlacementOutput, said)


urlpatterns = [
    route("placements/", PlacementsView.as_view(), name="api_placements", access=LIST),
    route("placements/<uuid:pk>/", PlacementView.as_view(), name="api_placement", access=LIST),
    *routes(PlacementMoveView, MOVES, path="placements", name="api_placement", answer=PlacementOutput, access=LIST),
]
