"""What the services of people refuse to write."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.core.errors import Conflict, Invalid
from hub.core.gate import tenant
from referrals.services.people import update_beneficiary
from tests.cast import actor
from tests.people import person, reread

pytestmark = pytest.mark.django_db


def change(cast, who, version=None, **values):
    with tenant(actor(cast.social_worker)) as acting:
        return update_beneficiary(acting, person=who, values=values, version=version)


def test_an_older_version_changes_nothing(cast):
    who = person(cast, last_name="AVANT", phone="0601020304")
    now = change(cast, who, version=who.updated_at, phone="0611111111")
    with pytest.raises(Conflict) as refused:
        change(cast, who, version=who.updated_at, last_name="APRES")
    assert (refused.value.code, refused.value.status) == ("stale", 409)
    kept = reread(cast, who)
    assert (kept.last_name, kept.phone, kept.updated_at) == ("AVANT", "+33611111111", now.updated_at)
    assert change(cast, who, version=now.updated_at, last_name="APRES").last_name == "APRES"


def test_a_postcode_is_read_or_refused(cast):
    who = person(cast, postcode="57 000")
    assert who.postcode == "57000"
    assert change(cast, who, postcode="1000").postcode == "01000"
    with pytest.raises(Invalid) as refused:
        change(cast, who, postcode="METZ")
    assert refused.value.fields.keys() == {"postcode"}
    assert reread(cast, who).postcode == "01000"
    assert change(cast, who, postcode="").postcode == ""


def test_a_right_does_not_open_in_the_future(cast):
    today = actor(cast.social_worker).today
    who = person(cast, rights_opened_on=today)
    with pytest.raises(Invalid) as refused:
        change(cast, who, rights_opened_on=today + timedelta(days=1))
    assert refused.value.fields.keys() == {"rights_opened_on"}
    assert reread(cast, who).rights_opened_on == today


def test_a_coming_right_already_on_file_does_not_lock_the_rest(cast):
    who = person(cast)
    coming = actor(cast.social_worker).today + timedelta(days=20)
    with tenant(actor(cast.social_worker)):  # as an import writes it
        type(who).objects.filter(pk=who.pk).update(rights_opened_on=coming)
    assert change(cast, who, rights_opened_on=coming, city="METZ").city == "METZ"


def test_a_household_shares_its_caf_number_and_even_a_role(cast):
    shared = {"caf_number": "7654321", "caf_role": "DEM"}
    first, second = person(cast, **shared), person(cast, first_names="Zoé", **shared)
    assert first.caf_number == second.caf_number
