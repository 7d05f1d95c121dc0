"""Twelve months of lists on a person's file: what each list said, withdrawn with it, never to whoever may not."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import ImportRow
from referrals.models import Beneficiary, RegistrationMonth
from referrals.selectors.months import months_of
from referrals.services.explanations import explain_absence
from referrals.services.matches import decide_match
from tests.cast import actor, client
from tests.files import OCTOBER, bring, confirm
from tests.people import METZ, decision, person
from tests.referrals.registration import classic, crowd, exits, gap_of, sample_people, stock
from tests.referrals.test_undo import SEPTEMBER, a_list, undo

pytestmark = pytest.mark.django_db
NOVEMBER_25 = "2026-11-25 10:00:00+01:00"


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel(NOVEMBER_25, tick=True):
        yield


def said(cast):
    """{(last name, month): state} of everything lists said."""
    with tenant(Actor.system(cast.department.pk)):
        rows = RegistrationMonth.objects.values_list("beneficiary__last_name", "month", "state")
        return {(name, month): state for name, month, state in rows}


def test_each_list_says_who_was_there_and_who_was_not(cast):
    people = crowd(cast, 4)
    names = [one[1] for one in people]
    a_list(cast, people[:3], SEPTEMBER)
    a_list(cast, people[1:3], OCTOBER)
    found = said(cast)
    assert [found[name, SEPTEMBER] for name in names] == ["listed", "listed", "listed", "absent"]
    assert [found[name, OCTOBER] for name in names] == ["absent", "listed", "listed", "absent"]
    assert len(found) == 8


def test_an_exit_an_explained_absence_and_a_delay_are_told_apart(cast):
    sample_people(cast)
    confirm(cast.adviser, stock(cast))
    confirm(cast.adviser, exits(cast))
    with tenant(Actor.system(cast.department.pk)):
        states = set(RegistrationMonth.objects.values_list("state", flat=True))
        agencies = set(RegistrationMonth.objects.filter(state="listed").values_list("agency", flat=True))
    assert states >= {"listed", "left", "absent"}
    assert "" not in agencies
    people = crowd(cast, 2)
    with tenant(actor(cast.head)) as acting:
        absent = RegistrationMonth.objects.filter(state="absent").first().beneficiary
        explain_absence(acting, person=absent, kind="training", starts_on=date(2026, 10, 1))
    a_list(cast, people, date(2026, 11, 1))
    with tenant(Actor.system(cast.department.pk)):
        assert RegistrationMonth.objects.get(beneficiary=absent, month=date(2026, 11, 1)).state == "explained"


def test_until_absence_is_concluded_nobody_is_said_absent(cast):
    people = crowd(cast, 3)
    confirm(cast.adviser, bring(cast.adviser, "registration", classic(*people[:1], day=OCTOBER), month=OCTOBER,
                                nature="events"))  # fmt: skip
    assert set(said(cast).values()) == {"registered"}


def test_a_list_taken_back_takes_what_it_said(cast):
    people = crowd(cast, 4)
    a_list(cast, people[:3], SEPTEMBER)
    before = said(cast)
    october = a_list(cast, people[:2], OCTOBER)
    assert said(cast) != before
    undo(cast, october)
    assert said(cast) == before


def test_the_file_shows_twelve_squares_and_the_same_in_a_table(cast):
    people = crowd(cast, 3)
    a_list(cast, people[:2], SEPTEMBER)
    a_list(cast, people[:1], OCTOBER)
    with tenant(Actor.system(cast.department.pk)):
        who = RegistrationMonth.objects.get(beneficiary__last_name=people[1][1], month=OCTOBER).beneficiary
    shown = client(cast.head).get(f"/personnes/{who.pk}/").content.decode()
    assert shown.count('class="month-mark') == 12
    assert "octobre 2026 : Absente de la liste" in shown
    assert "septembre 2026 : Présente sur la liste" in shown
    assert "Agence de Metz" in shown
    assert '<th scope="row">octobre 2026</th><td>Absente de la liste</td>' in shown


def test_whoever_may_not_know_the_motive_does_not_tell_an_exit_from_an_absence(cast):
    sample_people(cast)
    confirm(cast.adviser, stock(cast))
    confirm(cast.adviser, exits(cast))
    left, absent = gap_of(cast, "MAELLE"), gap_of(cast, "FATOUMATA")
    shown = {}
    for gap in (left, absent):
        page = client(cast.udaf_lead).get(f"/inscriptions/{gap.pk}/")
        shown[gap.pk] = [(one.state, one.label, one.agency) for one in page.context["record"].months]
        assert "octobre 2026 : À vérifier avec la personne" in page.content.decode()
    assert shown[left.pk][-2] == shown[absent.pk][-2]


def test_whoever_does_not_work_on_registrations_reads_no_month(cast):
    a_list(cast, crowd(cast, 2), OCTOBER)
    with tenant(Actor.system(cast.department.pk)):
        who = RegistrationMonth.objects.first().beneficiary
    for member in (cast.controller, cast.charity, cast.siae_worker, cast.developer, cast.other_officer, cast.adviser):
        with tenant(actor(member)) as acting:
            assert months_of(acting, who) == []
    assert "month-mark" not in client(cast.controller).get(f"/personnes/{who.pk}/").content.decode()


def test_a_line_recognised_later_says_it_was_there_after_all(cast):
    people = crowd(cast, 3)
    line = ("9900001Z000", "NOMINVENTTEA", "Alex", people[0][3], "57010")
    job = a_list(cast, [line, *people[1:]], OCTOBER)
    with tenant(actor(cast.officer_metz)) as acting:
        row = ImportRow.objects.select_related("job").get(job=job, verdict="unknown")
        who = Beneficiary.objects.get(last_name=people[0][1])
        before = RegistrationMonth.objects.count()
        assert RegistrationMonth.objects.get(beneficiary=who).state == "absent"
        decide_match(acting, row=row, answer="person", beneficiary=who)
        assert RegistrationMonth.objects.get(beneficiary=who).state == "listed"
        assert RegistrationMonth.objects.count() == before


def test_twelve_months_cost_two_queries(cast):
    a_list(cast, crowd(cast, 2), OCTOBER)
    with tenant(Actor.system(cast.department.pk)):
        who = RegistrationMonth.objects.first().beneficiary
    with tenant(actor(cast.head)) as acting, CaptureQueriesContext(connection) as counted:
        assert len(months_of(acting, who)) == 12
    assert len(counted) == 2


def test_an_older_list_concludes_where_no_later_month_has(cast):
    for name, insee in (("A", METZ), ("B", "57672")):
        decision(cast, person(cast, last_name=f"NOMINVENTE{name}", insee=insee))
    here = ("5700001A", "NOMINVENTEA", "Amélie", "12/04/1985", "")
    stranger = ("5700009A", "NOMAUTRE", "Zoé", "01/05/1990", "")
    opened = []
    for month, told, place in ((11, here, cast.metz), (10, stranger, cast.thionville), (10, stranger, cast.metz)):
        day = date(2026, month, 1)
        given = {"month": day, "nature": "complete", "territory": place, "again": True}
        job = bring(cast.officer_metz, "registration", classic(told, day=day), **given)
        opened.append(confirm(cast.officer_metz, job, knowingly=True).counts["gaps_opened"])
    assert opened == [0, 1, 0]
