"""T5: every text of a person carries a canary; each level lets out its own and no other (`referrals.disclosure`)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from hub.core.gate import tenant
from referrals.disclosure import FIELDS, ORDER, disclose, levels_of, reaches, short_name
from referrals.models import AccessGrant, Beneficiary, Level
from referrals.services.access import open_access
from tests.cast import actor, client
from tests.people import person

pytestmark = pytest.mark.django_db

CANARIES = {
    "last_name": "CANARINOM",
    "first_names": "Canariprenom Canariautre",
    "birth_name": "CANARINAISSANCE",
    "phone": "0611223344",
    "email": "canari@exemple.invalid",
    "address": "1 rue du Canari",
    "postcode": "57999",
    "city": "CANARIVILLE",
    "caf_number": "7654321",
    "internal_id": "CANARI-INTERNE",
    "contact_through": "Canari intermédiaire",
}
BIRTH = date(1985, 4, 12)
# What a page may show at each level, by field.
SEEN = {
    Level.MINIMAL: set(),
    Level.PLACEMENT: {"last_name", "first_names", "phone", "email", "postcode", "city", "contact_through"},
    Level.REFERRAL: {"last_name", "first_names", "phone", "email", "postcode", "city", "contact_through"},
    Level.SUPPORT: set(CANARIES),
    Level.FULL: set(CANARIES),
}
SHOWN = CANARIES | {"phone": "06 11 22 33 44"}


def canary(cast) -> Beneficiary:
    who = person(cast, insee="", **{name: value for name, value in CANARIES.items() if name != "contact_through"})
    client(cast.social_worker).post(f"/personnes/{who.pk}/contact/", {"contact_through": CANARIES["contact_through"]})
    return who


def opened(cast, who, level):
    with tenant(actor(cast.head)) as acting:
        open_access(
            acting, beneficiary_id=who.pk, organization_id=cast.siae.pk, level=level, reason="Essai", source=who
        )


@pytest.mark.parametrize("level", ORDER)
def test_pages_let_out_what_the_level_shows_and_nothing_else(cast, level):
    who = canary(cast)
    opened(cast, who, level)
    browser = client(cast.siae_worker)
    record = browser.get(f"/personnes/{who.pk}/").content.decode()
    fragment = browser.get(f"/personnes/{who.pk}/", headers={"X-Fragment": "dossier"}).content.decode()
    listed = browser.get("/personnes/").content.decode()
    for name, value in SHOWN.items():
        if name in SEEN[level]:
            assert value in record, name
        else:
            assert value not in record + fragment + listed, name
    assert ("12/04/1985" in record) == (level != Level.MINIMAL)
    if level == Level.MINIMAL:
        assert "Canariprenom C." in listed and "Canariautre" not in listed
        assert "CANARINOM" not in browser.get("/personnes/", {"q": "canarinom"}).content.decode().replace(
            'value="canarinom"', ""
        )
        assert browser.get("/personnes/", {"q": "canarinom"}).context["found"].total == 0


def test_the_table_grows_with_the_level():
    for low, high in pairwise(ORDER):
        assert set(FIELDS[low]) <= set(FIELDS[high])
        assert reaches(high, low) and not reaches(low, high)
    assert not any("nir" in name for fields in FIELDS.values() for name in fields)


def test_the_highest_grant_in_force_decides(cast):
    who = canary(cast)
    opened(cast, who, Level.REFERRAL)
    with tenant(actor(cast.siae_worker)) as acting:
        assert levels_of(acting, [who.pk]) == {who.pk: Level.REFERRAL}
        assert short_name(Beneficiary.objects.get(), Level.MINIMAL) == "Canariprenom C."
        assert set(disclose(Beneficiary.objects.get(), Level.MINIMAL)) == set(FIELDS[Level.MINIMAL])
    with tenant(actor(cast.head)):
        AccessGrant.objects.update(starts_at=datetime(2000, 1, 1, tzinfo=UTC), ends_at=datetime(2001, 1, 1, tzinfo=UTC))
    with tenant(actor(cast.siae_worker)) as acting:
        assert levels_of(acting, [who.pk]) == {}
    assert client(cast.siae_worker).get(f"/personnes/{who.pk}/").status_code == 404


def test_a_confidential_address_stays_so_at_every_level(cast):
    who = canary(cast)
    opened(cast, who, Level.SUPPORT)
    client(cast.social_worker).post(f"/personnes/{who.pk}/contact/", {"confidential_address": "on"})
    shown = client(cast.siae_worker).get(f"/personnes/{who.pk}/").content.decode()
    listed = client(cast.siae_worker).get("/personnes/").content.decode()
    for value in (CANARIES["address"], CANARIES["city"], CANARIES["postcode"]):
        assert value not in shown + listed
