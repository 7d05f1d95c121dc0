"""`enrolments/`: who comes, as far as one may know, and the gestures on each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from collective_actions.models import Enrolment
from collective_actions.selectors.actions import get_session
from collective_actions.selectors.enrolments import JOINED, EnrolmentLine, enrolment_lines, get_enrolment
from collective_actions.serializers import actions as forms
from collective_actions.services.actions import enrolling
from collective_actions.services.actions.sessions import record_feedback
from hub.core.access import require, visible
from hub.core.errors import NotVisible
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import reference, represent
from hub.core.rest.pages import page_of
from hub.core.rest.views import ApiView
from hub.core.urls import MEMBER, route

TAGS = ["collective actions"]


@extend_schema(tags=TAGS)
class EnrolmentsView(ApiView):
    @reads("Inscriptions que vous avez faites ou recevez", page_of(forms.EnrolmentOutput), query=forms.EnrolmentQuery)
    def get(self, request: Request) -> Response:
        """The latest first; of one session with `session`. Of what you co-host: who has a seat, who came."""
        asked = self.query(forms.EnrolmentQuery)
        rows = visible(self.actor, Enrolment).select_related(*JOINED)
        rows = rows.filter(**{name: asked[name] for name in ("session", "state") if name in asked})
        return self.page(
            rows,
            order=("-created_at", "id"),
            form=forms.EnrolmentQuery,
            show=lambda found: [_shown(line) for line in enrolment_lines(self.actor, found)],
        )

    @writes(
        "Inscrire une personne à une séance",
        body=forms.EnrolmentInput,
        answer=forms.EnrolmentOutput(many=True),
        status=201,
    )
    def post(self, request: Request) -> Response:
        """A seat, or a rank in the waiting list; all the dates to come of a cycle. Sends a referral to the host."""
        require(self.actor, "session.enrol")
        given = self.input(forms.EnrolmentInput)
        made = enrolling.enrol(self.actor, person=given.pop("beneficiary"), **given)
        return Response([_one(self, one.pk) for one in made], status=201)


@extend_schema(tags=TAGS)
class JoinView(ApiView):
    @writes("S'inscrire à une séance entre professionnels", answer=forms.EnrolmentOutput(many=True), status=201)
    def post(self, request: Request, pk: UUID) -> Response:
        """For oneself."""
        session = get_session(self.actor, pk)
        if not session.action.for_professionals:
            raise NotVisible
        made = enrolling.join(self.actor, session=session)
        return Response([_one(self, one.pk) for one in made], status=201)


class _Gesture(ApiView):
    """One gesture on one enrolment."""

    action: Any

    def _perform(self, pk: UUID, **given: Any) -> Response:
        type(self).action(self.actor, enrolment=get_enrolment(self.actor, pk), **given)
        return Response(_one(self, pk))


@extend_schema(tags=TAGS)
class ConfirmView(_Gesture):
    action = staticmethod(enrolling.confirm_offer)

    @writes("Prendre la place tenue", answer=forms.EnrolmentOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """409 `offer_over` once its time is over."""
        return self._perform(pk)


@extend_schema(tags=TAGS)
class GiveUpView(_Gesture):
    action = staticmethod(enrolling.give_up)

    @writes("Retirer une inscription que vous avez faite", answer=forms.EnrolmentOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """Its referral is cancelled when it holds nothing else."""
        return self._perform(pk)


@extend_schema(tags=TAGS)
class QueueView(_Gesture):
    action = staticmethod(enrolling.queue_again)

    @writes("Remettre dans la liste d'attente", answer=forms.EnrolmentOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """After an offer left unanswered."""
        return self._perform(pk)


@extend_schema(tags=TAGS)
class RemoveView(_Gesture):
    action = staticmethod(enrolling.remove)

    @writes("Retirer une personne de votre liste", body=forms.EnrolmentNote, answer=forms.EnrolmentOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """By the host; whoever enrolled her is told."""
        return self._perform(pk, **self.input(forms.EnrolmentNote))


@extend_schema(tags=TAGS)
class FeedbackView(_Gesture):
    action = staticmethod(record_feedback)

    @writes("Noter un avis", body=forms.FeedbackInput, answer=forms.EnrolmentOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """After the session."""
        return self._perform(pk, **self.input(forms.FeedbackInput))


def _one(view: ApiView, pk: UUID) -> dict[str, Any]:
    return _shown(enrolment_lines(view.actor, [get_enrolment(view.actor, pk)])[0])


def _shown(line: EnrolmentLine) -> dict[str, Any]:
    one = line.enrolment
    names = ("state", "rank", "offered_until", "attendance")
    row = {name: getattr(one, name) for name in names} | {
        "rating": None if line.listed else one.rating,
        "feedback": "" if line.listed else one.feedback,
        "id": one.pk,
        "session": one.session_id,
        "name": line.name,
        "beneficiary": one.beneficiary_id if line.known else None,
        "prescriber": None if line.listed else reference(one.prescriber),
        "referral": None if line.listed else one.referral_id,
    }
    return represent(forms.EnrolmentOutput, row)


ONE = "enrolments/<uuid:pk>/"
urlpatterns = [
    route("enrolments/", EnrolmentsView.as_view(), name="api_enrolments", access=MEMBER),
    route("action-sessions/<uuid:pk>/join/", JoinView.as_view(), name="api_action_join", access=MEMBER),
    route(f"{ONE}confirm/", ConfirmView.as_view(), name="api_enrolment_confirm", access=MEMBER),
    route(f"{ONE}give-up/", GiveUpView.as_view(), name="api_enrolment_give_up", access=MEMBER),
    route(f"{ONE}queue/", QueueView.as_view(), name="api_enrolment_queue", access=MEMBER),
    route(f"{ONE}remove/", RemoveView.as_view(), name="api_enrolment_remove", access=MEMBER),
    route(f"{ONE}feedback/", FeedbackView.as_view(), name="api_enrolment_feedback", access=MEMBER),
]
