"""What time has made ripe: read by the product itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hub.core.actor import PARIS, Actor
from hub.core.workdays import add_open_days
from partners.models import Department
from referrals.clocks import ceiling, closing_periods
from referrals.models import Nature, Referral, ReferralState
from referrals.models.referrals import FINAL_STATES

BATCH = 200


def answers_to_release(actor: Actor) -> list[Referral]:
    """Answers kept for 20 seconds that may be told now (bounded: the next tick takes the rest)."""
    ripe = Referral.objects.filter(told_at=None, held_until__lte=actor.now)
    return list(ripe.order_by("held_until")[:BATCH])


def proposals_to_expire(actor: Actor) -> list[Referral]:
    """Proposals sent more open days ago than the Département's delay."""
    department = Department.objects.get(pk=actor.department_id)
    waiting = Referral.objects.filter(
        nature=Nature.PROPOSAL, state=ReferralState.SENT, redirect_to=None, late_on__lt=actor.today
    ).select_related("receiver")
    return [referral for referral in waiting.order_by("sent_at")[:BATCH] if _expired(actor, referral, department)]


def loops_to_close(actor: Actor) -> list[Referral]:
    """Ended referrals whose sender has had the Département's delay to read the outcome."""
    department = Department.objects.get(pk=actor.department_id)
    delay = department.delay("loop_closed")
    before = actor.now - timedelta(days=delay)  # open days last at least as long
    ended = Referral.objects.filter(state__in=FINAL_STATES, closed_loop_at=None, final_at__lt=before)
    return [
        referral
        for referral in ended.order_by("final_at")[:BATCH]
        if referral.final_at and _after(referral.final_at, delay, department) < actor.today
    ]


def _after(moment: datetime, days: int, department: Department) -> date:
    return add_open_days(moment.astimezone(PARIS).date(), days, subdivision=department.code)


def _expired(actor: Actor, referral: Referral, department: Department) -> bool:
    if referral.sent_at is None:
        return False
    since, delay = referral.sent_at.astimezone(PARIS).date(), department.delay("proposal_unanswered")
    closed = closing_periods(referral.receiver_id, since)
    last = add_open_days(since, delay, closed=closed, ceiling=ceiling(delay), subdivision=department.code)
    return last < actor.today
