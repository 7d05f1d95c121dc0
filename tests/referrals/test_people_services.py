"""What the services of people refuse to write."""

from __future__ import annotations

import pytest

from hub.core.errors import Conflict
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
