"""`notifications/` and `live-ticket/`: what changed for a user, and the key of his socket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from hub.core.access import visible
from hub.core.rest.doc import reads, writes
from hub.core.rest.views import ApiView
from hub.core.urls import MEMBER, route
from notifications.models import UNREAD, Notification
from notifications.selectors import Head, changes_after, head_of, lines
from notifications.serializers import ChangesOutput, MarkInput, NotificationOutput, NotificationQuery, TicketOutput
from notifications.services import TICKET_SECONDS, issue_ticket, mark
from partners.actors import key_of

PLAIN = ("id", "seq", "kind", "reason", "count", "state", "subject_kind", "subject_id", "created_at", "changed_at")


class NotificationsView(ApiView):
    @reads("Vos avis, ou ce qui a changé depuis un numéro", ChangesOutput, query=NotificationQuery)
    def get(self, request: Request) -> Response:
        """A page of the latest, or the changes after a number."""
        asked = self.query(NotificationQuery)
        if "after" not in asked:
            return self._latest(unread=asked["unread"])
        changes = changes_after(self.actor, asked["after"], epoch=asked["epoch"])
        body = {"count": len(changes.rows), "next": None, "results": _shown(changes.rows)}
        return Response(body | _standing(changes.head, changes.cursor, reset=changes.reset))

    def _latest(self, *, unread: bool) -> Response:
        head = head_of(self.actor)  # before the rows: what commits in between is told again, never lost
        found = visible(self.actor, Notification)
        found = found.filter(UNREAD) if unread else found
        page = self.page(found, order=("-changed_at", "-id"), form=NotificationQuery, show=_shown)
        return Response(page.data | _standing(head, head.seq, reset=False))


class MarkView(ApiView):
    @writes("Marquer des avis lus, non lus, traités ou à traiter", body=MarkInput, status=204)
    def post(self, request: Request) -> Response:
        """One's own notices only."""
        mark(self.actor, **self.input(MarkInput))
        return Response(status=204)


@extend_schema(tags=["notifications"])
class LiveTicketView(ApiView):
    idempotent = False  # a ticket kept would be a ticket shared

    @writes("Un ticket d'une minute, à usage unique, pour la liaison en direct", answer=TicketOutput, keyed=False)
    def post(self, request: Request) -> Response:
        """For clients that hold no session cookie."""
        return Response(
            {"ticket": issue_ticket(self.actor, key_id=key_of(request._request)), "expires_in": TICKET_SECONDS}
        )


def _standing(head: Head, cursor: int, *, reset: bool) -> dict[str, Any]:
    return {"cursor": cursor, "epoch": head.epoch, "unread": head.unread, "reset": reset}


def _shown(notices: Iterable[Notification]) -> list[dict[str, Any]]:
    return [
        dict(
            NotificationOutput(
                {name: getattr(line.notice, name) for name in PLAIN} | {"title": line.title, "url": line.url}
            ).data
        )
        for line in lines(notices)
    ]


urlpatterns = [
    route("notifications/", NotificationsView.as_view(), name="api_notifications", access=MEMBER),
    route("notifications/mark/", MarkView.as_view(), name="api_notifications_mark", access=MEMBER),
    route("live-ticket/", LiveTicketView.as_view(), name="api_live_ticket", access=MEMBER),
]
