import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.workdays import add_open_days, is_open, open_days_between, public_holidays

D = dt.date


def test_moselle_has_two_holidays_more():
    days = public_holidays(2026)
    assert D(2026, 4, 3) in days, "Good Friday"
    assert D(2026, 12, 26) in days
    assert D(2025, 12, 26) in public_holidays(2025)
    assert D(2025, 12, 26) not in public_holidays(2025, "75")


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (D(2026, 11, 2), 0, D(2026, 11, 2)),
        (D(2026, 11, 2), 2, D(2026, 11, 4)),
        (D(2026, 11, 6), 1, D(2026, 11, 9)),
        (D(2026, 11, 7), 1, D(2026, 11, 9)),
        (D(2026, 11, 9), 2, D(2026, 11, 12)),
        (D(2025, 12, 24), 1, D(2025, 12, 29)),
        (D(2026, 4, 2), 1, D(2026, 4, 7)),
        (D(2026, 12, 31), 1, D(2027, 1, 4)),
    ],
)
def test_open_days_skip_weekends_and_holidays(start, n, due):
    assert add_open_days(start, n) == due
    assert open_days_between(start, due) == n


def test_closing_periods_include_both_ends():
    closed = [(D(2026, 11, 3), D(2026, 11, 4))]
    assert add_open_days(D(2026, 11, 2), 1, closed=closed) == D(2026, 11, 5)
    assert not is_open(D(2026, 11, 4), closed=closed)
    assert open_days_between(D(2026, 11, 2), D(2026, 11, 5), closed=closed) == 1


def test_part_time_receiver():
    assert add_open_days(D(2026, 11, 2), 2, working_days={1, 3}) == D(2026, 11, 5)
    assert add_open_days(D(2026, 11, 6), 1, working_days={5}) == D(2026, 11, 7)


def test_ceiling_bounds_a_long_closure():
    summer = [(D(2026, 7, 1), D(2026, 8, 31))]
    assert add_open_days(D(2026, 6, 30), 2, closed=summer) == D(2026, 9, 2)
    assert add_open_days(D(2026, 6, 30), 2, closed=summer, ceiling=21) == D(2026, 7, 21)
    assert add_open_days(D(2026, 11, 2), 2, ceiling=21) == D(2026, 11, 4)


def test_a_receiver_never_open_is_an_error_not_a_loop():
    with pytest.raises(ValueError, match="ten years"):
        add_open_days(D(2026, 1, 1), 1, working_days=())
    with pytest.raises(ValueError, match="negative"):
        add_open_days(D(2026, 1, 1), -1)


def test_between_backwards_is_zero():
    assert open_days_between(D(2026, 11, 5), D(2026, 11, 2)) == 0


@given(st.dates(D(2020, 1, 1), D(2040, 1, 1)), st.integers(1, 60))
def test_adding_then_counting_agree(start, n):
    due = add_open_days(start, n)
    assert open_days_between(start, due) == n
    assert is_open(due)
