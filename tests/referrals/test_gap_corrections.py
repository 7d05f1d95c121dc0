"""The list given back to Pôle emploi: its identifiers, by agency, nothing social, a reason, no formula."""

from __future__ import annotations

import pytest

from hub.core.actor import Actor
from hub.core.gate import tenant
from referrals.models import Beneficiary
from tests.cast import client
from tests.referrals.test_gap_recipients import gap

pytestmark = pytest.mark.django_db
PAGE, FILE = "/inscriptions/a-corriger/", "/inscriptions/a-corriger/fichier/"


@pytest.fixture
def asked(cast):
    """One person of each track, both known to Pôle emploi; the first has a name that would be a formula."""
    for track, name in (("professional", "=FICTIF"), ("socio_professional", "BIDON")):
        found = gap(cast, "disappeared", track)
        with tenant(Actor.system(cast.department.pk)):
            Beneficiary.objects.filter(pk=found.beneficiary_id).update(pes_id=f"990000{len(name)}", last_name=name)
    return cast


def test_the_agency_reads_its_own_people_and_the_department_all(asked):
    own = client(asked.adviser).get(PAGE).content.decode()
    assert "=FICTIF" in own
    assert "BIDON" not in own
    everybody = client(asked.officer_metz).get(PAGE).content.decode()
    assert "BIDON" in everybody
    assert "Agence de Metz" in everybody
    for member in (asked.udaf_lead, asked.charity, asked.social_worker, asked.controller):
        assert client(member).get(PAGE).status_code == 403


def test_the_file_asks_a_reason_and_holds_nothing_social(asked):
    browser = client(asked.officer_metz)
    assert browser.post(FILE, {"reason": " "}).status_code == 302
    said = browser.post(FILE, {"reason": "Retour mensuel", "agency": "Agence de Metz"}).content.decode()
    assert "'=FICTIF" in said
    assert len(said.splitlines()) == 3
    for word in ("UDAF", "professionn", "RSA", "Metz", "Moselle"):
        assert word not in said
    assert len(browser.post(FILE, {"reason": "x", "agency": "Ailleurs"}).content.decode().splitlines()) == 1
