"""Nobody is convened on a week-end nor at night, by page, service or API."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from hub.core.actor import PARIS
from hub.core.errors import Invalid
from hub.core.gate import tenant
from hub.core.workdays import is_open
from referrals.models import Slot
from referrals.services.appointments.planning import in_france
from tests.campaigns import slot
from tests.cast import actor, client

pytestmark = pytest.mark.django_db


def day_off(weekday):
    """The first such day of the week far enough, holiday or not closed."""
    day = datetime.now(PARIS).date() + timedelta(days=20)
    while day.weekday() != weekday or not is_open(day, working_days=range(7)):
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize(
    ("day", "at", "minutes", "word"),
    [(5, 10, 30, "samedi"), (6, 10, 30, "dimanche"), (1, 6, 30, "07:00"), (1, 22, 30, "20:00"), (1, 19, 90, "20:00"),
     (1, 23, 120, "20:00")],
)  # fmt: skip
def test_nobody_is_convened_on_a_week_end_nor_at_night(cast, day, at, minutes, word):
    on = day_off(day)
    with pytest.raises(Invalid) as refused:
        slot(cast, on=on, at=at, duration=minutes)
    assert word in refused.value.message and set(refused.value.fields) <= {"on", "at"}
    browser = client(cast.officer_metz)
    given = {"place": "CMS", "on": f"{on}", "at": f"{at:02}:00", "duration": minutes, "repeat": 1, "capacity": 2}
    page = browser.post("/convocations/creneaux/nouveau/", given | {"mode": "on_site"})
    assert page.status_code == 422 and word in page.content.decode()
    body = {"place": "CMS", "starts_at": in_france(on, time(at)).isoformat(), "duration": minutes, "capacity": 2}
    answer = browser.post("/api/v1/slots/", body, "application/json", headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 400 and word in answer.content.decode()
    with tenant(actor(cast.head)):
        assert not Slot.objects.exists()


def test_a_slot_that_ends_at_eight_in_the_evening_is_open(cast):
    assert slot(cast, on=day_off(1), at=19, duration=60).capacity == 5
