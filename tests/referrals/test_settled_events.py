"""A proof seen settles the event before it, whatever lists come or go; a list of events is about whom it names."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals.models import RegistrationGap
from referrals.services.gaps import resolve_gap
from tests.cast import actor
from tests.files import OCTOBER, bring, confirm
from tests.referrals.registration import crowd
from tests.referrals.test_undo import a_list, undo

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel("2026-11-25 10:00:00+01:00", tick=True):
        yield


def exits(cast, *people, day, month):
    header = "Nom;Prénom;Date de naissance;Identifiant PE;Situation;Date;Motif"
    said = f"Cessation;{day};Défaut d'actualisation"
    lines = [f"{last};{first};{born};{pes};{said}" for pes, last, first, born, _ in people]
    job = bring(cast.adviser, "registration", "\r\n".join([header, *lines]).encode(), month=month, nature="events")
    return confirm(cast.adviser, job)


def gaps(cast, name):
    with tenant(Actor.system(cast.department.pk)):
        return list(RegistrationGap.objects.filter(beneficiary__last_name=name).values_list("kind", "state"))


def prove(cast, name, on):
    with tenant(actor(cast.officer_metz, datetime.fromisoformat(on))) as acting:
        gap = RegistrationGap.objects.get(beneficiary__last_name=name, state="open")
        resolve_gap(acting, gap=gap, note="Attestation vue")


def test_a_proof_seen_since_settles_an_event_whatever_lists_come_or_go(cast):
    people = crowd(cast, 3)
    name = people[0][1]
    exits(cast, people[0], day="15/09/2026", month=OCTOBER)
    prove(cast, name, "2026-11-15T10:00:00+01:00")
    named = a_list(cast, people, NOVEMBER)
    undo(cast, named)
    exits(cast, people[1], day="20/11/2026", month=NOVEMBER)
    assert gaps(cast, name) == [("ceased", "resolved")]
    assert gaps(cast, people[1][1]) == [("ceased", "open")]
    exits(cast, people[0], day="15/09/2026", month=NOVEMBER)  # named again, for the same event
    assert gaps(cast, name) == [("ceased", "resolved")]
    exits(cast, people[0], day="20/11/2026", month=NOVEMBER)  # another event
    assert sorted(gaps(cast, name)) == [("ceased", "open"), ("ceased", "resolved")]


def test_an_event_settled_does_not_hide_an_absence_since(cast):
    people = crowd(cast, 3)
    exits(cast, people[0], day="15/09/2026", month=OCTOBER)
    prove(cast, people[0][1], "2026-10-15T10:00:00+02:00")
    a_list(cast, people[1:], NOVEMBER)
    assert sorted(gaps(cast, people[0][1])) == [("ceased", "resolved"), ("not_reregistered", "open")]


def test_a_list_of_events_opens_nothing_for_whom_it_does_not_name(cast):
    people = crowd(cast, 3)
    exits(cast, people[0], day="15/09/2026", month=OCTOBER)
    with tenant(Actor.system(cast.department.pk)):
        RegistrationGap.objects.update(state="void")
    exits(cast, people[1], day="16/09/2026", month=OCTOBER)
    assert gaps(cast, people[0][1]) == [("ceased", "void")]
    a_list(cast, people[1:], OCTOBER)
    assert sorted(gaps(cast, people[0][1])) == [("ceased", "open"), ("ceased", "void")]
