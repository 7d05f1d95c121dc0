"""Words a letter does not hold are refused where they are written, unless a manager says why they are kept."""

from __future__ import annotations

from datetime import time

import pytest

from hub.core.errors import Invalid
from hub.core.gate import tenant
from referrals.documents import wording
from referrals.models import Appointment, Campaign
from referrals.services.appointments.planning import in_france, plan_appointment, plan_first_appointment
from referrals.services.campaigns.people import change_words, open_campaign
from referrals.services.letters.writing import write_letter
from referrals.services.referrals import accept_referral
from tests.campaigns import WORDS, addressed, sent, slot, summons_of
from tests.cast import actor, client
from tests.people import decision, open_day, person, referral

pytestmark = pytest.mark.django_db
THREAT, REASON = "Éviter la radiation", "Demandé par la personne elle-même"


def plan(cast, who, member, **words):
    with tenant(actor(member)) as acting:
        return plan_appointment(
            acting, person=who, kind="follow_up", starts_at=in_france(open_day(), time(10)),
            organization=member.organization, team=member.team, words=words,
        )  # fmt: skip


@pytest.mark.parametrize("field", ["motive", "bring"])
def test_an_appointment_refuses_them_at_entry(cast, field):
    who = addressed(cast)
    with pytest.raises(Invalid) as refused:
        plan(cast, who, cast.social_worker, **{field: THREAT, "reason": REASON})
    assert set(refused.value.fields) == {field}
    assert "« radiation »" in refused.value.message and "Un responsable peut les garder" in refused.value.message
    with tenant(actor(cast.head)):
        assert not Appointment.objects.exists()


def test_a_partner_is_offered_no_manager_of_the_departement(cast):
    who = person(cast)
    decision(cast, who)
    with pytest.raises(Invalid) as refused:
        plan(cast, who, cast.udaf_lead, motive=THREAT, reason=REASON)
    assert "responsable" not in refused.value.message


def test_a_manager_keeps_them_with_a_reason_and_the_letter_follows(cast):
    who = addressed(cast)
    with pytest.raises(Invalid) as refused:
        plan(cast, who, cast.head, motive=THREAT)
    assert set(refused.value.fields) == {"motive", "reason"}
    made = plan(cast, who, cast.head, motive=THREAT, reason=REASON, contact="CMS, 03 87 00 00 00")
    assert made.kept_because == REASON
    with tenant(actor(cast.head)) as acting:
        kept = write_letter(acting, appointment=made, kind="first")
        assert THREAT in str(kept.content)
        with pytest.raises(Invalid):
            write_letter(acting, appointment=made, kind="first", motive="Éviter une sanction")
    assert plan(cast, who, cast.head, motive="Faire le point", reason=REASON).kept_because == ""


def test_the_screen_asks_a_manager_for_the_reason(cast):
    who = addressed(cast)
    address = f"/personnes/{who.pk}/rendez-vous/"
    given = {"kind": "follow_up", "on": f"{open_day()}", "at": "10:00", "duration": 30, "host": "me", "mode": "phone"}
    assert 'name="reason"' not in client(cast.social_worker).get(address).content.decode()
    browser = client(cast.head)
    refused = browser.post(address, given | {"motive": THREAT})
    assert refused.status_code == 422 and "dites ici pourquoi" in refused.content.decode()
    made = browser.post(address, given | {"motive": THREAT, "reason": REASON})
    assert made.status_code == 302 and REASON in browser.get(made["Location"]).content.decode()


def test_a_campaign_keeps_them_the_same_way(cast):
    who = addressed(cast)
    words = WORDS | {"motive": THREAT, "reason": REASON}
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Invalid):
        open_campaign(acting, words=words, people=[who.pk])
    with tenant(actor(cast.head)) as acting:
        made = open_campaign(acting, words=words, people=[who.pk])
        assert made.kept_because == REASON
        change_words(acting, campaign=made, words=WORDS)
        made.refresh_from_db()
        assert (made.motive, made.kept_because) == (WORDS["motive"], "")
    browser = client(cast.head)
    page = f"/convocations/{made.pk}/textes/"
    assert browser.post(page, words | {"reason": ""}).status_code == 422
    assert browser.post(page, words).status_code == 302


def test_a_second_summons_whose_words_do_not_hold_any_more_is_reworded(cast, monkeypatch):
    who = addressed(cast)
    made = sent(cast, [who])
    one = summons_of(cast, made, who)
    forbidden = (*wording.FORBIDDEN, wording.Forbidden("demarches", "un mot de trop"))
    monkeypatch.setattr(wording, "FORBIDDEN", forbidden)
    browser, address = client(cast.officer_metz), f"/convocations/{made.pk}/seconde/"
    asked = browser.post(address, {"summons": f"{one.pk}"})
    page = asked.content.decode()
    assert asked.status_code == 422 and "Le mot « démarches » ne convient pas" in page
    assert f'value="{one.pk}"' in page and "seconde convocation" in page
    given = {"summons": f"{one.pk}", "name": "Rentrée bis", "motive": "Faire le point", "bring": "", "contact": "CMS"}
    assert browser.post(address, given | {"motive": "Vos démarches"}).status_code == 422
    assert browser.post(address, given).status_code == 302
    with tenant(actor(cast.officer_metz)):
        second = Campaign.objects.get(follows=made)
    assert (second.name, second.motive) == ("Rentrée bis", "Faire le point")


def test_the_need_of_a_referral_is_not_quoted_when_a_letter_would_not_hold_it(cast):
    sent_one = referral(cast, person(cast), need="Un suivi de santé")
    with tenant(actor(cast.siae_worker)) as acting:
        accept_referral(acting, referral=sent_one)
        made = plan_first_appointment(acting, referral=sent_one, on=open_day())
    assert made.motive == ""


def test_a_slot_says_at_entry_what_is_wrong_with_its_day(cast):
    browser, page = client(cast.officer_metz), "/convocations/creneaux/nouveau/"
    given = {
        "place": "CMS", "on": f"{open_day(3)}", "at": "10:00", "duration": 30, "repeat": 1, "capacity": 2,
        "mode": "on_site",
    }  # fmt: skip
    refused = browser.post(page, given)
    assert refused.status_code == 422 and "10 jours avant" in refused.content.decode()
    assert browser.post(page, given | {"on": f"{open_day(12)}"}).status_code == 302
    assert slot(cast)
