"""When an answer is due: open days of the receiver, with its closing periods (domain §4)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from hub.core.actor import PARIS
from hub.core.workdays import add_open_days
from partners.models import Department
from referrals.models import Nature, Referral, ReferralState

# State → (nature or any) → names of the delays until it is due, then late.
CLOCKS: dict[tuple[str, str], tuple[str, str]] = {
    (Nature.PROPOSAL, ReferralState.SENT): ("proposal_reminder", "proposal_late"),
    (Nature.DESIGNATION, ReferralState.SENT): ("designation_reminder", "designation_late"),
    (Nature.DESIGNATION, ReferralState.CONTESTED): ("designation_late", "designation_escalated"),
    (Nature.DESIGNATION, ReferralState.ACCEPTED): ("first_appointment", "first_appointment"),
}
CLOSINGS = "SELECT starts_on, ends_on FROM partners_closingperiod WHERE organization_id = %s AND ends_on >= %s"
CALENDAR: dict[str, str] = {
    ReferralState.WAITLISTED: "waiting_list_review",
    ReferralState.IN_PROGRESS: "still_in_progress",
}


def due_dates(referral: Referral, *, since: date, department: Department) -> tuple[date | None, date | None]:
    """(due_on, late_on) of the present state, counted from the day it began; (None, None) when no clock runs."""
    if referral.state == ReferralState.PAUSED:
        return referral.review_on, referral.review_on
    if referral.state == ReferralState.ACCEPTED and referral.first_appointment_on:
        return None, None  # an appointment stops the clock
    if name := CALENDAR.get(referral.state):
        day = referral.review_on or since + timedelta(days=department.delay(name))
        return day, day
    names = CLOCKS.get((referral.nature, referral.state))
    if names is None:
        return None, None
    closed = closing_periods(referral.receiver_id, since)
    days = [
        add_open_days(since, delay, closed=closed, ceiling=ceiling(delay), subdivision=department.code)
        for delay in map(department.delay, names)
    ]
    return days[0], days[1]


def ceiling(delay: int) -> int:
    """Calendar days a clock may last at most: a long closing stops it for two weeks beyond three times the delay."""
    return 14 + delay * 3


def closing_periods(organization_id: UUID, since: date) -> tuple[tuple[date, date], ...]:
    """Closing periods of an organisation that end after a day."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSINGS, [organization_id, since])
        return tuple(cursor.fetchall())


def chain_start(referral: Referral) -> date | None:
    """The day the whole chain was first sent: a redirection does not restart the delay."""
    return referral.first_sent_at.astimezone(PARIS).date() if referral.first_sent_at else None
