"""When the steps around the end of a training are due: open days of Moselle, leap days, years' ends, clock changes."""

from __future__ import annotations

from datetime import date

import pytest

from collective_actions.end_steps import Lasts, steps_of
from partners.delays import DELAYS

DEFAULTS = {name: delay.default for name, delay in DELAYS.items()}
ENDED, REMINDER = "ended", "reminder"


def steps(starts: date, ends: date | None, left: date | None = None, outcome: str = "") -> dict[str, date]:
    return {str(step): day for step, day in steps_of(Lasts(starts, ends, left, outcome), DEFAULTS).items()}


def test_a_long_training_has_four_steps():
    assert steps(date(2026, 9, 7), date(2026, 12, 17)) == {
        "first": date(2026, 11, 17), "second": date(2026, 12, 10), ENDED: date(2026, 12, 17),
        REMINDER: date(2027, 1, 4),  # 1 January is a holiday, then a week-end
    }  # fmt: skip


@pytest.mark.parametrize(("days", "told"), [(29, False), (30, True)])
def test_a_short_training_has_no_first_step(days: int, told: bool):
    start = date(2026, 11, 2)
    assert ("first" in steps(start, date.fromordinal(start.toordinal() + days))) is told


def test_saint_stephens_day_is_closed_here():
    """26 December 2025 is a Friday, closed in Moselle: what is due then is told on Monday 29."""
    assert steps(date(2025, 9, 1), date(2025, 12, 26))[ENDED] == date(2025, 12, 29)


def test_what_prepares_an_end_is_told_the_open_day_before():
    """30 days before Monday 25 January 2027 is Saturday 26 December; Friday 25 is closed too."""
    assert steps(date(2026, 9, 1), date(2027, 1, 25))["first"] == date(2026, 12, 24)


def test_leap_day_and_year_end():
    assert steps(date(2028, 1, 3), date(2028, 2, 29))[ENDED] == date(2028, 2, 29)
    assert steps(date(2027, 9, 1), date(2028, 3, 30))["first"] == date(2028, 2, 29)
    assert steps(date(2026, 10, 1), date(2026, 12, 31))[ENDED] == date(2026, 12, 31)


def test_a_change_of_hour_moves_no_day():
    """Clocks go back on 25 October 2026 and forward on 28 March 2027, both Sundays."""
    assert steps(date(2026, 9, 1), date(2026, 10, 25))[ENDED] == date(2026, 10, 26)
    assert steps(date(2027, 1, 4), date(2027, 3, 28))[ENDED] == date(2027, 3, 30)  # Easter Monday is closed
    assert steps(date(2027, 1, 4), date(2027, 4, 6))["second"] == date(2027, 3, 30)


@pytest.mark.parametrize("outcome", ["dropped_out", "excluded", ""])
def test_an_early_exit_is_told_at_once(outcome: str):
    found = steps(date(2026, 11, 2), date(2027, 1, 29), date(2026, 11, 10), outcome)
    assert found == {ENDED: date(2026, 11, 10), REMINDER: date(2026, 11, 25)}


def test_an_exit_into_a_job_waits_two_open_days():
    found = steps(date(2026, 11, 2), date(2027, 1, 29), date(2026, 11, 10), "job")
    assert found[ENDED] == date(2026, 11, 13)  # the 11th is a holiday


def test_who_never_started_is_told_of_at_once():
    assert steps(date(2026, 11, 2), date(2027, 1, 29), None, "never_started")[ENDED] == date(2026, 11, 2)


@pytest.mark.parametrize(("ends", "outcome"), [(None, ""), (date(2027, 1, 29), "cancelled")])
def test_nothing_is_planned_from_an_unknown_end_nor_a_cancelled_session(ends: date | None, outcome: str):
    assert steps(date(2026, 11, 2), ends, None, outcome) == {}
