"""`training-ends/`: who is to be seen again after a training, and what was done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from collective_actions.models import Trainee
from collective_actions.selectors.endings import JOINED, SEEN, end_day, in_state
from collective_actions.serializers.endings import CallBackInput, InterviewInput, TrainingEndOutput, TrainingEndQuery
from collective_actions.services.endings import following
from hub.core.access import get_visible, require
from hub.core.actor import Actor
from hub.core.rest.doc import reads
from hub.core.rest.fields import reference, represent
from hub.core.rest.pages import page_of
from hub.core.rest.views import ApiView
from hub.core.urls import route
from referrals.api.moves import Move, MoveView, routes
from referrals.api.shown import cards
from referrals.serializers.referrals import Nothing

FOLLOW = "trainee.follow"
PLAIN = ("starts_on", "outcome", "missing", "call_back_on", "interview_on", "interview_result", "next_step")
MOVES = (
    Move("take-charge", "Prendre la personne en charge", following.take_charge, FOLLOW, Nothing),
    Move("call-back", "À rappeler", following.call_back, FOLLOW, CallBackInput),
    Move("not-now", "La personne demande du temps", following.not_now, FOLLOW, Nothing),
    Move("interview", "Enregistrer l'entretien, qui clôt le suivi", following.record_interview, FOLLOW, InterviewInput),
)


class TrainingEndsView(ApiView):
    @reads("Fins de formation à suivre", page_of(TrainingEndOutput), query=TrainingEndQuery)
    def get(self, request: Request) -> Response:
        """The oldest end first; those seen, the latest first."""
        asked = self.query(TrainingEndQuery)
        territory = asked["territory"].pk if "territory" in asked else None
        found = in_state(self.actor, asked["state"], territory=territory, mine=asked["mine"]).select_related(*JOINED)
        order = ("-interview_on", "id") if asked["state"] == SEEN else ("end_on", "id")
        return self.page(found, order=order, form=TrainingEndQuery, show=lambda rows: lines(self.actor, rows))


class TrainingEndView(ApiView):
    @reads("Une fin de formation", TrainingEndOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One follow-up."""
        return Response(_one(self.actor, pk))


class TrainingEndMoveView(MoveView):
    """One gesture on one follow-up."""

    def perform(self, pk: UUID) -> Response:
        trainee = get_visible(self.actor, Trainee, pk)
        require(self.actor, self.move.rule, trainee)
        self.move.perform(self.actor, trainee=trainee, **self.input(self.move.body))
        return Response(_one(self.actor, pk))


def lines(actor: Actor, trainees: Iterable[Trainee]) -> list[dict[str, Any]]:
    """Rows of a list (the people of a page in two queries)."""
    rows = list(trainees)
    people = cards(actor, {row.beneficiary_id for row in rows})
    return [_shown(row, people.get(row.beneficiary_id)) for row in rows]


def _one(actor: Actor, pk: UUID) -> dict[str, Any]:
    return lines(actor, [get_visible(actor, Trainee, pk, *JOINED)])[0]


def _shown(row: Trainee, person: dict[str, Any] | None) -> dict[str, Any]:
    training = row.session.training
    said = {name: getattr(row, name) for name in PLAIN}
    said |= {
        "id": row.pk, "person": person, "training": training.title, "body": training.body, "ends_on": end_day(row),
        "in_charge": reference(row.in_charge),
    }  # fmt: skip
    return represent(TrainingEndOutput, said)


LIST = "trainee.list"
urlpatterns = [
    route("training-ends/", TrainingEndsView.as_view(), name="api_training_ends", access=LIST),
    route("training-ends/<uuid:pk>/", TrainingEndView.as_view(), name="api_training_end", access=LIST),
    *routes(
        TrainingEndMoveView, MOVES, path="training-ends", name="api_training_end", answer=TrainingEndOutput, access=LIST
    ),
]
