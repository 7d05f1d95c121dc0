"""The end of a training: told once and in time, to who sees people again; followed until an interview closes it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from collective_actions.models import FollowUpContact, FollowUpStep, Trainee, TrainingFigure, TrainingSession
from collective_actions.selectors.candidacies import training_entries
from collective_actions.selectors.endings import board, delays
from collective_actions.services.endings.figures import freeze_figures, rounded
from collective_actions.services.endings.following import call_back, not_now, record_interview, take_charge
from collective_actions.services.endings.planning import plan_trainings
from collective_actions.services.endings.telling import tell_endings
from collective_actions.tasks import follow_trainings
from hub.core.actor import PARIS, Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import collect
from hub.core.gate import tenant
from hub.core.topics import TopicTouched
from notifications.models import Notification
from referrals.models import AbsenceExplanation, AccessGrant
from referrals.selectors.explanations import explanations_of
from tests.cast import actor, client
from tests.collective_actions.rosters import REGION_01, apply_roster, known, line, roster
from tests.files import sample
from tests.people import decision

pytestmark = pytest.mark.django_db
ENTRY, END = date(2026, 9, 7), date(2026, 12, 17)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=PARIS)


def listed(cast, *names: str, on: date = ENTRY, start: date = ENTRY, end: date | None = END, **said: str):
    """These people known and listed in one session, on a day."""
    people = known(cast, *names)
    with time_machine.travel(at(on), tick=False):
        end_said = f"{end:%d/%m/%Y}" if end else ""
        lines = (line(name, start=f"{start:%d/%m/%Y}", end=end_said, **said) for name in names)
        apply_roster(cast.trainer, roster(*lines))
    return people


def again(cast, *lines: str, on: date) -> None:
    with time_machine.travel(at(on), tick=False):
        apply_roster(cast.trainer, roster(*lines))


def clock(cast, *days: date) -> None:
    for day in days:
        with time_machine.travel(at(day), tick=False):
            follow_trainings(str(cast.department.pk))


def told(member) -> list[tuple[str, int]]:
    with tenant(Actor.system(member.department_id)):
        kinds = ("training_ending", "training_ended", "trainee_not_seen")
        found = Notification.objects.filter(user_id=member.user_id, kind__in=kinds).order_by("created_at", "seq")
        return [(one.kind, one.count) for one in found]


def waiting(member) -> int:
    with tenant(Actor.system(member.department_id)):
        return Notification.objects.filter(
            user_id=member.user_id, kind__startswith="train", solved_at=None
        ).count()  # fmt: skip


def the_trainee(cast) -> Trainee:
    with tenant(Actor.system(cast.department.pk)):
        return Trainee.objects.select_related("beneficiary").get()


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_four_steps_each_told_once_to_the_developer_and_the_referent(cast):
    people = listed(cast, "amelie")
    decision(cast, people["amelie"])  # UDAF is the referent
    clock(cast, *every_day(date(2026, 11, 16), date(2026, 11, 18)))
    assert told(cast.developer) == [("training_ending", 1)]
    clock(cast, date(2026, 12, 10), date(2026, 12, 16))
    assert told(cast.developer) == [("training_ending", 1)] * 2
    clock(cast, date(2026, 12, 17), date(2026, 12, 17), date(2027, 1, 4), date(2027, 2, 1))
    assert told(cast.developer) == [
        ("training_ending", 1), ("training_ending", 1), ("training_ended", 1), ("trainee_not_seen", 1),
    ]  # fmt: skip
    assert told(cast.udaf_lead) == told(cast.developer)
    assert told(cast.trainer) == []


@pytest.mark.parametrize("end", [date(2026, 10, 26), date(2027, 3, 30), date(2026, 12, 31), date(2028, 2, 29)])
def test_the_day_begins_at_midnight_here_whatever_the_clocks_do(cast, end: date):
    """The day after clocks go back, one after they go forward, the last of a year, a leap day."""
    listed(cast, "amelie", on=end - timedelta(days=20), start=end - timedelta(days=20), end=end)
    midnight = datetime.combine(end, time(), PARIS)
    for minutes, count in ((-5, 0), (5, 1)):
        with time_machine.travel(midnight + timedelta(minutes=minutes), tick=False):
            follow_trainings(str(cast.department.pk))
        assert told(cast.developer).count(("training_ended", 1)) == count


def test_the_developer_sees_the_person_from_the_first_step_until_30_days_after_the_interview(cast):
    listed(cast, "amelie")
    clock(cast, ENTRY)
    with tenant(actor(cast.developer, at(date(2026, 11, 16)))):
        assert not Trainee.objects.exists()
    clock(cast, date(2026, 11, 17))
    trainee = the_trainee(cast)
    with tenant(actor(cast.developer, at(date(2026, 12, 18)))) as acting:
        assert Trainee.objects.get().pk == trainee.pk
        record_interview(acting, trainee=trainee, on=date(2026, 12, 18), result="placed")
        grant = AccessGrant.objects.get(source_kind="trainee")
        assert (grant.level, grant.ends_at - at(date(2026, 12, 18))) == ("placement", timedelta(days=30))
    with tenant(actor(cast.developer, at(date(2027, 1, 18)))):
        assert not Trainee.objects.exists()


def test_a_corrected_roster_moves_what_is_planned_and_tells_no_step_twice(cast):
    listed(cast, "amelie")
    clock(cast, ENTRY, date(2026, 11, 17))
    again(cast, line("amelie", start="07/09/2026", end="26/02/2027", planned="26/02/2027"), on=date(2026, 11, 20))
    clock(cast, *every_day(date(2026, 12, 9), date(2026, 12, 18)), date(2027, 1, 27))
    assert told(cast.developer) == [("training_ending", 1)]
    clock(cast, date(2027, 2, 19), date(2027, 2, 26))
    assert told(cast.developer) == [("training_ending", 1), ("training_ending", 1), ("training_ended", 1)]


def test_a_session_that_moves_moves_those_who_end_with_it(cast):
    listed(cast, "amelie")
    clock(cast, ENTRY)
    TrainingSession.objects.update(ends_on=date(2027, 1, 15))
    clock(cast, date(2026, 10, 1))
    with tenant(Actor.system(cast.department.pk)):
        due = dict(FollowUpStep.objects.values_list("step", "due_on"))
    assert due == {
        "first": date(2026, 12, 16), "second": date(2027, 1, 8), "ended": date(2027, 1, 15),
        "reminder": date(2027, 2, 1),
    }  # fmt: skip


def test_a_cancelled_session_cancels_what_is_planned_and_closes_access(cast):
    listed(cast, "amelie")
    clock(cast, ENTRY, date(2026, 11, 17))
    TrainingSession.objects.update(cancelled_at=at(date(2026, 11, 20)))
    clock(cast, date(2026, 11, 20), date(2026, 12, 17))
    assert told(cast.developer) == [("training_ending", 1)]
    with tenant(actor(cast.developer, at(date(2026, 11, 21)))):
        assert not Trainee.objects.exists()


def test_an_early_exit_is_told_at_once_and_into_a_job_two_open_days_later(cast):
    said = {"left": "10/11/2026"}
    listed(cast, "amelie", on=date(2026, 11, 10), motive="Abandon", **said)
    clock(cast, date(2026, 11, 10))
    assert told(cast.developer) == [("training_ended", 1)]
    listed(cast, "karim", on=date(2026, 11, 12), number="2", motive="Emploi", **said)
    clock(cast, date(2026, 11, 12))
    assert len(told(cast.developer)) == 1
    clock(cast, date(2026, 11, 13))
    assert len(told(cast.developer)) == 2


def test_the_early_exit_of_the_extract_of_ile_de_france_is_told_at_once(cast):
    known(cast, "amelie", "karim", "coelia")
    left = date(2026, 10, 12)
    with time_machine.travel(at(left), tick=False):
        apply_roster(cast.trainer, sample(REGION_01))
    clock(cast, left)
    assert told(cast.developer) == [("training_ended", 1)]
    with tenant(Actor.system(cast.department.pk)):
        said = FollowUpStep.objects.get(told_on=left)
        assert (said.step, said.beneficiary.first_names) == ("ended", "Karim")


def test_an_unknown_end_tells_nothing_until_somebody_says_it(cast):
    listed(cast, "amelie", end=None)
    clock(cast, ENTRY, END)
    assert told(cast.developer) == []
    again(cast, line("amelie", start="07/09/2026", end="", planned="18/12/2026"), on=date(2026, 12, 18))
    clock(cast, date(2026, 12, 18))
    assert told(cast.developer) == [("training_ended", 1)]


def test_an_old_roster_tells_nobody_and_a_late_one_only_the_last_step(cast):
    listed(cast, "amelie", on=date(2027, 6, 1))
    clock(cast, date(2027, 6, 1))
    assert told(cast.developer) == []
    listed(cast, "karim", on=date(2026, 12, 12), number="2")
    clock(cast, date(2026, 12, 12))
    assert told(cast.developer) == [("training_ending", 1)]


def test_several_ends_of_one_day_are_one_line(cast):
    listed(cast, "amelie", "coelia", "theo")
    clock(cast, date(2026, 12, 17))
    assert told(cast.developer) == [("training_ended", 3)]


def test_whoever_takes_charge_is_told_alone(cast):
    listed(cast, "amelie")
    clock(cast, date(2026, 12, 17))
    trainee = the_trainee(cast)
    with tenant(actor(cast.recruiter, at(date(2026, 12, 17)))) as acting:
        take_charge(acting, trainee=trainee)
    clock(cast, date(2027, 1, 4))
    assert told(cast.recruiter) == [("trainee_not_seen", 1)]
    assert told(cast.developer) == [("training_ended", 1)]


def test_the_interview_closes_the_follow_up_once_and_settles_what_was_told(cast):
    listed(cast, "amelie")
    clock(cast, date(2026, 12, 17))
    trainee = the_trainee(cast)
    with tenant(actor(cast.developer, at(date(2026, 12, 21)))) as acting:
        call_back(acting, trainee=trainee)
        assert the_day(trainee) == date(2026, 12, 23)
        not_now(acting, trainee=trainee)
        assert the_day(trainee) == date(2027, 1, 4)
        for day in (date(2026, 12, 22), date(2026, 12, 16)):  # to come; before the end, when only a job closes it
            with pytest.raises(Invalid):
                record_interview(acting, trainee=trainee, on=day, result="support")
        done = record_interview(
            acting, trainee=trainee, on=date(2026, 12, 21), result="support", next_step="Permis à préparer"
        )
        assert (done.interview_by_id, done.next_step) == (acting.user_id, "Permis à préparer")
        with pytest.raises(Conflict):
            take_charge(acting, trainee=trainee)
        assert [one.kind for one in FollowUpContact.objects.order_by("kind")] == ["call_back", "interview", "not_now"]
    clock(cast, date(2027, 1, 4))
    assert told(cast.developer) == [("training_ended", 1)]
    assert waiting(cast.developer) == 0


def the_day(trainee: Trainee) -> date | None:
    return Trainee.objects.get(pk=trainee.pk).call_back_on


def test_a_death_ends_everything_silently(cast):
    people = listed(cast, "amelie")
    with tenant(Actor.system(cast.department.pk)):
        type(people["amelie"]).objects.update(died_on=date(2026, 12, 1))
    clock(cast, date(2026, 12, 17))
    assert told(cast.developer) == []


def test_a_training_explains_the_absence_from_the_lists_until_its_end(cast):
    people = listed(cast, "amelie")
    clock(cast, ENTRY)
    with tenant(actor(cast.head, at(ENTRY))):
        said = explanations_of([people["amelie"].pk], ENTRY)[people["amelie"].pk]
        assert (str(said), said.note) == ("En formation jusqu'au 17/12/2026", "Agent de propreté")
    again(cast, line("amelie", start="07/09/2026", end="", left="02/11/2026", motive="Abandon"), on=date(2026, 11, 2))
    clock(cast, date(2026, 11, 2))
    with tenant(actor(cast.head)):
        assert AbsenceExplanation.objects.get().until == date(2026, 11, 2)


def test_the_board_counts_and_delays_are_exact(cast):
    listed(cast, "amelie", "coelia")
    listed(cast, "theo", number="2", end=date(2027, 1, 8))
    clock(cast, date(2026, 12, 17))
    with tenant(actor(cast.head, at(date(2026, 12, 21)))) as acting:
        first = board(acting).page.rows[0]
        record_interview(acting, trainee=first, on=date(2026, 12, 21), result="placed")
        assert board(acting).counts == {"ending": 1, "to_see": 1, "late": 0, "seen": 1}
        assert training_entries(acting, 2026).entered == 3
    with tenant(actor(cast.head, at(date(2027, 1, 5)))) as acting:
        whole = delays(acting)[-1]
        assert (whole.seen, whole.median_days, whole.late) == (1, 4, 1)
        assert [line.late for line in board(acting).lines] == [True]
        assert len(board(acting, state="late").lines) == 1
        (place,) = [one for one in delays(acting)[:-1] if one.late]
        assert [len(board(acting, state="late", territory=place.territory).lines)] == [place.late]


@pytest.mark.parametrize(("count", "shown"), [(0, None), (4, None), (5, 5), (7, 5), (8, 10), (12, 10)])
def test_figures_of_the_region_are_rounded(count: int, shown: int | None):
    assert rounded(count) == shown


def test_figures_of_the_region_are_frozen_for_the_month(cast):
    names = ("amelie", "coelia", "theo", "karim", "anais", "jeannoel")
    listed(cast, *names[:5])
    with tenant(Actor.system(cast.department.pk, at(date(2027, 1, 2)))) as acting:
        freeze_figures(acting)
        assert list(TrainingFigure.objects.filter(territory=None).values_list("followed", "seen", "placed")) == [
            (5, None, None)
        ]
    listed(cast, names[5], number="2")
    with tenant(Actor.system(cast.department.pk, at(date(2027, 1, 20)))) as acting:
        freeze_figures(acting)
    shown = client(cast.trainer).get(reverse("roster_coverage")).content.decode()
    assert "masqué" in shown
    assert TrainingFigure.objects.filter(territory=None).count() == 1


def test_gestures_in_one_tap_from_the_board(cast):
    today = datetime.now(PARIS).date()
    listed(cast, "amelie", on=today, start=today - timedelta(days=60), end=today)
    with tenant(Actor.system(cast.department.pk)) as acting:
        plan_trainings(acting)
        FollowUpStep.objects.update(due_on=today)
        tell_endings(acting)
    trainee, browser = the_trainee(cast), client(cast.developer)
    shown = browser.get(reverse("training_ends")).content.decode()
    assert "Je m'en charge" in shown and "aujourd'hui" in shown
    assert "tel:" in shown
    for name, said in (("take", "prenez en charge"), ("again", "deux jours ouvrés"), ("later", "deux semaines")):
        answer = browser.post(reverse(f"training_end_{name}", args=[trainee.pk]), follow=True)
        assert said in answer.content.decode()
    shown = browser.get(reverse("training_ends")).content.decode()
    assert "Pris en charge par" in shown and 'id="fins" data-live-topic="' in shown
    assert "un suivi clos ne se rouvre pas" in shown  # what closes it asks first
    with tenant(actor(cast.developer)) as acting:
        call_back(acting, trainee=trainee)
        touched = {event.topic for event in collect() if isinstance(event, TopicTouched)}
        assert f"training_ends:{cast.department.pk}" in touched  # open boards look again
    wrong = browser.post(reverse("training_end_interview", args=[trainee.pk]), {"on": "", "result": ""})
    assert wrong.status_code == 422
    browser.post(reverse("training_end_placed", args=[trainee.pk]))
    assert "En emploi" in browser.get(reverse("training_ends") + "?state=seen").content.decode()
    assert browser.get(reverse("training_delays_csv")).status_code == 200


def test_who_must_not_be_called_shows_no_number_to_tap(cast):
    today = datetime.now(PARIS).date()
    people = listed(cast, "amelie", on=today, start=today - timedelta(days=60), end=today)
    with tenant(Actor.system(cast.department.pk)):
        type(people["amelie"]).objects.update(do_not_call=True)
    shown = client(cast.head).get(reverse("training_ends")).content.decode()
    assert "Ne pas appeler" in shown
    assert "tel:" not in shown.partition("<tbody>")[2].partition("</tbody>")[0]


def test_today_says_who_ended_and_who_ends_this_week(cast):
    today = datetime.now(PARIS).date()
    for number, (who, days) in enumerate((("amelie", 0), ("theo", 7), ("karim", 8)), start=1):
        end = today + timedelta(days=days)
        listed(cast, who, number=str(number), on=today, start=today - timedelta(days=60), end=end)
    said = client(cast.head).get("/").content.decode()
    ended, _, ending = said.rpartition("Formations qui se terminent cette semaine")
    assert ("Formations terminées, à revoir" in ended, "Amélie" in ended) == (True, True)
    assert ("Théo" in ending, "Karim" in said) == (True, False)
