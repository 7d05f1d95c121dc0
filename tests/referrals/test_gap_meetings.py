"""A summons or an appointment about a gap is read on the gap; what came of it only by who may know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.core import topics
from hub.core.actor import PARIS, Actor
from hub.core.gate import tenant
from referrals.models import RegistrationGap, Summons
from referrals.selectors.gaps import gap_record
from referrals.services.appointments.outcomes import miss_appointment
from referrals.services.campaigns.distribution import distribute
from referrals.services.campaigns.people import summon_gaps
from referrals.services.campaigns.sending import send_campaign
from tests.campaigns import WORDS, addressed, slot
from tests.cast import actor, client
from tests.people import decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def gap(cast):
    who = addressed(cast)
    decision(cast, who)
    with tenant(Actor.system(cast.department.pk)) as acting:
        return RegistrationGap.objects.create(
            department_id=cast.department.pk, beneficiary=who, kind="disappeared", month=acting.today.replace(day=1),
            opened_at=acting.now,
        )  # fmt: skip


@pytest.fixture
def summons(cast, gap):
    """The person of the gap is convened."""
    with tenant(actor(cast.officer_metz)) as acting:
        made = summon_gaps(acting, gaps=[gap.pk], words=WORDS)
    slot(cast, campaign=made)
    with tenant(actor(cast.officer_metz)) as acting:
        distribute(acting, campaign=made)
        send_campaign(acting, campaign=made)
        return Summons.objects.select_related("appointment").get(gap=gap)


def test_the_gap_says_when_and_where_its_person_is_convened(cast, gap, summons):
    when = summons.appointment.starts_at.astimezone(PARIS)
    for member in (cast.officer_metz, cast.udaf_lead):
        shown = client(member).get(f"/inscriptions/{gap.pk}/").content.decode()
        assert f"Convocation pour le {when:%d/%m/%Y à %H:%M}, CMS de Metz" in shown
        assert f"/rendez-vous/{summons.appointment_id}/" in shown
        listed = client(member).get("/inscriptions/").content.decode()
        assert f"Rendez-vous le {when:%d/%m/%Y}" in listed


def test_what_came_of_it_is_not_told_to_who_may_not_know(cast, gap, summons):
    later = summons.appointment.starts_at + timedelta(hours=1)
    with tenant(actor(cast.officer_metz, later)) as acting:
        miss_appointment(acting, appointment=summons.appointment)
        assert "Non tenu" in said_of(acting, gap)
    with tenant(actor(cast.udaf_lead, later)) as acting:
        told = said_of(acting, gap)
        assert "Convocation pour le" in told and "Passé" in told and "Non tenu" not in told
        assert not gap_record(acting, gap.pk).known


def test_the_open_page_of_the_gap_looks_again(cast, gap, monkeypatch):
    seen, emit = set(), topics.emit
    monkeypatch.setattr(topics, "emit", lambda event: (seen.add(event.topic), emit(event)))
    with tenant(actor(cast.officer_metz)) as acting:
        made = summon_gaps(acting, gaps=[gap.pk], words=WORDS)
    slot(cast, campaign=made)
    with tenant(actor(cast.officer_metz)) as acting:
        distribute(acting, campaign=made)
        send_campaign(acting, campaign=made)
    assert {f"gap:{gap.pk}", f"gaps:{cast.department.pk}"} <= seen


def said_of(acting, gap):
    """The journal of the gap, in one string."""
    return " ".join(f"{one.title} {one.detail}" for one in gap_record(acting, gap.pk).journal)
