"""After the sending: who excused herself, who was added late, who is to be joined otherwise."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest

from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.gate import tenant
from referrals.models import Appointment, AppointmentLog, Campaign, Letter, Summons
from referrals.selectors.campaigns import campaign_record, to_announce
from referrals.services.appointments.outcomes import correct_outcome, excuse_appointment, miss_appointment
from referrals.services.campaigns.distribution import distribute, place
from referrals.services.campaigns.people import add_people, summon_again, withdraw_people
from referrals.services.campaigns.sending import (
    cancel_campaign,
    convene_one,
    convene_waiting,
    move_to_slot,
    send_campaign,
)
from referrals.services.letters.batches import letters_of
from referrals.services.letters.writing import JOINED
from referrals.services.people import record_death, set_safe_contact
from tests.campaigns import addressed, campaign, sent, slot, summons_of, taken
from tests.cast import actor, client
from tests.people import open_day

pytestmark = pytest.mark.django_db


@contextmanager
def refused(kind, said):
    """Refused with this sentence."""
    with pytest.raises(kind) as found:
        yield
    assert said in found.value.message


def of(made, who):
    return Summons.objects.select_related("appointment").get(campaign=made, beneficiary=who)


def stages(cast, made, by=None):
    with tenant(actor(by or cast.officer_metz)) as acting:
        return {one.key: one.count for one in campaign_record(acting, made.pk).stages}


def excused(cast, who, made, **given):
    with tenant(actor(cast.officer_metz, **given)) as acting:
        excuse_appointment(acting, appointment=of(made, who).appointment, note="Garde d'enfant")
    return summons_of(cast, made, who)


def test_who_excuses_herself_beforehand_frees_her_seat_and_is_offered_another_date(cast):
    who = addressed(cast)
    made = sent(cast, [who], capacity=1)
    first = summons_of(cast, made, who)
    other = slot(cast, on=open_day(30), campaign=made, place="Annexe")
    assert excused(cast, who, made).slot_id is None and taken(cast, first.slot) == 0
    assert stages(cast, made) == {"excused": 1}
    browser, page = client(cast.officer_metz), f"/convocations/personnes/{first.pk}/"
    assert ">Autre date<" in browser.get(f"/convocations/{made.pk}/").content.decode()
    assert "Proposer une autre date" in browser.get(page).content.decode()
    assert browser.post(page, {"slot": f"{other.pk}"})["Location"] == page
    assert stages(cast, made) == {"to_convene": 1} and taken(cast, other) == 1
    assert browser.post(f"{page}prevenue/", {"told_how": "Au téléphone"}).status_code == 302
    now = summons_of(cast, made, who)
    assert (now.appointment.starts_at, now.appointment.state) == (other.starts_at, "planned")
    assert now.appointment_id != first.appointment_id
    with tenant(actor(cast.officer_metz)) as acting:
        former = first.appointment
        assert AppointmentLog.objects.filter(appointment=former, name="replace").exists()
        former.refresh_from_db()
        assert former.state == "excused"
        with refused(Conflict, "Une autre date"):
            correct_outcome(acting, appointment=former)


def test_an_excuse_written_by_mistake_takes_its_seat_again_while_there_is_one(cast):
    who, other = addressed(cast), addressed(cast, first_names="Autre")
    made = sent(cast, [who], capacity=1)
    first = summons_of(cast, made, who)
    excused(cast, who, made)
    with tenant(actor(cast.officer_metz)) as acting:
        correct_outcome(acting, appointment=of(made, who).appointment)
    assert summons_of(cast, made, who).slot_id == first.slot_id and taken(cast, first.slot) == 1
    excused(cast, who, made)
    second = campaign(cast, [other])
    with tenant(actor(cast.officer_metz)) as acting:
        place(acting, summons=of(second, other), slot=first.slot)
    with tenant(actor(cast.officer_metz)) as acting, refused(Conflict, "donnée depuis"):
        correct_outcome(acting, appointment=of(made, who).appointment)
    assert summons_of(cast, made, who).appointment.state == "excused"


def test_an_excuse_is_not_taken_back_once_the_campaign_is_called_off(cast):
    made = sent(cast, [who := addressed(cast)])
    held = summons_of(cast, made, who).slot
    excused(cast, who, made)
    with tenant(actor(cast.officer_metz)) as acting:
        cancel_campaign(acting, campaign=made)
    with tenant(actor(cast.officer_metz)) as acting, refused(Conflict, "annulée"):
        correct_outcome(acting, appointment=of(made, who).appointment)
    assert taken(cast, held) == 0


def test_an_excuse_given_afterwards_changes_no_seat_and_a_missed_one_is_offered_nothing(cast):
    who, missing = addressed(cast), addressed(cast, first_names="Absente")
    made = sent(cast, [who, missing])
    moment = summons_of(cast, made, who).appointment.starts_at + timedelta(hours=1)
    assert excused(cast, who, made, now=moment).slot_id
    new = slot(cast, on=open_day(40), campaign=made)
    with tenant(actor(cast.officer_metz, moment)) as acting:
        miss_appointment(acting, appointment=of(made, missing).appointment)
        with refused(Conflict, "déjà convoquée"):
            place(acting, summons=of(made, missing), slot=new)


def test_who_may_not_know_what_came_of_it_offers_no_other_date(cast):
    who = addressed(cast)
    made = sent(cast, [who], by=cast.head)
    new = slot(cast, on=open_day(40), campaign=made)
    with tenant(actor(cast.social_worker)) as acting:
        excuse_appointment(acting, appointment=of(made, who).appointment)
    with tenant(actor(cast.officer_metz)) as acting, refused(Conflict, "déjà convoquée"):
        place(acting, summons=of(made, who), slot=new)
    page = client(cast.officer_metz).get(f"/convocations/personnes/{summons_of(cast, made, who).pk}/").content.decode()
    assert "Proposer une autre date" not in page and "excusée" not in page.lower()


def test_people_added_after_the_sending_are_seated_and_convened_together(cast):
    made = sent(cast, [addressed(cast)], capacity=1)
    late, silent, out = (addressed(cast, first_names=name) for name in ("Tardive", "Muette", "Retirée"))
    with tenant(actor(cast.officer_metz)) as acting:
        safe = {"do_not_call": False, "do_not_write": True, "confidential_address": False, "contact_through": ""}
        set_safe_contact(acting, person=silent, values=safe)
    slot(cast, capacity=3, on=open_day(30), campaign=made)
    browser, here = client(cast.officer_metz), f"/convocations/{made.pk}/"
    with tenant(actor(cast.officer_metz)) as acting:
        assert len(add_people(acting, campaign=made, people=[late.pk, silent.pk, out.pk])) == 3
        with pytest.raises(Invalid):
            convene_waiting(acting, campaign=made)  # nobody has a seat
    assert "3 personnes sont encore sans créneau" in browser.get(here).content.decode()
    assert browser.post(f"{here}repartir/").status_code == 302
    assert stages(cast, made) == {"to_convene": 2, "otherwise": 1, "convened": 1}
    assert browser.post(f"{here}retirer/", {"summons": f"{summons_of(cast, made, out).pk}"}).status_code == 302
    assert "Convoquer 1 personne" in browser.get(here).content.decode()
    assert browser.post(f"{here}convoquer/").status_code == 302
    assert stages(cast, made) == {"otherwise": 1, "convened": 2}
    assert summons_of(cast, made, late).appointment and not summons_of(cast, made, silent).appointment
    assert browser.post(f"{here}convoquer/").status_code == 400
    with tenant(actor(cast.officer_metz)) as acting, refused(Conflict, "déjà convoquées"):
        withdraw_people(acting, campaign=made, summonses=[of(made, late).pk])


def test_late_people_wait_for_the_sending_and_for_a_slot_far_enough(cast):
    made = campaign(cast, [who := addressed(cast)])
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Conflict):
        convene_waiting(acting, campaign=made)
    slot(cast, campaign=made)
    with tenant(actor(cast.officer_metz)) as acting:
        distribute(acting, campaign=made)
        send_campaign(acting, campaign=made)
    late = addressed(cast, first_names="Tardive")
    with tenant(actor(cast.officer_metz)) as acting:
        add_people(acting, campaign=made, people=[late.pk])
        distribute(acting, campaign=made)
    soon = summons_of(cast, made, who).appointment.starts_at - timedelta(days=2)
    with tenant(actor(cast.officer_metz, soon)) as acting:
        with refused(Invalid, "trop proche"):
            convene_waiting(acting, campaign=made)
        convene_one(acting, summons=of(made, late), told_how="Au téléphone")


def test_nobody_is_placed_once_her_file_is_closed(cast):
    who = addressed(cast)
    made, one = campaign(cast, [who]), slot(cast)
    with tenant(actor(cast.head)) as acting:
        record_death(acting, person=who, died_on=acting.today)
    with tenant(actor(cast.officer_metz)) as acting, refused(Conflict, "dossier est clos"):
        place(acting, summons=of(made, who), slot=one)
    assert taken(cast, one) == 0


def test_letters_asked_for_again_are_those_whose_date_was_not_told_yet(cast):
    first, second = addressed(cast), addressed(cast, first_names="Bruno")
    made = sent(cast, [first, second])
    other = slot(cast, on=open_day(30), campaign=made)

    def asked(kinds, made=made, kind=""):
        """Who is written to now, with which letter."""
        with tenant(actor(cast.officer_metz)) as acting:
            found = list(Appointment.objects.filter(pk__in=to_announce(acting, made)).select_related(*JOINED))
            letters = letters_of(acting, found, kind=kind).letters
            Letter.objects.bulk_create(letters)
        assert {one.beneficiary_id: one.kind for one in letters} == kinds

    asked({first.pk: "first", second.pk: "first"})
    with tenant(actor(cast.officer_metz)) as acting:
        move_to_slot(acting, summons=of(made, first), slot=other)
    asked({first.pk: "moved"})
    asked({first.pk: "moved", second.pk: "first"})  # all told: the same letters once more
    asked({first.pk: "reminder", second.pk: "reminder"}, kind="reminder")  # by somebody's own choice
    excused(cast, second, made)
    with tenant(actor(cast.officer_metz)) as acting:
        again = summon_again(acting, campaign=made, summonses=[of(made, second).pk])
    slot(cast, on=open_day(45), campaign=again)
    with tenant(actor(cast.officer_metz)) as acting:
        distribute(acting, campaign=again)
        send_campaign(acting, campaign=again)
    asked({second.pk: "reminder"}, again)
    late = slot(cast, on=open_day(50), campaign=again)
    with tenant(actor(cast.officer_metz)) as acting:
        move_to_slot(acting, summons=of(again, second), slot=late)
    asked({second.pk: "moved"}, again)


def test_whom_to_call_is_asked_for_before_the_sending_and_may_still_be_said_after_it(cast):
    made = sent(cast, [who := addressed(cast)])
    browser, here = client(cast.officer_metz), f"/convocations/{made.pk}/"
    assert "Indiquer qui appeler" not in browser.get(here).content.decode()
    with tenant(Actor.system(cast.department.pk)):
        Campaign.objects.update(contact="")
        Appointment.objects.update(contact="")
    assert all("Indiquer qui appeler" in browser.get(page).content.decode() for page in (here, f"{here}envoyer/"))
    assert browser.post(f"{here}textes/", {"contact": ""}).status_code == 422
    assert browser.post(f"{here}textes/", {"contact": "CMS, 03 87 00 00 01"}).status_code == 302
    assert summons_of(cast, made, who).appointment.contact == "CMS, 03 87 00 00 01"


def test_the_first_page_says_whom_a_campaign_leaves_waiting(cast):
    made = sent(cast, [who := addressed(cast), addressed(cast, first_names="Bruno")], capacity=1)
    first = client(cast.officer_metz).get("/").content.decode()
    assert f"/convocations/{made.pk}/" in first and "à placer ou à convoquer : 1" in first
    excused(cast, who, made)
    again = client(cast.officer_metz).get("/").content.decode()
    assert "autre date à proposer : 1" in again
    assert "Convocations à suivre" not in client(cast.head).get("/").content.decode()
