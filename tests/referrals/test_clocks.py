"""What time alone does to referrals, Département by Département (domain: clocks)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from hub.core.gate import tenant
from partners.models import Department
from referrals import tasks
from referrals.services import referrals as services
from tests.cast import actor
from tests.people import person, referral, reread

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


def at(month: int, day: int) -> time_machine.travel:
    return time_machine.travel(datetime(2026, month, day, 9, tzinfo=UTC), tick=False)


def test_an_unanswered_proposal_is_closed_after_fourteen_open_days(cast):
    sent = referral(cast, person(cast), now=MONDAY)
    with at(11, 23):  # 11 November is a holiday: the 14th open day
        tasks.expire_proposals()
    assert reread(cast, sent).state == "sent"
    with at(11, 24):
        tasks.expire_proposals()
    assert reread(cast, sent).state == "unanswered"


def test_holidays_are_those_of_the_departement(cast):
    sent = referral(cast, person(cast), now=datetime(2026, 3, 23, 9, tzinfo=UTC))
    Department.objects.filter(pk=cast.department.pk).update(code="75")  # where Good Friday, 3 April, is worked
    with at(4, 13):
        tasks.expire_proposals()
    assert reread(cast, sent).state == "sent"
    with at(4, 14):
        tasks.expire_proposals()
    assert reread(cast, sent).state == "unanswered"


def test_a_proposed_redirection_is_not_silence(cast):
    sent = referral(cast, person(cast), now=MONDAY)
    with tenant(actor(cast.siae_worker, MONDAY)) as acting:
        services.propose_redirect(acting, referral=sent, to=cast.association)
    with at(12, 20):
        tasks.expire_proposals()
    assert reread(cast, sent).state == "sent"


def test_an_outcome_left_unread_counts_as_read_after_five_open_days(cast):
    sent = referral(cast, person(cast), now=MONDAY)
    with tenant(actor(cast.siae_worker, MONDAY)) as acting:
        services.decline_referral(acting, referral=sent, reason="no_place")
    with at(11, 9):
        tasks.close_loops()
    assert reread(cast, sent).closed_loop_at is None
    with at(11, 11):
        tasks.close_loops()
    assert reread(cast, sent).closed_loop_at is not None


def test_an_answer_is_told_when_its_twenty_seconds_are_over(cast):
    sent = referral(cast, person(cast), now=MONDAY)
    with tenant(actor(cast.siae_worker, MONDAY)) as acting:
        services.accept_referral(acting, referral=sent)
    with time_machine.travel(MONDAY.replace(second=10), tick=False):
        tasks.release_answers()
    assert reread(cast, sent).told_at is None
    with time_machine.travel(MONDAY.replace(second=21), tick=False):
        tasks.release_answers()
    assert reread(cast, sent).told_at is not None
