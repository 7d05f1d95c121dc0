"""A referent away: what asks him to act also reaches whoever stands in, while he is away and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import Absence
from partners.services.absences import MOST, possible_stand_ins
from referrals.recipients import STANDING_IN, ended_audience, gap_audience, gap_holders
from referrals.selectors.gap_bulk import targets
from tests.cast import _member, actor, client
from tests.referrals.test_gap_recipients import gap

pytestmark = pytest.mark.django_db
ACCOUNT, AWAY = "/mon-compte/", "/mon-compte/absences/"


def declare(member, first=0, last=3, stand_in=None):
    today = actor(member).today
    given = {"starts_on": today + timedelta(first), "ends_on": today + timedelta(last)}
    return client(member).post(AWAY, given | ({"stand_in": str(stand_in.pk)} if stand_in else {}))


def reasons(cast, audience, *ids, now=None):
    names = {member.user_id: name for name, member in cast.members.items()}
    with tenant(Actor.system(cast.department.pk, now)):
        return {names.get(one.user_id, "colleague"): one.reason for one in audience(ids)}


def test_the_team_is_told_beside_the_referent_while_he_is_away(cast):
    found = gap(cast)
    assert set(reasons(cast, gap_audience, found.pk)) == {"udaf_worker", "officer_metz"}
    assert declare(cast.udaf_worker).status_code == 302
    told = reasons(cast, gap_audience, found.pk)
    assert told["udaf_worker"] == "vous êtes le référent"  # nothing is kept from him
    assert told["udaf_lead"] == STANDING_IN
    assert reasons(cast, gap_holders, found.pk)["udaf_lead"] == STANDING_IN
    assert reasons(cast, ended_audience, found.beneficiary_id)["udaf_lead"] == STANDING_IN
    later = actor(cast.udaf_worker).now + timedelta(days=5)
    assert "udaf_lead" not in reasons(cast, gap_audience, found.pk, now=later)


def test_the_colleague_he_named_is_told_and_not_the_others(cast):
    system = Actor.system(cast.department.pk)
    colleague = _member(system, "colleague", cast.udaf, "counselling", [cast.metz], team=cast.udaf_support)
    found = gap(cast)
    declare(cast.udaf_worker, stand_in=colleague)
    told = reasons(cast, gap_audience, found.pk)
    assert told["colleague"] == STANDING_IN and "udaf_lead" not in told


def test_somebody_told_already_is_not_told_twice(cast):
    found = gap(cast, "ceased", "professional")
    declare(cast.adviser, stand_in=None)
    assert list(reasons(cast, gap_audience, found.pk).values()).count(STANDING_IN) == 0


def test_an_absence_is_noted_shown_and_taken_back_on_one_s_account(cast):
    declare(cast.udaf_worker, 2, 9, stand_in=cast.udaf_lead)
    shown = client(cast.udaf_worker).get(ACCOUNT).content.decode()
    assert "Mes absences" in shown and str(cast.udaf_lead.user) in shown
    absence = Absence.objects.get()
    assert client(cast.adviser).post(f"{AWAY}{absence.pk}/retirer/").status_code == 404
    assert client(cast.udaf_worker).post(f"{AWAY}{absence.pk}/retirer/").status_code == 302
    assert not Absence.objects.exists()


def test_a_manager_notes_the_absence_of_whoever_cannot_and_who_stands_in(cast):
    found, system = gap(cast), Actor.system(cast.department.pk)
    colleague = _member(system, "colleague", cast.udaf, "counselling", [cast.metz], team=cast.udaf_support)
    address, today = f"/membres/{cast.udaf_worker.pk}/absences/", actor(cast.udaf_worker).today
    given = {"starts_on": today, "ends_on": today + timedelta(3), "stand_in": str(colleague.pk)}
    browser = client(cast.udaf_lead)
    assert f'href="{address}"' in browser.get(f"/membres/{cast.udaf_worker.pk}/").content.decode()
    assert browser.post(address, given | {"stand_in": str(cast.udaf_worker.pk)}).status_code == 422
    assert browser.post(address, given).status_code == 302
    assert str(colleague.user) in browser.get(address).content.decode()
    assert reasons(cast, gap_audience, found.pk)["colleague"] == STANDING_IN
    assert "Mes absences" in client(cast.udaf_worker).get(ACCOUNT).content.decode()
    assert str(colleague.user) in client(cast.udaf_worker).get(ACCOUNT).content.decode()
    for other, status in ((colleague, 403), (cast.adviser, 404)):
        assert client(other).get(address).status_code == status
        assert client(other).post(address, given).status_code == status
        assert client(other).post(f"{AWAY}{Absence.objects.get().pk}/retirer/").status_code == 404
    assert browser.post(f"{AWAY}{Absence.objects.get().pk}/retirer/").url == address
    assert not Absence.objects.exists()


def test_a_bad_absence_says_why_and_changes_nothing(cast):
    for first, last, stand_in, said in (
        (3, 1, None, "La fin précède le début."),
        (-5, -2, None, "Choisissez une date à venir."),
        (0, 2, cast.guardian, "absence_stand_in"),
        (0, 2, cast.siae_worker, "absence_stand_in"),
    ):
        refused = declare(cast.udaf_worker, first, last, stand_in)
        assert refused.status_code == 422
        assert said in refused.content.decode()
    assert not Absence.objects.exists()
    for n in range(MOST):
        declare(cast.udaf_worker, n, n)
    assert "retirez-en une" in declare(cast.udaf_worker).content.decode()
    assert Absence.objects.count() == MOST


def test_neither_control_nor_administration_is_offered_to_follow_somebody(cast):
    """Whoever checks or runs the platform gets no follow-up work: not as a stand-in, not by entrusting a gap."""
    with tenant(actor(cast.officer_metz)) as acting:
        offered = {one.pk for one in possible_stand_ins(acting)}
        entrusted = {key for key, _ in targets(acting)}
    for name, wanted in (("head", True), ("officer_thionville", True), ("controller", False), ("admin", False)):
        member = getattr(cast, name)
        assert (member.pk in offered) is wanted, name
        assert (f"member:{member.pk}" in entrusted) is wanted, name
