"""A monthly list that did not come by its day is told once, to whoever coordinates or heads the place."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.actor import Actor
from hub.core.gate import tenant
from notifications.models import Notification
from referrals import tasks
from referrals.models import ExpectedList
from referrals.selectors.expected import month_due
from referrals.services.registration_settings import add_expected_list, expect_list
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm
from tests.referrals.registration import classic, crowd
from tests.referrals.test_gap_steps import at, notices

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)
METZ = "Liste de Metz"


def look(year, month, day):
    with at(year, month, day):
        tasks.tell_silent_sources()


def told(cast):
    names = {member.user_id: name for name, member in cast.members.items()}
    return sorted((names[user], count) for user, count, _ in notices(cast, "source_silent"))


def applied(cast, people, month):
    values = {"month": month, "nature": "complete", "territory": cast.metz}
    confirm(cast.adviser, bring(cast.adviser, "registration", classic(*people, day=month), **values))


@pytest.fixture
def expecting(cast):
    """One list of Metz and one of the whole Département are waited for every month."""
    with tenant(actor(cast.head)) as acting:
        add_expected_list(acting, label=METZ, territory=cast.metz)
        add_expected_list(acting, label="Liste du Département")
    return cast


@pytest.mark.parametrize(
    ("today", "late"),
    [(date(2026, 11, 15), SEPTEMBER), (date(2026, 11, 16), OCTOBER), (date(2027, 1, 16), date(2026, 12, 1))],
)
def test_a_list_is_late_from_the_day_after_the_fifteenth_of_the_next_month(today, late):
    assert month_due(today, 15) == late


def test_each_list_and_month_is_told_once_to_officers_and_heads_of_the_place(expecting):
    people = crowd(expecting, 2)
    applied(expecting, people, SEPTEMBER)
    applied(expecting, people, OCTOBER)  # Metz came, the Département's did not
    look(2026, 11, 16)
    look(2026, 11, 16)
    look(2026, 11, 30)
    assert told(expecting) == [("head", 1), ("officer_metz", 1), ("officer_thionville", 1)]
    look(2026, 12, 16)  # of November, nothing came: Metz's is not Thionville's affair
    assert told(expecting) == sorted(
        [("head", 1), ("head", 2), ("officer_metz", 1), ("officer_metz", 2)] + [("officer_thionville", 1)] * 2
    )
    assert client(expecting.head).get("/imports/").status_code == 200  # where the notice leads


def waiting(cast):
    names = {member.user_id: name for name, member in cast.members.items()}
    lines = []
    for member in cast.members.values():
        with tenant(actor(member)) as acting:
            mine = Notification.objects.filter(user_id=acting.user_id, kind="source_silent", solved_at=None)
            lines += [names[acting.user_id]] * mine.count()
    return sorted(lines)


def test_a_line_waits_until_all_the_lists_it_tells_of_have_come(expecting):
    people = crowd(expecting, 2)
    applied(expecting, people, SEPTEMBER)
    look(2026, 11, 16)  # neither list of October has come
    assert waiting(expecting) == ["head", "officer_metz", "officer_thionville"]
    applied(expecting, people, OCTOBER)  # Metz's
    assert waiting(expecting) == ["head", "officer_metz", "officer_thionville"]
    values = {"month": OCTOBER, "nature": "complete", "again": True}
    confirm(expecting.adviser, bring(expecting.adviser, "registration", classic(*people), **values))
    assert waiting(expecting) == []


def test_nothing_before_the_first_list_nor_for_a_list_no_longer_waited_for(expecting):
    look(2026, 11, 16)
    assert told(expecting) == []
    applied(expecting, crowd(expecting, 2), OCTOBER)
    look(2026, 11, 15)  # the month due is September: the first list came in October
    assert told(expecting) == []
    with tenant(actor(expecting.head)) as acting:
        for one in ExpectedList.objects.all():
            expect_list(acting, expected=one, active=False)
    look(2026, 11, 16)
    assert told(expecting) == []


def test_nothing_where_no_list_is_expected(cast):
    applied(cast, crowd(cast, 2), OCTOBER)
    look(2026, 12, 20)
    assert told(cast) == []


def test_the_day_is_the_departments_choice(expecting):
    applied(expecting, crowd(expecting, 2), SEPTEMBER)
    expecting.department.delays = {"list_due": 20}
    with tenant(Actor.system(expecting.department.pk)):
        expecting.department.save()
    look(2026, 11, 16)
    assert told_month(expecting) == SEPTEMBER
    look(2026, 11, 21)
    assert told_month(expecting) == OCTOBER


def told_month(cast):
    with tenant(Actor.system(cast.department.pk)):
        return ExpectedList.objects.get(label="Liste du Département").alerted_month
