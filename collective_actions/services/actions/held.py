"""A free seat while people wait: held for the first of them, in the very transaction that freed it."""

from __future__ import annotations

from datetime import timedelta

from collective_actions.events import SeatOffered
from collective_actions.models import Enrolment, EnrolmentState, Session
from collective_actions.workflows import ENROLMENT
from hub.core.actor import Actor
from hub.core.events import emit
from hub.core.gate import elevated
from partners.models import Department


def offer_free_seats(actor: Actor, session: Session) -> int:
    """Offer what is free of a locked session to come to those who wait, first come first served. How many.

    Whoever gives a seat back does not see who waits: the product chooses, and signs. The Département does not see all
    who wait for a sensitive action: that seat is left to the clock (`offers`), so that the order holds.
    """
    if not session.waiting or session.cancelled_at or session.starts_at <= actor.now:
        return 0
    free = session.capacity - session.taken
    if free <= 0:
        return 0
    hold = timedelta(days=Department.objects.get(pk=session.department_id).delay("seat_offer"))
    until = min(actor.now + hold, session.starts_at)
    product = Actor.system(session.department_id, actor.now)
    with elevated():
        queue = Enrolment.objects.filter(session=session, state=EnrolmentState.WAITING).order_by("rank", "id")
        rows = list(queue[:free]) if queue.count() == session.waiting else []
        for one in rows:
            ENROLMENT.perform(one, "offer", by=product, offered_until=until)
    if not rows:
        return 0
    session.taken, session.waiting = session.taken + len(rows), session.waiting - len(rows)
    session.save(update_fields=["taken", "waiting"])
    for one in rows:
        emit(SeatOffered(department_id=session.department_id, enrolment_id=one.pk))
    return len(rows)
