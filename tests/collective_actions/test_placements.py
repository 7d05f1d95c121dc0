"""A job found: a word at 8 days, 1, 3 and 6 months, a hand when asked for, an end without blame."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from collective_actions.models import Placement, PlacementStep, Trainee
from collective_actions.services.endings.following import record_interview
from collective_actions.services.placements import (
    end_placement,
    note_step,
    placement_steps,
    record_placement,
    signal_difficulty,
)
from hub.core.actor import PARIS, Actor
from hub.core.errors import Conflict, Invalid
from hub.core.gate import tenant
from notifications.models import Notification
from referrals.models import AbsenceExplanation
from tests.cast import actor, client
from tests.collective_actions.test_endings import END, at, clock, listed
from tests.people import decision

pytestmark = pytest.mark.django_db
START = date(2027, 1, 4)


@pytest.fixture
def job(cast) -> Placement:
    """Amélie, seen by the job developer at the end of her training, works since 4 January 2027."""
    people = listed(cast, "amelie")
    decision(cast, people["amelie"])  # UDAF is the referent
    clock(cast, END)
    with tenant(actor(cast.developer, at(START))) as acting:
        trainee = Trainee.objects.select_related("beneficiary").get()
        record_interview(acting, trainee=trainee, on=START, result="placed")
        return record_placement(
            acting, person=trainee.beneficiary, trainee=trainee, contract="long", starts_on=START, employer="Fictive"
        )


def told(member) -> list[str]:
    with tenant(Actor.system(member.department_id)):
        found = Notification.objects.filter(user_id=member.user_id, kind__startswith="placement_")
        return list(found.order_by("seq").values_list("kind", flat=True))


def test_steps_fall_on_open_days_up_to_six_months():
    assert dict(placement_steps(START, "57")) == {
        "week": date(2027, 1, 12), "month": date(2027, 2, 4), "quarter": date(2027, 4, 5), "half": date(2027, 7, 5),
    }  # fmt: skip
    assert dict(placement_steps(date(2027, 8, 31), "57"))["half"] == date(2028, 2, 29)


def test_each_step_is_told_once_to_whoever_placed_her(cast, job):
    clock(cast, date(2027, 1, 11))
    assert told(cast.developer) == []
    clock(cast, date(2027, 1, 12), date(2027, 1, 13))
    assert told(cast.developer) == ["placement_step"]
    with tenant(actor(cast.developer, at(date(2027, 2, 3)))) as acting:
        note_step(acting, placement=job)
        assert PlacementStep.objects.filter(done_on=None).count() == 3
    clock(cast, date(2027, 2, 4))
    assert told(cast.developer) == ["placement_step"] * 2
    assert told(cast.udaf_lead) == []


def test_the_developer_sees_her_as_long_as_the_job_is_followed(cast, job):
    with tenant(actor(cast.developer, at(date(2027, 6, 30)))) as acting:
        assert Placement.objects.count() == 1
        end_placement(acting, placement=job, on=date(2027, 6, 28))
    with tenant(actor(cast.developer, at(date(2027, 8, 1)))):
        assert Placement.objects.count() == 0


def test_a_job_nobody_ends_closes_by_itself_after_six_months(cast, job):
    for day, seen in ((date(2027, 8, 2), 1), (date(2027, 8, 4), 0)):
        with tenant(actor(cast.developer, at(day))):
            assert Placement.objects.count() == seen


def test_a_difficulty_is_told_to_the_referent_until_it_is_settled(cast, job):
    with tenant(actor(cast.developer, at(date(2027, 1, 20)))) as acting:
        signal_difficulty(acting, placement=job)
        signal_difficulty(acting, placement=job)
    assert told(cast.udaf_lead) == ["placement_difficulty"]
    assert told(cast.developer) == []
    with tenant(actor(cast.developer, at(date(2027, 1, 21)))) as acting:
        assert note_step(acting, placement=job).difficulty_on is None


def test_an_end_asks_no_reason_and_registration_is_a_question_five_open_days_later(cast, job):
    with tenant(actor(cast.developer, at(date(2027, 3, 1)))) as acting:
        with pytest.raises(Invalid):
            end_placement(acting, placement=job, on=date(2027, 3, 2))
        end_placement(acting, placement=job, on=date(2027, 2, 26))
        with pytest.raises(Conflict):
            signal_difficulty(acting, placement=job)
    clock(cast, date(2027, 3, 4))
    assert told(cast.udaf_lead) == []
    clock(cast, date(2027, 3, 5), date(2027, 4, 5))
    assert told(cast.udaf_lead) == ["placement_ended"]
    assert told(cast.developer) == []


def test_who_works_again_is_not_asked_about(cast, job):
    with tenant(actor(cast.developer, at(date(2027, 3, 1)))) as acting:
        end_placement(acting, placement=job, on=date(2027, 2, 26))
        record_placement(acting, person=job.beneficiary, contract="short", starts_on=date(2027, 3, 1))
    clock(cast, date(2027, 3, 5))
    assert told(cast.udaf_lead) == []


def test_a_job_explains_the_absence_until_it_ends(cast, job):
    clock(cast, START)
    with tenant(actor(cast.head)):
        assert AbsenceExplanation.objects.get(source="job").until == date(2027, 7, 4)
    with tenant(actor(cast.developer, at(date(2027, 3, 1)))) as acting:
        end_placement(acting, placement=job, on=date(2027, 2, 26))
    clock(cast, date(2027, 3, 1))
    with tenant(actor(cast.head)):
        assert AbsenceExplanation.objects.get(source="job").until == date(2027, 2, 26)


def test_one_job_at_a_time(cast, job):
    with tenant(actor(cast.head, at(START))) as acting, pytest.raises(Conflict):
        record_placement(acting, person=job.beneficiary, contract="short", starts_on=START)


def test_screens(cast):
    listed(cast, "amelie", on=datetime.now(PARIS).date())
    today = datetime.now(PARIS).date()
    with tenant(actor(cast.head)) as acting:
        Trainee.objects.update(starts_on=today - timedelta(days=60))
        trainee = Trainee.objects.get()
        record_interview(acting, trainee=trainee, on=today, result="placed")
    browser = client(cast.head)
    assert "Noter l'emploi trouvé" in browser.get(reverse("training_end", args=[trainee.pk])).content.decode()
    wrong = browser.post(reverse("placement_new", args=[trainee.pk]), {"contract": "", "starts_on": ""})
    assert wrong.status_code == 422
    early = {"contract": "permanent", "starts_on": str(today - timedelta(days=61))}
    refused = browser.post(reverse("placement_new", args=[trainee.pk]), early)
    assert refused.status_code == 422 and "La formation a commencé le" in refused.content.decode()
    made = browser.post(
        reverse("placement_new", args=[trainee.pk]), {"contract": "permanent", "starts_on": str(today)}, follow=True
    )
    assert "Points à faire" in made.content.decode()
    with tenant(actor(cast.head)):
        pk = Placement.objects.get().pk
    assert "Médiation demandée" in browser.post(reverse("placement_hard", args=[pk]), follow=True).content.decode()
    assert "Faire le point" in browser.get("/").content.decode()
    assert "médiation demandée" in browser.get(reverse("person", args=[trainee.beneficiary_id])).content.decode()
    assert "Point noté" in browser.post(reverse("placement_well", args=[pk]), follow=True).content.decode()
    assert "CDI" in browser.get(reverse("placements") + "?mine=on").content.decode()
    ended = browser.post(reverse("placement_end", args=[pk]), {"on": str(today)}, follow=True)
    assert "ce suivi est clos" in ended.content.decode()
