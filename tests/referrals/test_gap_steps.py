"""Reminders and escalation of gaps nobody acts on: open days of Moselle, once, grouped."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from notifications.models import Notification
from notifications.selectors import lines
from partners.models import Membership
from referrals import tasks
from referrals.models import AbsenceExplanation, Beneficiary, GapStep, RegistrationGap, SupportAssignment
from referrals.services.explanations import explain_absence
from referrals.services.gaps import acknowledge_gap
from tests.cast import actor
from tests.referrals.registration import crowd
from tests.referrals.test_gap_screens import open_gaps

pytestmark = pytest.mark.django_db


def at(year, month, day):
    return time_machine.travel(datetime(year, month, day, 9, tzinfo=UTC), tick=False)


def remind(year, month, day):
    with at(year, month, day):
        tasks.remind_gaps()


def notices(cast, kind):
    with tenant(Actor.system(cast.department.pk)):
        return [
            (one.notice.user_id, one.notice.count, one.title) for one in lines(Notification.objects.filter(kind=kind))
        ]


@pytest.fixture
def opened(cast):
    """Three gaps of UDAF's people, opened on Monday 14 December 2026."""
    open_gaps(cast, 3)
    with tenant(Actor.system(cast.department.pk)):
        RegistrationGap.objects.update(opened_at=datetime(2026, 12, 14, 9, tzinfo=UTC))
    return cast


def test_one_reminder_per_recipient_after_ten_open_days_of_moselle(opened):
    # 25 December and 1 January are holidays (26 December too, a Saturday): the tenth open day is 29 December.
    remind(2026, 12, 28)
    assert notices(opened, "gap_reminder") == []
    remind(2026, 12, 29)
    remind(2026, 12, 29)
    remind(2026, 12, 30)
    told = notices(opened, "gap_reminder")
    assert [(user, count) for user, count, _ in told if user == opened.udaf_lead.user_id] == [
        (opened.udaf_lead.user_id, 3)
    ]
    assert {user for user, *_ in told} <= {opened.udaf_lead.user_id, opened.udaf_worker.user_id}


def test_whoever_works_three_days_a_week_has_ten_of_his_own_days(opened):
    with tenant(Actor.system(opened.department.pk)):
        referent = opened.udaf_worker
        SupportAssignment.objects.update(referent=referent.user)
        Membership.objects.filter(pk=referent.pk).update(working_days=[0, 1, 2])
    remind(2026, 12, 29)
    assert notices(opened, "gap_reminder") == []
    remind(2027, 1, 4)
    assert notices(opened, "gap_reminder") == []
    remind(2027, 1, 5)
    assert [(user, count) for user, count, _ in notices(opened, "gap_reminder")] == [(referent.user_id, 3)]


def test_then_one_line_by_partner_to_the_head_of_service_and_never_again(opened):
    remind(2026, 12, 29)
    remind(2027, 1, 12)
    assert notices(opened, "gap_escalated") == []
    remind(2027, 1, 13)
    remind(2027, 1, 14)
    remind(2027, 3, 1)
    assert notices(opened, "gap_escalated") == [
        (opened.head.user_id, 3, "UDAF de la Moselle : 3 inscriptions sans suite malgré un rappel")
    ]
    with tenant(Actor.system(opened.department.pk)):
        assert GapStep.objects.count() == 6


def test_an_action_restarts_the_clock_and_what_is_explained_is_left_alone(opened):
    with tenant(Actor.system(opened.department.pk)) as acting:
        first, second, _ = RegistrationGap.objects.order_by("pk")
        second.beneficiary.exemptions.create(
            department_id=acting.department_id, reason="studies", decided_on=acting.today, until="2099-01-01"
        )
    with tenant(actor(opened.udaf_lead, datetime(2026, 12, 22, 9, tzinfo=UTC))) as acting:
        acknowledge_gap(acting, gap=first)
    remind(2026, 12, 29)
    with tenant(Actor.system(opened.department.pk)):
        assert GapStep.objects.count() == 1


def test_nobody_is_reminded_of_an_absence_explained_meanwhile(opened):
    with tenant(Actor.system(opened.department.pk)):
        people = [gap.beneficiary for gap in RegistrationGap.objects.select_related("beneficiary")]
    with tenant(actor(opened.udaf_lead)) as acting:
        for person in people[:2]:
            explain_absence(acting, person=person, kind="training", until=date(2027, 1, 31))
    remind(2026, 12, 29)
    told = notices(opened, "gap_reminder")
    assert [count for user, count, _ in told if user == opened.udaf_lead.user_id] == [1]


def statements(work):
    with CaptureQueriesContext(connection) as counted:
        work()
    return len(counted)


def test_clocks_cost_the_same_with_three_gaps_and_with_sixty(opened):
    def reminded(more):
        open_gaps(opened, more)
        with tenant(Actor.system(opened.department.pk)):
            RegistrationGap.objects.update(opened_at=datetime(2026, 12, 14, 9, tzinfo=UTC))
        return statements(lambda: remind(2026, 12, 29))

    reminded(0)  # three, and the first line of each recipient
    few, many = reminded(3), reminded(60)
    assert many <= few
    with tenant(Actor.system(opened.department.pk)):
        assert GapStep.objects.count() == 66


def test_questions_of_ended_explanations_cost_the_same_with_two_people_and_with_forty(cast):
    def ended(count):
        people = crowd(cast, count)
        with tenant(Actor.system(cast.department.pk)) as acting:
            AbsenceExplanation.objects.bulk_create(
                AbsenceExplanation(
                    department_id=acting.department_id, beneficiary=one, kind="training", recorded_at=acting.now,
                    starts_on=date(2026, 1, 5), until=date(2026, 9, 1),
                )
                for one in Beneficiary.objects.exclude(explanations__isnull=False)
            )  # fmt: skip
        asked = statements(tasks.ask_again)
        with tenant(Actor.system(cast.department.pk)):
            assert AbsenceExplanation.objects.filter(asked_on=None).count() == 0
        return len(people), asked

    (_, few), (_, many) = ended(2), ended(40)
    assert many <= few
