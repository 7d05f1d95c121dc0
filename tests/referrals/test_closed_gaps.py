"""Closed gaps leave the referent's sight after twelve months, by both locks; the anonymous series stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db.models import ForeignKey

from hub.core.actor import Actor
from hub.core.gate import tenant
from hub.core.guard import is_personal
from referrals.models import GapLog, RegistrationGap, RegistrationMeasure
from tests.cast import actor, client
from tests.files import confirm
from tests.people import open_day
from tests.referrals.registration import gap_of, sample_people, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(cast):
    """A gap of somebody UDAF supports, justified today."""
    sample_people(cast)
    confirm(cast.adviser, stock(cast))
    cast.gap = gap_of(cast, "MAELLE")
    client(cast.udaf_worker).post(
        f"/inscriptions/{cast.gap.pk}/justifier/", {"closing": "training", "until": f"{open_day(200)}"}
    )
    return cast


def doors(cast, member):
    """What each door says of that gap: its page, the API, the list of all, PostgreSQL alone."""
    browser = client(member)
    lines = browser.get("/inscriptions/?state=all").context["found"].lines
    with tenant(actor(member)):
        second_lock = RegistrationGap._base_manager.filter(pk=cast.gap.pk).exists()
        journal = GapLog._base_manager.filter(gap=cast.gap).exists()
    return (
        browser.get(f"/inscriptions/{cast.gap.pk}/").status_code,
        browser.get(f"/api/v1/registration-gaps/{cast.gap.pk}/").status_code,
        cast.gap.pk in {line.gap.pk for line in lines},
        second_lock,
        journal,
    )


def test_twelve_months_to_the_day_then_never_again(closed):
    seen, gone = (200, 200, True, True, True), (404, 404, False, False, False)
    assert doors(closed, closed.udaf_worker) == seen
    now = actor(closed.head).now
    with time_machine.travel(now + timedelta(days=364), tick=False):
        assert doors(closed, closed.udaf_worker) == seen
    with time_machine.travel(now + timedelta(days=366), tick=False):
        assert doors(closed, closed.udaf_worker) == gone
        assert doors(closed, closed.udaf_lead) == gone
        assert doors(closed, closed.head) == seen


def test_the_series_says_the_same_when_the_gap_is_out_of_sight(closed):
    def series(member):
        return client(member).get("/inscriptions/tableau/serie.csv").content.decode().splitlines()[1:]

    def counts(lines):
        return [line.split(";")[:6] for line in lines]

    before = counts(series(closed.head)), counts(series(closed.udaf_worker))
    assert before[0]
    with time_machine.travel(actor(closed.head).now + timedelta(days=400), tick=False):
        assert (counts(series(closed.head)), counts(series(closed.udaf_worker))) == before


def test_the_series_hangs_on_no_gap_and_on_nobody(closed):
    related = [f.related_model for f in RegistrationMeasure._meta.get_fields() if isinstance(f, ForeignKey)]
    assert {model.__name__ for model in related} == {"Department", "Territory"}
    assert not any(is_personal(model) for model in (RegistrationMeasure, *related))
    with tenant(Actor.system(closed.department.pk)):
        before = list(RegistrationMeasure.objects.values())
        RegistrationGap.objects.update(state="void", closing="error")
        assert list(RegistrationMeasure.objects.values()) == before
