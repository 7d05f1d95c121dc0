"""Who is told of which gap (domain §5), and who reads the motive."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.services.departments import change_settings
from referrals.models import Beneficiary, GapKind, RegistrationGap, SupportAssignment, TrackDecision
from referrals.recipients import gap_audience
from tests.cast import actor, client
from tests.people import decision, person

pytestmark = pytest.mark.django_db
ABSENT = ("never_registered", "not_reregistered", "disappeared")
ENDED = ("struck_off", "ceased", "category_gap")
# (track, kinds) → who is told, the officer of the place always with them.
TABLE = [
    ("professional", ABSENT, {"social_worker", "officer_metz"}),
    ("professional", ENDED, {"adviser", "officer_metz"}),
    ("socio_professional", ABSENT, {"udaf_worker", "officer_metz"}),
    ("socio_professional", ENDED, {"udaf_worker", "officer_metz"}),
]


def gap(cast, kind="ceased", track="socio_professional", **values):
    """An open gap of a person followed by UDAF's worker, or by the agency on the professional track."""
    who = person(cast, last_name=f"FICTIF{kind}{track}"[:40])
    decision(cast, who, track=track, to=cast.pole_emploi if track == "professional" else cast.udaf)
    with tenant(Actor.system(cast.department.pk)) as acting:
        if track == "socio_professional":
            SupportAssignment.objects.filter(beneficiary=who).update(referent_id=cast.udaf_worker.user_id)
        given = {"month": date(2026, 10, 1), "opened_at": acting.now, "motive": "Absence au contrôle"} | values
        return RegistrationGap.objects.create(department_id=acting.department_id, beneficiary=who, kind=kind, **given)


def told(cast, found):
    names = {member.user_id: name for name, member in cast.members.items()}
    with tenant(Actor.system(cast.department.pk)):
        return {names[one.user_id] for one in gap_audience([found.pk])}


def test_the_table_knows_every_kind():
    assert {*ABSENT, *ENDED} == set(GapKind.values)


@pytest.mark.parametrize(("track", "kinds", "who"), TABLE)
def test_each_gap_goes_to_those_the_domain_names(cast, track, kinds, who):
    for kind in kinds:
        assert told(cast, gap(cast, kind, track)) == who, (track, kind)


def test_a_gap_is_never_told_to_nobody(cast):
    found = gap(cast, "never_registered", "professional")
    with tenant(Actor.system(cast.department.pk)):
        Beneficiary.objects.filter(pk=found.beneficiary_id).update(commune=None, territory=None)
        TrackDecision.objects.filter(beneficiary=found.beneficiary_id).update(decided_by=None)
    assert told(cast, found) == {"head"}, "nobody decided, no team nor officer has the place"


def share(cast, on):
    with tenant(actor(cast.admin)) as acting:
        change_settings(
            acting, department=cast.department, employment_service_name="Pôle emploi", category_mode=False,
            delays={}, gap_motive_shared=on,
        )  # fmt: skip
    for member in cast.members.values():
        member.department.refresh_from_db()


def test_udaf_reads_the_motive_once_the_department_says_so_and_no_longer_when_it_takes_it_back(cast):
    found = gap(cast)
    paths = ("/inscriptions/", f"/inscriptions/{found.pk}/", "/", f"/personnes/{found.beneficiary_id}/")

    def shown():
        browser = client(cast.udaf_worker)
        pages = [browser.get(path).content.decode() for path in paths]
        answer = browser.get(f"/api/v1/registration-gaps/{found.pk}/").json()
        return ["Cessation signalée" in page for page in pages], answer["kind"], answer["motive"]

    assert shown() == ([False] * 4, "to_check", "")
    share(cast, on=True)
    assert shown() == ([True] * 4, "ceased", "Absence au contrôle")
    share(cast, on=False)
    assert shown() == ([False] * 4, "to_check", "")


def test_the_switch_stands_on_the_department_s_screen(cast):
    page = client(cast.admin).get("/reglages/").content.decode()
    assert "gap_motive_shared" in page
    assert client(cast.udaf_lead).get("/reglages/").status_code == 403
