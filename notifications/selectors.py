"""What pages, the API and sockets read of notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.compiled import compiled
from hub.core.pages import Page, paginate
from notifications.catalogue import KINDS
from notifications.ledger import unread_key
from notifications.models import UNREAD, Notification, NotificationCursor
from partners.models import Membership, Organization

REPLAY_LIMIT = 200
BELL_LINES = 8
NO_EPOCH = ""
TABS = {"unread": "Non lus", "read": "Lus", "done": "Traités"}


@dataclass(frozen=True, slots=True)
class Head:
    """Where a user stands: the last number given, its epoch ('' before the first), what waits here."""

    seq: int
    epoch: str
    unread: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows changed after a cursor, oldest first; `reset` when the client must read its list again instead.

    `cursor` is what the client knows after applying `rows` (changes in other organisations count too).
    """

    rows: list[Notification]
    head: Head
    cursor: int
    reset: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as a person reads it."""

    notice: Notification
    title: str
    icon: str
    url: str


def head_of(actor: Actor) -> Head:
    """One query, on the cursor alone."""
    cursor = _cursor(actor)
    if cursor is None:
        return Head(0, NO_EPOCH, 0)
    waiting = cursor.unread.get(unread_key(actor.department_id, actor.organization_id or ""), 0)
    return Head(cursor.last_seq, str(cursor.epoch), waiting)


def _cursor(actor: Actor) -> NotificationCursor | None:
    return next(iter(_cursors(actor)), None) if actor.user_id else None


@compiled
def _cursors(actor: Actor) -> QuerySet[NotificationCursor]:
    return NotificationCursor.objects.filter(user_id=actor.user_id)


def changes_after(actor: Actor, cursor: int, limit: int = REPLAY_LIMIT, epoch: str = NO_EPOCH) -> Changes:
    """The actor's notices changed after `cursor`: none and `reset` when more than `limit`, or from another epoch.

    The head is read first: what commits in between is among the rows, never lost between both answers; the head is
    then read again, so that the count is as fresh as the rows.
    """
    head = head_of(actor)
    if cursor > head.seq or (epoch and cursor and epoch != head.epoch):
        return Changes([], head, head.seq, reset=True)
    rows = list(visible(actor, Notification).filter(seq__gt=cursor).order_by("seq")[: limit + 1])
    if len(rows) > limit:
        return Changes([], head, head.seq, reset=True)
    known = max([head.seq, *(row.seq for row in rows[-1:])])
    return Changes(rows, head if known == head.seq else head_of(actor), known, reset=False)


def inbox(actor: Actor, *, tab: str = "unread", after: str = "", size: int = 25) -> Page[Notification]:
    """One page of the unread, read or done notices, latest fact first."""
    return paginate(_tab(actor, tab), order=("-changed_at", "-id"), after=after, size=size)


@dataclass(frozen=True, slots=True)
class Place:
    """Another organisation of the user where notices wait."""

    organization: str
    department: str
    count: int


def waiting_elsewhere(actor: Actor) -> list[Place]:
    """What waits for the user in the other organisations he may switch to."""
    cursor = _cursor(actor)
    here = unread_key(actor.department_id, actor.organization_id or "")
    waiting = {key: count for key, count in cursor.unread.items() if count and key != here} if cursor else {}
    if not waiting:
        return []
    memberships = Membership.objects.filter(user=actor.user_id, active=True, organization__active=True)
    return [
        Place(one.organization.name, one.department.name, waiting[key])
        for one in memberships.select_related("organization", "department")
        if (key := unread_key(one.department_id, one.organization_id)) in waiting
    ]


def latest(actor: Actor) -> list[Line]:
    """The last notices, for the bell."""
    waiting = visible(actor, Notification).filter(done_at=None).order_by("-changed_at", "-id")
    return lines(waiting[:BELL_LINES])


def lines(notices: Iterable[Notification]) -> list[Line]:
    """Titles and links of notices; one query for the names of partners."""
    found = list(notices)
    partners = {str(notice.payload.get("partner_id") or "") for notice in found} - {""}
    names = _names(partners)
    return [_line(notice, names) for notice in found]


def _names(organizations: set[str]) -> dict[str, str]:
    if not organizations:
        return {}
    return {str(pk): name for pk, name in Organization.objects.filter(pk__in=organizations).values_list("pk", "name")}


def _tab(actor: Actor, tab: str) -> QuerySet[Notification]:
    mine = visible(actor, Notification)
    if tab == "done":
        return mine.exclude(done_at=None)
    return mine.filter(done_at=None).exclude(UNREAD) if tab == "read" else mine.filter(UNREAD)


def _line(notice: Notification, names: dict[str, str]) -> Line:
    kind = KINDS[notice.kind]
    partner = names.get(str(notice.payload.get("partner_id")), "")
    title = kind.title_of(count=notice.count, payload=notice.payload, partner=partner)
    return Line(notice, title, kind.icon, _url(kind.url_name, kind.list_url_name, notice.subject_id))


def _url(name: str, list_name: str, subject_id: UUID | None) -> str:
    """The object itself, or the list it stands in; '' (no link) where the screen does not exist."""
    candidates: list[tuple[str, list[Any]]] = [(name, [subject_id])] if subject_id else []
    for candidate, arguments in [*candidates, (list_name, [])]:
        try:
            return reverse(candidate, args=arguments)
        except NoReverseMatch:
            continue
    return ""
