"""The month a list is proposed for, by the name of its file."""

from __future__ import annotations

from datetime import date

import pytest

from referrals.forms.imports import month_in


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("liste_2026-10.csv", "2026-10"),
        ("liste 202610.xlsx", "2026-10"),
        ("Liste octobre 2026.xlsx", "2026-10"),
        ("LISTE_AOÛT_2026.csv", "2026-08"),
        ("liste decembre 2026.csv", ""),  # not begun
        ("liste.csv", ""),
    ],
)
def test_the_month_told_by_a_name(name, month):
    assert month_in(name, date(2026, 11, 25)) == month
