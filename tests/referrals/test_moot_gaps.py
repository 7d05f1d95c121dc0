"""Somebody need not register any more: her open gap has no object, at once and not at the next list."""

from __future__ import annotations

import pytest

from hub.core.gate import tenant
from referrals.models import RegistrationGap, TrackDecision
from referrals.services.pathways import void_decision
from referrals.services.people import update_beneficiary
from tests.cast import actor
from tests.files import OCTOBER, bring, confirm
from tests.people import reread
from tests.referrals.registration import classic, crowd
from tests.referrals.test_gap_steps import notices

pytestmark = pytest.mark.django_db


@pytest.fixture
def gap(cast) -> RegistrationGap:
    people = crowd(cast, 2)
    confirm(cast.adviser, bring(cast.adviser, "registration", classic(people[0]), month=OCTOBER, nature="complete"))
    with tenant(actor(cast.officer_metz)):
        return RegistrationGap.objects.select_related("beneficiary").get()


@pytest.mark.parametrize(
    ("values", "closing"),
    [
        ({"rights_state": "closed"}, "rights_closed"),
        ({"subject_to_obligations": False}, "not_subject"),
    ],
)
def test_closed_by_hand_on_her_file(cast, gap, values, closing):
    with tenant(actor(cast.officer_metz)) as acting:
        update_beneficiary(acting, person=gap.beneficiary, values=values)
    now = reread(cast, gap)
    assert (now.state, now.closing) == ("lapsed", closing)
    assert notices(cast, "gap_closed")


def test_her_track_was_a_mistake(cast, gap):
    with tenant(actor(cast.officer_metz)) as acting:
        void_decision(acting, decision=TrackDecision.objects.get(beneficiary=gap.beneficiary), reason="Erreur")
    now = reread(cast, gap)
    assert (now.state, now.closing) == ("lapsed", "other")


def test_any_other_change_leaves_it_open(cast, gap):
    with tenant(actor(cast.officer_metz)) as acting:
        update_beneficiary(acting, person=gap.beneficiary, values={"rights_state": "suspended", "phone": "0600000001"})
    assert reread(cast, gap).state == "open"
