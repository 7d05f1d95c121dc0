"""`training-sessions/` and `candidacies/`: what the calendar and its candidates let one do, for machines."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from collective_actions.calendar import CalendarAsked
from collective_actions.models import Candidacy, TrainingSession
from collective_actions.models.candidacies import Origin
from collective_actions.selectors.candidacies import JOINED, get_candidacy
from collective_actions.selectors.trainings import coming_sessions, get_session
from collective_actions.serializers.trainings import (
    CandidacyInput,
    CandidacyOutput,
    ResultInput,
    TrainingSessionEdit,
    TrainingSessionInput,
    TrainingSessionOutput,
    TrainingSessionQuery,
    WithdrawalInput,
)
from collective_actions.services.candidacies.positioning import note_application, position, withdraw
from collective_actions.services.candidacies.results import record_result
from collective_actions.services.trainings.writing import cancel_session, create_session, edit_session
from hub.core.access import can, require, visible
from hub.core.actor import Actor
from hub.core.errors import NotVisible, Refused
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import represent
from hub.core.rest.pages import PageQuery, page_of
from hub.core.rest.views import ApiView
from hub.core.urls import MEMBER, route


@extend_schema(tags=["trainings"])
class SessionsView(ApiView):
    @reads("Sessions de formation à venir", page_of(TrainingSessionOutput), query=TrainingSessionQuery)
    def get(self, request: Request) -> Response:
        """Free seats first, as the calendar's list."""
        asked = self.query(TrainingSessionQuery)
        wanted = CalendarAsked(
            territory=str(asked.get("territory", "")),
            theme=asked.get("theme", ""),
            level=str(asked.get("level", "")),
            places="1" if asked["places"] else "",
            paid="1" if asked["paid"] else "",
        )
        found = coming_sessions(self.actor, wanted, after=asked["cursor"], size=asked["page_size"])
        rows = [represent(TrainingSessionOutput, row) for row in found.page.rows]
        return Response({"count": found.total, "next": self._next(found.page.next), "results": rows})

    @writes("Publier une session", body=TrainingSessionInput, answer=TrainingSessionOutput, status=201)
    def post(self, request: Request) -> Response:
        """With its training, unless this body already has one of that title."""
        require(self.actor, "training.publish")
        made = create_session(self.actor, **self.input(TrainingSessionInput))
        return Response(_one(self, made.pk), status=201)


@extend_schema(tags=["trainings"])
class SessionView(ApiView):
    @reads("Une session de formation", TrainingSessionOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One session, over or cancelled too."""
        return Response(_one(self, pk))

    @writes("Modifier une session", body=TrainingSessionEdit, answer=TrainingSessionOutput, keyed=False)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Only what is given changes; what is said of the training holds for all its sessions."""
        session = _mine(self.actor, pk)
        edit_session(self.actor, session=session, **self.input(TrainingSessionEdit))
        return Response(_one(self, pk))


@extend_schema(tags=["trainings"])
class CancelView(ApiView):
    @writes("Annuler une session", answer=TrainingSessionOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """Calendars say so."""
        cancel_session(self.actor, session=_mine(self.actor, pk))
        return Response(_one(self, pk))


@extend_schema(tags=["trainings"])
class CandidaciesView(ApiView):
    @reads("Candidatures d'une session (celles que l'on suit)", page_of(CandidacyOutput), query=PageQuery)
    def get(self, request: Request, pk: UUID) -> Response:
        """In the order they came."""
        rows = visible(self.actor, Candidacy).filter(session=get_session(self.actor, pk)).select_related(*JOINED)
        return self.page(rows, order=("created_at", "id"), form=PageQuery, show=lambda found: map(_shown, found))

    @writes("Positionner une personne", body=CandidacyInput, answer=CandidacyOutput, status=201)
    def post(self, request: Request, pk: UUID) -> Response:
        """By a referral to whoever teaches, or noted when the person applied by herself."""
        session = get_session(self.actor, pk)
        given = self.input(CandidacyInput)
        person = given["beneficiary"]
        if given["origin"] == Origin.SELF:
            made = note_application(self.actor, session=session, person=person)
        else:
            made = position(
                self.actor, session=session, person=person, informed_on=given["informed_on"], note=given["note"]
            )  # fmt: skip
        return Response(_shown(get_candidacy(self.actor, made.pk)), status=201)


@extend_schema(tags=["trainings"])
class CandidacyView(ApiView):
    @reads("Une candidature", CandidacyOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One candidacy."""
        return Response(_shown(get_candidacy(self.actor, pk)))


@extend_schema(tags=["trainings"])
class ResultView(ApiView):
    @writes(
        "Dire ce que devient une candidature",
        body=ResultInput,
        answer=CandidacyOutput,
        description="`present`, `select`, `enter`, `complete` ; ou `miss`, `reject`, `stay_out`, `interrupt` avec un "
        "motif, et pour un motif de la personne `note` : comment et quand elle a été jointe.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """One step."""
        one = _answered(self.actor, pk, "candidacy.answer")
        return Response(_shown(record_result(self.actor, candidacy=one, **self.input(ResultInput))))


@extend_schema(tags=["trainings"])
class WithdrawView(ApiView):
    @writes("Retirer une candidature", body=WithdrawalInput, answer=CandidacyOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """Whoever positioned the person takes it back."""
        one = _answered(self.actor, pk, "candidacy.withdraw")
        return Response(_shown(withdraw(self.actor, candidacy=one, **self.input(WithdrawalInput))))


def _one(view: ApiView, pk: UUID) -> dict[str, Any]:
    return represent(TrainingSessionOutput, get_session(view.actor, pk))


def _shown(one: Candidacy) -> dict[str, Any]:
    return represent(CandidacyOutput, one)


def _mine(actor: Actor, pk: UUID) -> TrainingSession:
    """A session one may write: everybody reads it, so that it is no secret."""
    session = get_session(actor, pk)
    if not can(actor, "training.edit", session.training):
        raise Refused
    return session


def _answered(actor: Actor, pk: UUID, rule: str) -> Candidacy:
    one = get_candidacy(actor, pk)
    if not can(actor, rule, one):
        raise NotVisible
    return one


SESSION, CANDIDACY = "training-sessions/<uuid:pk>/", "candidacies/<uuid:pk>/"
urlpatterns = [
    route("training-sessions/", SessionsView.as_view(), name="api_training_sessions", access=MEMBER),
    route(SESSION, SessionView.as_view(), name="api_training_session", access=MEMBER),
    route(f"{SESSION}cancel/", CancelView.as_view(), name="api_training_session_cancel", access=MEMBER),
    route(f"{SESSION}candidacies/", CandidaciesView.as_view(), name="api_candidacies", access=MEMBER),
    route(CANDIDACY, CandidacyView.as_view(), name="api_candidacy", access=MEMBER),
    route(f"{CANDIDACY}results/", ResultView.as_view(), name="api_candidacy_result", access=MEMBER),
    route(f"{CANDIDACY}withdraw/", WithdrawView.as_view(), name="api_candidacy_withdraw", access=MEMBER),
]
