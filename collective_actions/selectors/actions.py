"""Collective actions as pages show them: what is to come, what has places, one action with its dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery

from collective_actions.models import ACTIVE_STATES, CollectiveAction, Enrolment, PrescriberQuota, Session
from collective_actions.policies.actions import co_hosted_by
from hub.core.access import can, get_visible, visible
from hub.core.actor import PARIS, Actor
from hub.core.pages import Page, paginate, total
from partners.models import Organization
from partners.models.services import ServiceState
from partners.services.directory.index import EVERYWHERE

PAGE_SIZE = 20
WEEK_DAYS = 7
MOST_SESSIONS = 200
COMING, WEEK, MINE, PAST = "", "week", "mine", "past"
BOXES = {COMING: "À venir", WEEK: "Encore des places cette semaine", MINE: "Les nôtres", PAST: "Passées"}
JOINED = ("service__organization",)


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action of a list: the sessions to come, the places left in them; or, `past`, those held, the latest first."""

    action: CollectiveAction
    sessions: list[Session]
    past: bool = False

    @property
    def free(self) -> int:
        return sum(one.free for one in self.sessions)

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.sessions)


@dataclass(frozen=True, slots=True)
class ActionList:
    page: Page[CollectiveAction]
    lines: list[ActionLine]
    total: int


@dataclass(frozen=True, slots=True)
class Quota:
    """What an organisation may fill in each session."""

    organization: Organization
    seats: int


@dataclass(frozen=True, slots=True)
class ActionRecord:
    """One action: its dates, and what the actor may do about it. `mine`: enrolments of one's own, by session.

    `shared`: whether co-hosts know who comes; `shares`: the actor's organisation is one of them.
    """

    action: CollectiveAction
    coming: list[Session]
    past: list[Session]
    co_hosts: list[Organization]
    shared: bool
    shares: bool
    quotas: list[Quota]
    mine: dict[UUID, int]
    may: set[str]


def get_action(actor: Actor, pk: UUID | str) -> CollectiveAction:
    """A visible action with its service and host; raises `NotVisible`."""
    return get_visible(actor, CollectiveAction, pk, "service__organization", "service__structure", "created_by")


def get_session(actor: Actor, pk: UUID | str) -> Session:
    """A visible session with its action; raises `NotVisible`."""
    return get_visible(actor, Session, pk, "action__service__organization")


def actions_list(actor: Actor, asked: dict[str, str], *, after: str = "") -> ActionList:
    """One page: three queries whatever its rows. `asked`: `box`, `theme`, `territory`, `audience`, `places`."""
    rows = actions_asked(actor, asked)
    page = paginate(rows, order=order_of(asked), after=after, size=PAGE_SIZE)
    return ActionList(page, lines_of(actor, page.rows, asked), total(page, rows, after=after))


def actions_asked(actor: Actor, asked: dict[str, str]) -> QuerySet[CollectiveAction]:
    """What the filters keep; with `next_at` when they are in the order of dates."""
    box = asked.get("box", "")
    rows = visible(actor, CollectiveAction).select_related(*JOINED)
    if audience := asked.get("audience"):
        rows = rows.filter(audience=audience)
    if theme := asked.get("theme"):
        token = f"t:{theme}" if "--" in theme else f"c:{theme}"
        rows = rows.filter(service__facets__contains=[token])
    if territory := asked.get("territory"):
        rows = rows.filter(service__facets__overlap=[f"z:{territory}", EVERYWHERE])
    if box == MINE:
        return rows.filter(Q(service__organization=actor.organization_id) | Q(pk__in=co_hosted_by(actor)))
    rows = rows.filter(service__state=ServiceState.PUBLISHED, cancelled_at=None)
    if box == PAST:
        held = _held(actor).filter(action=OuterRef("pk")).values("starts_at")[:1]
        return rows.annotate(last_at=Subquery(held)).filter(last_at__isnull=False)
    wanted = _week(actor, OuterRef("pk")) if box == WEEK else _coming(actor, OuterRef("pk"))
    if asked.get("places"):
        wanted = _with_places(wanted)
    first = wanted.order_by("starts_at").values("starts_at")[:1]
    return rows.annotate(next_at=Subquery(first)).filter(next_at__isnull=False)


def order_of(asked: dict[str, str]) -> tuple[str, ...]:
    """The order of a box: by date, the latest first once over; the latest made first where there may be none."""
    orders = {MINE: ("-created_at", "id"), PAST: ("-last_at", "id")}
    return orders.get(asked.get("box", ""), ("next_at", "id"))


def lines_of(actor: Actor, rows: list[CollectiveAction], asked: dict[str, str]) -> list[ActionLine]:
    """The sessions of these actions that a box is about, in one query."""
    box = asked.get("box", "")
    wanted = _week(actor, None) if box == WEEK else _coming(actor, None)
    wanted = _held(actor) if box == PAST else wanted.order_by("starts_at", "id")
    found: dict[UUID, list[Session]] = {}
    for one in wanted.filter(action__in=rows)[: MOST_SESSIONS * len(rows)]:
        found.setdefault(one.action_id, []).append(one)
    return [ActionLine(one, found.get(one.pk, []), past=box == PAST) for one in rows]


def action_record(actor: Actor, action: CollectiveAction) -> ActionRecord:
    """One action as its page shows it."""
    sessions = list(Session.objects.filter(action=action).order_by("starts_at", "id")[:MOST_SESSIONS])
    mine: dict[UUID, int] = {}
    held = visible(actor, Enrolment).filter(session__action=action, state__in=ACTIVE_STATES)
    for pk in held.filter(prescriber=actor.organization_id).values_list("session", flat=True):
        mine[pk] = mine.get(pk, 0) + 1
    edits = can(actor, "action.edit", action)
    quotas = PrescriberQuota.objects.filter(action=action).select_related("organization")
    shown = quotas if edits else quotas.filter(organization=actor.organization_id)
    co_hosts = list(action.co_hosts.order_by("name"))
    return ActionRecord(
        action=action,
        coming=[one for one in sessions if one.starts_at > actor.now],
        past=[one for one in sessions if one.starts_at <= actor.now],
        co_hosts=co_hosts,
        shared=not action.service.sensitive,
        shares=any(one.pk == actor.organization_id for one in co_hosts),
        quotas=[Quota(one.organization, one.seats) for one in shown.order_by("organization__name")],
        mine=mine,
        may=_may(actor, action, edits=edits),
    )


def _may(actor: Actor, action: CollectiveAction, *, edits: bool) -> set[str]:
    found = {"edit"} if edits else set()
    if edits and can(actor, "action.publish", action):
        found.add("publish")
    if action.state == "published":
        if action.for_professionals:
            found |= {"join"} if actor.membership_id else set()
        elif can(actor, "session.enrol"):
            found.add("enrol")
    return found


def _coming(actor: Actor, action: Any) -> QuerySet[Session]:
    found = Session.objects.filter(starts_at__gt=actor.now, cancelled_at=None)
    return found.filter(action=action) if action is not None else found


def _held(actor: Actor) -> QuerySet[Session]:
    return Session.objects.filter(starts_at__lte=actor.now, cancelled_at=None).order_by("-starts_at", "id")


def _week(actor: Actor, action: Any) -> QuerySet[Session]:
    """Those with places in the seven days to come, today included."""
    end = datetime.combine(actor.today + timedelta(days=WEEK_DAYS), time.max, PARIS)
    return _with_places(_coming(actor, action).filter(starts_at__lte=end))


def _with_places(sessions: QuerySet[Session]) -> QuerySet[Session]:
    return sessions.filter(Q(waiting=0), taken__lt=F("capacity"))


def coming_sessions(actor: Actor, action: CollectiveAction) -> list[Session]:
    """Dates one may enrol in."""
    return list(_coming(actor, action).order_by("starts_at", "id")[:MOST_SESSIONS])


def sessions_between(actor: Actor, first: datetime, last: datetime, *, cancelled: bool) -> QuerySet[Session]:
    """Sessions of actions one sees published, that begin from an instant to another; called off ones on demand."""
    found = (
        visible(actor, Session).filter(starts_at__range=(first, last)).select_related("action__service__organization")
    )
    if cancelled:
        return found.filter(Q(action__service__state=ServiceState.PUBLISHED) | Q(cancelled_at__isnull=False))
    return found.filter(action__service__state=ServiceState.PUBLISHED, cancelled_at=None)


def with_sessions(rows: QuerySet[CollectiveAction]) -> QuerySet[CollectiveAction]:
    """The same rows with all their sessions and co-hosts, in two more queries."""
    return rows.prefetch_related(Prefetch("sessions", Session.objects.order_by("starts_at", "id")), "co_hosts")
