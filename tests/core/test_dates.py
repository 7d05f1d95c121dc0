import datetime as dt

import pytest

from hub.core.dates import DateRead, add_months, age_on, parse_date

TODAY = dt.date(2026, 11, 22)
BORN = dt.date(1985, 4, 12)


@pytest.mark.parametrize(
    "cell",
    [
        "12/04/1985",
        "12-04-1985",
        "12.04.1985",
        "12/4/1985",
        " 12/04/1985 ",
        "12/04/1985 00:00",
        "1985-04-12",
        "1985-04-12 00:00:00.0",
        "1985-04-12T00:00:00Z",
        "1985-04-12T00:00:00+02:00",
        "19850412",
        "31149",
        31149,
        31149.0,
        31149.5,
        dt.date(1985, 4, 12),
        dt.datetime(1985, 4, 12, 10, 30),
    ],
)
def test_every_accepted_form_gives_the_same_day(cell):
    assert parse_date(cell, today=TODAY) == DateRead(BORN)
    assert parse_date(cell, today=TODAY, birth=True) == DateRead(BORN)


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_nothing_is_not_an_error(cell):
    assert parse_date(cell, today=TODAY) == DateRead()


@pytest.mark.parametrize(
    "cell",
    [
        "31/02/2026",
        "00/00/1980",
        "12/13/1985",
        "04/31/1985",
        "19920-02-29",
        "2026-02-30",
        "32/12/2026",
        "29/02/2026",
        "2 nov. 2026",
        "12/04-1985",
        "12041985",
        "1985",
        "123",
        "demain",
        "12/04/985",
        "٣١/٠٢/٢٠٢٦",
        True,
        dt.time(8),
        60,
        90_000,
        -5,
        "1" * 10_000,
    ],
)
def test_what_is_not_a_date_is_said_and_never_guessed(cell):
    assert parse_date(cell, today=TODAY) == DateRead(error="DATE_INVALIDE")


def test_two_digit_years_turn_on_the_present_year_and_are_warned_about():
    assert parse_date("05/01/70", today=TODAY, birth=True) == DateRead(dt.date(1970, 1, 5), None, "ANNEE_DEUX_CHIFFRES")
    assert parse_date("05/01/26", today=TODAY, birth=True).value == dt.date(2026, 1, 5)
    assert parse_date("05/01/27", today=TODAY, birth=True).value == dt.date(1927, 1, 5)
    assert parse_date("05/01/27", today=TODAY) == DateRead(dt.date(2027, 1, 5), None, "ANNEE_DEUX_CHIFFRES")


def test_birth_dates_have_bounds():
    assert parse_date("23/11/2026", today=TODAY, birth=True) == DateRead(error="DATE_FUTURE")
    assert parse_date("23/11/2026", today=TODAY).value == dt.date(2026, 11, 23)
    assert parse_date("01/01/1890", today=TODAY, birth=True) == DateRead(error="DATE_INCOHERENTE")


@pytest.mark.parametrize(
    ("cell", "partial"),
    [("00/00/1980", "1980"), ("00/05/1980", "1980-05"), ("1980-00-00", "1980"), ("00/13/1980", None)],
)
def test_incomplete_civil_status_gives_a_partial_birth_date(cell, partial):
    assert parse_date(cell, today=TODAY, birth=True) == DateRead(error="DATE_INVALIDE", partial=partial)


def test_months_are_added_within_shorter_months():
    assert add_months(dt.date(2026, 1, 31), 1) == dt.date(2026, 2, 28)
    assert add_months(dt.date(2026, 10, 12), 6) == dt.date(2027, 4, 12)
    assert add_months(dt.date(2026, 11, 30), 1) == dt.date(2026, 12, 30)
    assert add_months(dt.date(2026, 12, 31), 2) == dt.date(2027, 2, 28)
    assert add_months(dt.date(2026, 3, 15), -3) == dt.date(2025, 12, 15)


def test_age():
    assert age_on(BORN, dt.date(2026, 4, 11)) == 40
    assert age_on(BORN, dt.date(2026, 4, 12)) == 41
