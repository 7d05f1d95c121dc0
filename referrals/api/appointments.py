"""`appointments/`: one's own and those of the people one supports; fix, move, say what came of it, cancel."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import can, visible
from hub.core.actor import Actor
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import reference, represent
from hub.core.rest.pages import page_of
from hub.core.rest.views import ApiView
from hub.core.urls import route
from partners.models import Organization, Team
from referrals.api.moves import Move, MoveView, check, routes, with_state
from referrals.api.shown import cards
from referrals.models import Appointment, AppointmentState
from referrals.selectors.appointments import (
    JOINED,
    AppointmentLine,
    get_appointment,
    lines,
    my_appointments,
    possible_moves,
)
from referrals.serializers.appointments import (
    AppointmentMoveInput,
    AppointmentOutput,
    AppointmentPlanInput,
    AppointmentQuery,
    OutcomeInput,
)
from referrals.services.appointments import outcomes
from referrals.services.appointments.planning import WORDS, move_appointment, plan_appointment, veiled_refusal
from referrals.workflows import APPOINTMENT

CHANGE, OUTCOME = "appointment.change", "appointment.outcome"
PLAIN = ("kind", "starts_at", "duration", "mode", *WORDS, "planned_at")
MOVES = (
    Move("move", "Déplacer", move_appointment, CHANGE, AppointmentMoveInput, "move"),
    Move("hold", "Dire que la personne a été reçue", outcomes.hold_appointment, OUTCOME, OutcomeInput, "hold"),
    Move("excuse", "Dire que la personne s'est excusée", outcomes.excuse_appointment, OUTCOME, OutcomeInput, "excuse"),
    Move("miss", "Dire qu'il n'a pas eu lieu", outcomes.miss_appointment, OUTCOME, OutcomeInput, "miss"),
    Move("correct", "Corriger ce qui a été noté", outcomes.correct_outcome, OUTCOME, OutcomeInput, "correct"),
    Move("cancel", "Annuler", outcomes.cancel_appointment, CHANGE, OutcomeInput, "cancel"),
)
NEW = OpenApiExample(
    "Fixer un rendez-vous de suivi",
    value={
        "beneficiary": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "kind": "follow_up",
        "starts_at": "2026-12-01T09:30:00+01:00",
        "place": "CMS de Metz, 2e étage",
        "contact": "Accueil, 03 00 00 00 00",
    },
    request_only=True,
)


class AppointmentsView(ApiView):
    @reads("Rendez-vous, dans l'ordre", page_of(AppointmentOutput), query=AppointmentQuery)
    def get(self, request: Request) -> Response:
        """Those one receives, and those of the people one supports."""
        found = _asked(self.actor, self.query(AppointmentQuery))
        return self.page(
            found, order=("starts_at", "id"), form=AppointmentQuery, show=lambda rows: shown(self.actor, rows)
        )

    @writes("Fixer un rendez-vous", body=AppointmentPlanInput, answer=AppointmentOutput, status=201, examples=[NEW])
    def post(self, request: Request) -> Response:
        """Whoever receives and the referent are told."""
        given = self.input(AppointmentPlanInput)
        words = {name: given.pop(name) for name in (*WORDS, "reason") if name in given}
        person, member = given.pop("beneficiary"), given.pop("member", None)
        host = given if "organization" in given else given | _own(self.actor)
        made = plan_appointment(self.actor, person=person, member_id=member, words=words, **host)
        return Response(_one(self.actor, made.pk), status=201)


class AppointmentView(ApiView):
    @reads("Un rendez-vous, et ce que vous pouvez en faire", AppointmentOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One appointment."""
        return Response(_one(self.actor, pk))


class AppointmentMoveView(MoveView):
    """One gesture on one appointment."""

    def perform(self, pk: UUID) -> Response:
        appointment = get_appointment(self.actor, pk)
        with veiled_refusal(self.actor, appointment):
            check(self.actor, self.move, appointment, APPOINTMENT)
        given = self.input(self.move.body)
        with with_state(lambda: SimpleNamespace(state=_line(self.actor, pk).state)):
            self.move.perform(self.actor, appointment=appointment, **given)
        return Response(_one(self.actor, pk))


def shown(actor: Actor, appointments: Iterable[Appointment]) -> list[dict[str, Any]]:
    """Rows of a list (people of one page in two queries, referents in one)."""
    rows = list(appointments)
    people = cards(actor, {row.beneficiary_id for row in rows})
    return [_shown(actor, line, people.get(line.appointment.beneficiary_id)) for line in lines(actor, rows)]


def _shown(actor: Actor, line: AppointmentLine, person: dict[str, Any] | None) -> dict[str, Any]:
    one = line.appointment
    fields = {name: getattr(one, name) for name in PLAIN} | {name: reference(getattr(one, name)) for name in JOINED}
    fields |= {"id": one.pk, "state": line.state, "state_label": line.state_label, "person": person}
    fields |= {"outcome_note": one.outcome_note if line.knows else "", "actions": _actions(actor, line)}
    return represent(AppointmentOutput, fields)


def _actions(actor: Actor, line: AppointmentLine) -> list[str]:
    change = line.knows or can(actor, CHANGE, line.appointment)
    moves = [name for name, _ in possible_moves(actor, line, change)]
    return ["move", *moves] if change and line.appointment.state == AppointmentState.PLANNED else moves


def _one(actor: Actor, pk: UUID) -> dict[str, Any]:
    return shown(actor, [get_appointment(actor, pk)])[0]


def _line(actor: Actor, pk: UUID) -> AppointmentLine:
    return lines(actor, [get_appointment(actor, pk)])[0]


def _own(actor: Actor) -> dict[str, Any]:
    team = visible(actor, Team).filter(pk=actor.team_id).first() if actor.team_id else None
    return {"team": team, "organization": visible(actor, Organization).get(pk=actor.organization_id)}


def _asked(actor: Actor, asked: dict[str, Any]) -> Any:
    found = (my_appointments(actor) if asked["mine"] else visible(actor, Appointment)).select_related(*JOINED)
    if not asked["cancelled"]:
        found = found.exclude(state=AppointmentState.CANCELLED)
    if "since" in asked:
        found = found.filter(starts_at__gte=asked["since"])
    if "until" in asked:
        found = found.filter(starts_at__lt=asked["until"])
    return found.filter(beneficiary=asked["beneficiary"]) if "beneficiary" in asked else found


LIST = "appointment.list"
urlpatterns = [
    route("appointments/", AppointmentsView.as_view(), name="api_appointments", access=LIST),
    route("appointments/<uuid:pk>/", AppointmentView.as_view(), name="api_appointment", access=LIST),
    *routes(
        AppointmentMoveView, MOVES, path="appointments", name="api_appointment", answer=AppointmentOutput, access=LIST
    ),
]
