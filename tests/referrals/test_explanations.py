"""An explained absence opens no gap while it lasts; a gap already open shows it, and the next list closes it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.core.access import get_visible
from hub.core.actor import Actor
from hub.core.errors import Invalid, Refused
from hub.core.gate import tenant
from referrals.models import Beneficiary, RegistrationGap
from referrals.selectors.explanations import explained_now, explanations_of
from referrals.services.explanations import explain_absence
from tests.cast import actor
from tests.files import OCTOBER, bring, confirm
from tests.referrals.registration import classic, crowd

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)


def a_list(cast, people, month):
    given = {"month": month, "nature": "complete"}
    return confirm(cast.adviser, bring(cast.adviser, "registration", classic(*people, day=month), **given))


def explain(cast, index, by=None, **values):
    with tenant(actor(by or cast.udaf_worker)) as acting:
        person = get_visible(acting, Beneficiary, ids(cast)[index]) if by is None else None
        return explain_absence(acting, person=person or Beneficiary(), **{"kind": "training"} | values)


def ids(cast):
    return list(Beneficiary.objects.order_by("internal_id").values_list("pk", flat=True))


def gaps(cast):
    with tenant(Actor.system(cast.department.pk)):
        known = ids(cast)
        return {(known.index(who), state) for who, state in RegistrationGap.objects.values_list("beneficiary", "state")}


def test_while_it_lasts_no_absence_opens_then_the_rules_are_the_usual_ones(cast):
    people = crowd(cast, 4)
    explain(cast, 2, starts_on=date(2026, 8, 1), until=date(2027, 1, 31))
    explain(cast, 3, starts_on=date(2026, 12, 1), until=date(2027, 1, 31))  # not yet: explains nothing of October
    a_list(cast, people[:2], OCTOBER)
    assert gaps(cast) == {(3, "open")}


def test_an_open_gap_shows_it_and_the_next_list_closes_it(cast):
    people = crowd(cast, 3)
    a_list(cast, people[:1], SEPTEMBER)
    assert gaps(cast) == {(1, "open"), (2, "open")}
    made = explain(cast, 1, starts_on=date(2026, 8, 1))
    assert made.until == made.starts_on + timedelta(days=183)
    with tenant(actor(cast.udaf_worker)) as acting:
        known = RegistrationGap.objects.filter(explained_now(acting.today))
        assert [gap.beneficiary_id for gap in known] == [made.beneficiary_id]
        assert set(explanations_of(ids(cast), acting.today)) == {made.beneficiary_id}
    a_list(cast, people[:1], OCTOBER)
    assert gaps(cast) == {(1, "lapsed"), (2, "open")}


def test_who_may_say_it_and_what(cast):
    crowd(cast, 1)
    with pytest.raises(Refused):
        explain(cast, 0, by=cast.controller)
    with pytest.raises(Invalid) as wrong:
        explain(cast, 0, kind="health", until=date(2020, 1, 1))
    assert set(wrong.value.fields) == {"kind", "until"}
