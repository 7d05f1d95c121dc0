"""`collective-actions/` and `action-sessions/`: what the screens show and do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from collective_actions.models import CollectiveAction, Session
from collective_actions.selectors.actions import actions_asked, get_action, get_session, order_of, with_sessions
from collective_actions.serializers import actions as forms
from collective_actions.services.actions.sessions import cancel_session, conclude, record_attendance
from collective_actions.services.actions.writing import (
    add_sessions,
    cancel_action,
    create_action,
    edit_action,
    edit_session,
    publish_action,
    set_quota,
)
from hub.core.access import can
from hub.core.errors import NotVisible, Refused
from hub.core.rest.doc import reads, writes
from hub.core.rest.fields import reference, represent
from hub.core.rest.pages import page_of
from hub.core.rest.views import ApiView
from hub.core.urls import MEMBER, route

TAGS = ["collective actions"]


@extend_schema(tags=TAGS)
class ActionsView(ApiView):
    @reads("Actions collectives, par date", page_of(forms.ActionOutput), query=forms.ActionQuery)
    def get(self, request: Request) -> Response:
        """Published actions with a session to come; those of one's own organisation with `mine`."""
        given = {name: str(value) for name, value in self.query(forms.ActionQuery).items() if value}
        return self.page(
            with_sessions(actions_asked(self.actor, given)),
            order=order_of(given),
            form=forms.ActionQuery,
            show=lambda rows: [shown(row) for row in rows],
        )

    @writes("Concevoir une action", body=forms.ActionInput, answer=forms.ActionOutput, status=201)
    def post(self, request: Request) -> Response:
        """A draft: dates are added, then it is published."""
        given = self.input(forms.ActionInput)
        if not can(self.actor, "action.design", given["organization"]):
            raise Refused if given["organization"].pk == self.actor.organization_id else NotVisible
        return Response(_one(self, create_action(self.actor, **given).pk), status=201)


@extend_schema(tags=TAGS)
class ActionView(ApiView):
    @reads("Une action et ses séances", forms.ActionOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One action."""
        return Response(_one(self, pk))

    @writes("Modifier une action", body=forms.ActionEdit, answer=forms.ActionOutput, keyed=False)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Only what is given changes."""
        action = _mine(self, pk, "action.edit")
        edit_action(self.actor, action=action, **self.input(forms.ActionEdit))
        return Response(_one(self, pk))


@extend_schema(tags=TAGS)
class ActionPublishView(ApiView):
    @writes("Publier une action", answer=forms.ActionOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """409 `no_session`: it has no date to come."""
        publish_action(self.actor, action=_mine(self, pk, "action.publish"))
        return Response(_one(self, pk))


@extend_schema(tags=TAGS)
class ActionCancelView(ApiView):
    @writes("Annuler une action et ses séances à venir", body=forms.CallOffInput, answer=forms.ActionOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """Whoever enrolled somebody is told."""
        cancel_action(self.actor, action=_mine(self, pk, "action.publish"), **self.input(forms.CallOffInput))
        return Response(_one(self, pk))


@extend_schema(tags=TAGS)
class ActionSessionsView(ApiView):
    @writes("Ajouter des séances", body=forms.SessionsInput, answer=forms.ActionOutput, status=201)
    def post(self, request: Request, pk: UUID) -> Response:
        """One, or one a week."""
        add_sessions(self.actor, action=_mine(self, pk, "action.edit"), **self.input(forms.SessionsInput))
        return Response(_one(self, pk), status=201)


@extend_schema(tags=TAGS)
class ActionQuotaView(ApiView):
    @writes("Fixer le contingent d'un organisme", body=forms.QuotaInput, answer=forms.ActionOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """Seats of each session it may fill."""
        set_quota(self.actor, action=_mine(self, pk, "action.edit"), **self.input(forms.QuotaInput))
        return Response(_one(self, pk))


@extend_schema(tags=TAGS)
class ActionSessionView(ApiView):
    @reads("Une séance et ses places", forms.ActionSessionOutput)
    def get(self, request: Request, pk: UUID) -> Response:
        """One session."""
        return Response(_session(get_session(self.actor, pk)))

    @writes("Déplacer une séance, changer ses places", body=forms.SessionInput, answer=forms.ActionSessionOutput,
            keyed=False)  # fmt: skip
    def put(self, request: Request, pk: UUID) -> Response:
        """Whoever enrolled somebody is told of another date or place."""
        session = _session_of_mine(self, pk, "action.edit")
        edit_session(self.actor, session=session, **self.input(forms.SessionInput))
        return Response(_session(get_session(self.actor, pk)))


@extend_schema(tags=TAGS)
class ActionSessionCancelView(ApiView):
    @writes("Annuler une séance", body=forms.CallOffInput, answer=forms.ActionSessionOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """Whoever enrolled somebody is told."""
        session = _session_of_mine(self, pk, "action.publish")
        cancel_session(self.actor, session=session, **self.input(forms.CallOffInput))
        return Response(_session(get_session(self.actor, pk)))


@extend_schema(tags=TAGS)
class AttendanceView(ApiView):
    @writes("Noter les présences", body=forms.AttendanceInput, answer=forms.ActionSessionOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """By the host or a co-host, from the beginning of the session on; may be corrected."""
        session = get_session(self.actor, pk)
        allowed(self, "session.run", session, session.action)
        marks = {one["enrolment"]: one["attendance"] for one in self.input(forms.AttendanceInput)["marks"]}
        record_attendance(self.actor, session=session, marks=marks)
        return Response(_session(get_session(self.actor, pk)))


@extend_schema(tags=TAGS)
class ConcludeView(ApiView):
    @writes("Transmettre : action suivie", answer=forms.ActionSessionOutput)
    def post(self, request: Request, pk: UUID) -> Response:
        """The referrals of those who came are completed. 409 `not_recorded` before attendance is noted."""
        session = get_session(self.actor, pk)
        allowed(self, "session.conclude", session, session.action)
        conclude(self.actor, session=session)
        return Response(_session(get_session(self.actor, pk)))


def shown(action: CollectiveAction) -> dict[str, Any]:
    """An action as machines read it."""
    plain = {
        name: getattr(action, name) for name in ("need", "objective", "sheet_title", "series", "audience", "state")
    }
    row = plain | {
        "id": action.pk,
        "name": action.service.name,
        "service": action.service_id,
        "organization": reference(action.service.organization),
        "co_hosts": [reference(one) for one in action.co_hosts.all()],
        "sessions": action.sessions.all(),
    }
    return represent(forms.ActionOutput, row)


def _session(session: Session) -> dict[str, Any]:
    return represent(forms.ActionSessionOutput, session)


def _one(view: ApiView, pk: UUID) -> dict[str, Any]:
    return shown(get_action(view.actor, pk))


def _mine(view: ApiView, pk: UUID, rule: str) -> CollectiveAction:
    action = get_action(view.actor, pk)
    allowed(view, rule, action, action)
    return action


def _session_of_mine(view: ApiView, pk: UUID, rule: str) -> Session:
    session = get_session(view.actor, pk)
    allowed(view, rule, session.action, session.action)
    return session


def allowed(view: ApiView, rule: str, obj: Any, action: CollectiveAction) -> None:
    """Answer 404 for those of others, 403 inside one's own organisation."""
    if not can(view.actor, rule, obj):
        raise Refused if action.service.organization_id == view.actor.organization_id else NotVisible


ACTION, SESSION = "collective-actions/<uuid:pk>/", "action-sessions/<uuid:pk>/"
urlpatterns = [
    route("collective-actions/", ActionsView.as_view(), name="api_actions", access=MEMBER),
    route(ACTION, ActionView.as_view(), name="api_action", access=MEMBER),
    route(f"{ACTION}publish/", ActionPublishView.as_view(), name="api_action_publish", access=MEMBER),
    route(f"{ACTION}cancel/", ActionCancelView.as_view(), name="api_action_cancel", access=MEMBER),
    route(f"{ACTION}sessions/", ActionSessionsView.as_view(), name="api_action_sessions", access=MEMBER),
    route(f"{ACTION}quotas/", ActionQuotaView.as_view(), name="api_action_quotas", access=MEMBER),
    route(SESSION, ActionSessionView.as_view(), name="api_action_session", access=MEMBER),
    route(f"{SESSION}cancel/", ActionSessionCancelView.as_view(), name="api_action_session_cancel", access=MEMBER),
    route(f"{SESSION}conclude/", ConcludeView.as_view(), name="api_action_conclude", access=MEMBER),
    route(f"{SESSION}attendance/", AttendanceView.as_view(), name="api_action_attendance", access=MEMBER),
]
