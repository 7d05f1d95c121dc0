"""When an explained absence ends and the person is still not registered: a question to the referent, not a gap."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals import tasks
from referrals.models import AbsenceExplanation, Beneficiary, RegistrationGap, RegistrationStatus, SupportAssignment
from referrals.services.explanations import explain_absence
from tests.cast import client
from tests.people import decision, person
from tests.referrals.test_gap_steps import at, notices

pytestmark = pytest.mark.django_db
TITLE = "Absences expliquées arrivées à terme"


def ask(year, month, day):
    with at(year, month, day):
        tasks.ask_again()


def asked(cast):
    names = {member.user_id: name for name, member in cast.members.items()}
    return sorted((names[user], count) for user, count, _ in notices(cast, "explanation_ended"))


def section(member):
    with at(2027, 2, 2):
        return TITLE in client(member).get("/").content.decode()


def explain(cast, who, until=date(2027, 1, 31), day=(2026, 12, 1)):
    with at(*day), tenant(Actor.system(cast.department.pk)) as acting:
        explain_absence(acting, person=who, kind="training", until=until)


@pytest.fixture
def followed(cast):
    """Two people of UDAF's worker in training until the end of January; one of nobody yet, whom a list explained."""
    people = [person(cast, last_name=f"FICTIF{letter}") for letter in "ABC"]
    for who in people:
        decision(cast, who)
    explain(cast, people[0])
    explain(cast, people[1])
    with tenant(Actor.system(cast.department.pk)) as acting:
        mine = SupportAssignment.objects.filter(beneficiary__in=people[:2])
        mine.update(referent_id=cast.udaf_worker.user_id)
        RegistrationStatus.objects.create(
            department_id=acting.department_id, beneficiary=people[2], state="ceased", since=date(2026, 8, 1),
            explained_until=date(2027, 1, 30),
        )  # fmt: skip
    return people


def test_the_end_is_asked_once_in_one_line_and_never_opens_a_gap(cast, followed):
    ask(2027, 1, 29)
    assert asked(cast) == []
    ask(2027, 2, 1)
    ask(2027, 2, 1)
    ask(2027, 3, 1)
    assert asked(cast) == [("udaf_lead", 1), ("udaf_worker", 2)]
    with tenant(Actor.system(cast.department.pk)):
        assert not RegistrationGap.objects.exists()
        assert AbsenceExplanation.objects.filter(source="list", asked_on=date(2027, 2, 1)).count() == 1


def test_still_so_until_a_day_ends_the_question_then_it_is_asked_again(cast, followed):
    assert section(cast.udaf_worker)
    assert section(cast.udaf_lead)  # the one nobody was named for
    assert not section(cast.adviser)
    ask(2027, 2, 1)
    for who in followed:
        with at(2027, 2, 2):
            values = {"kind": "training", "until": "2027-06-30"}
            assert client(cast.udaf_lead).post(f"/personnes/{who.pk}/absence/", values).status_code == 302
    assert not section(cast.udaf_worker)
    assert not section(cast.udaf_lead)
    ask(2027, 6, 30)
    assert len(asked(cast)) == 2
    ask(2027, 7, 1)
    assert asked(cast) == [("udaf_lead", 1)] * 2 + [("udaf_worker", 2)] * 2


def test_whoever_is_registered_checked_excused_or_no_longer_obliged_is_not_asked_about(cast, followed):
    first, second, third = followed
    with at(2027, 2, 1), tenant(Actor.system(cast.department.pk)) as acting:
        RegistrationStatus.objects.filter(beneficiary=third).update(state="registered")
        RegistrationGap.objects.create(
            department_id=acting.department_id, beneficiary=first, kind="disappeared", month=date(2027, 1, 1),
            opened_at=acting.now,
        )  # fmt: skip
        Beneficiary.objects.filter(pk=second.pk).update(subject_to_obligations=False)
    ask(2027, 2, 2)
    assert asked(cast) == []
    assert not section(cast.udaf_worker)
    assert not section(cast.udaf_lead)


def answer(member, who, said, day=(2027, 2, 2)):
    with at(*day):
        return client(member).post(f"/personnes/{who.pk}/absence/terme/", {"answer": said})


def gaps(cast):
    with tenant(Actor.system(cast.department.pk)):
        return list(RegistrationGap.objects.values_list("beneficiary", "kind", "state", "month"))


def checked(year, month, day):
    with at(year, month, day):
        tasks.open_checks()


def test_registered_again_is_noted_by_the_partner_and_waits_for_the_next_list(cast, followed):
    ask(2027, 2, 1)
    with at(2027, 2, 2):
        page = client(cast.udaf_worker).get(f"/personnes/{followed[0].pk}/absence/").content.decode()
    assert "Réinscrite" in page and "À vérifier" in page
    assert answer(cast.udaf_worker, followed[0], "registered").status_code == 302
    checked(2027, 2, 2)
    assert gaps(cast) == []
    with at(2027, 2, 3):
        assert "la prochaine liste le confirmera" in client(cast.udaf_worker).get(
            f"/personnes/{followed[0].pk}/"
        ).content.decode().replace("&#x27;", "'")
    ask(2027, 3, 1)
    assert asked(cast) == [("udaf_lead", 1), ("udaf_worker", 2)]  # not asked again
    with at(2027, 2, 2), tenant(Actor.system(cast.department.pk)):
        assert AbsenceExplanation.objects.get(beneficiary=followed[0]).answered_by_id == cast.udaf_worker.user_id


def test_to_check_opens_a_gap_by_the_products_hand_once(cast, followed):
    for who in (followed[1], followed[2]):  # by hand; told by a list, before anybody was asked
        assert answer(cast.udaf_lead, who, "to_check").status_code == 302
    assert gaps(cast) == []
    checked(2027, 2, 2)
    checked(2027, 2, 2)
    january = date(2027, 1, 1)
    assert sorted(gaps(cast), key=str) == sorted(
        [
            (followed[1].pk, "never_registered", "open", january),
            (followed[2].pk, "not_reregistered", "open", january),
        ],
        key=str,
    )
    assert notices(cast, "gap_opened")
    with at(2027, 2, 3), tenant(Actor.system(cast.department.pk)):
        RegistrationGap.objects.update(state="resolved", closing="proven", closed_at=datetime(2027, 2, 3, tzinfo=UTC))
    checked(2027, 2, 4)
    assert len(gaps(cast)) == 2


def test_a_question_nobody_asks_any_more_has_no_answer(cast, followed):
    with at(2027, 1, 10):
        assert "terme" not in client(cast.udaf_worker).get(f"/personnes/{followed[0].pk}/absence/").content.decode()
    for said, day in (("registered", (2027, 1, 10)), ("perhaps", (2027, 2, 2))):
        assert answer(cast.udaf_worker, followed[0], said, day).status_code == 302
    assert answer(cast.adviser, followed[0], "registered").status_code == 404
    with tenant(Actor.system(cast.department.pk)):
        assert not AbsenceExplanation.objects.exclude(answer="").exists()
    answer(cast.udaf_worker, followed[0], "registered")
    answer(cast.udaf_lead, followed[0], "to_check")  # too late: somebody answered
    with tenant(Actor.system(cast.department.pk)):
        assert AbsenceExplanation.objects.get(beneficiary=followed[0]).answer == "registered"
