"""The seats of a session: its row is locked first, so that the last seat has one taker and the queue one order.

A seat freed while people wait is not given to whoever comes next: the product offers it to the first of them
(`held`), and newcomers queue behind.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from collective_actions.models import CollectiveAction, Enrolment, EnrolmentState, Session
from collective_actions.services.actions.held import offer_free_seats
from collective_actions.services.actions.sharing import share_seats
from hub.core.actor import Actor
from hub.core.topics import touch
from partners.services.directory.places import set_has_places


def locked(session_id: UUID) -> Session:
    """The session as it is now, until the end of the transaction. A referral is locked before, never after."""
    rows = Session.objects.select_for_update(of=("self",)).select_related("action__service")
    return rows.get(pk=session_id)


def place_for(session: Session) -> tuple[str, int | None]:
    """Take a seat of a locked session, or the next rank of its queue: the state reached, the rank. Saves the counts."""
    if session.free:
        session.taken += 1
        session.save(update_fields=["taken"])
        return EnrolmentState.ENROLLED, None
    session.waiting, session.last_rank = session.waiting + 1, session.last_rank + 1
    session.save(update_fields=["waiting", "last_rank"])
    return EnrolmentState.WAITING, session.last_rank


def leave(session: Session, enrolment: Enrolment) -> None:
    """Give back what an enrolment holds of a locked session: a seat, or a rank."""
    if enrolment.state in (EnrolmentState.ENROLLED, EnrolmentState.OFFERED):
        session.taken -= 1
        session.save(update_fields=["taken"])
    elif enrolment.state == EnrolmentState.WAITING:
        session.waiting -= 1
        session.save(update_fields=["waiting"])


def changed(actor: Actor, session: Session) -> None:
    """What is free is held for who waits; co-hosts know who has a seat now; open pages look again; the directory knows
    whether places are left."""
    offer_free_seats(actor, session)
    if session.action.co_hosts.exists():
        share_seats(actor, session)
    touch(actor.department_id, "session", session.pk)
    touch(actor.department_id, "action", session.action_id)
    touch(actor.department_id, "actions", actor.department_id)
    count_places(session.action, actor.now)


def count_places(action: CollectiveAction, now: datetime) -> None:
    """Tell the directory whether somebody may still be given a seat of what is to come."""
    coming = Session.objects.filter(action=action, starts_at__gt=now, cancelled_at=None)
    left = not action.cancelled_at and any(one.free for one in coming.only("capacity", "taken", "waiting"))
    set_has_places(action.service_id, left)
