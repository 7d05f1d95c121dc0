"""Campaigns: whom they convene, where, how seats are given and given back, and that nothing follows a missed one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from hub.core.actor import PARIS, Actor
from hub.core.errors import Conflict, Invalid, InvalidTransition, Refused
from hub.core.gate import tenant
from notifications.models import Notification
from partners.services.organizations import add_closing_period
from referrals.models import Appointment, AppointmentLog, Campaign, GapState, RegistrationGap, Slot, Summons
from referrals.services.appointments.outcomes import cancel_appointment, correct_outcome, miss_appointment
from referrals.services.appointments.planning import in_france, move_appointment
from referrals.services.campaigns.distribution import distribute, place
from referrals.services.campaigns.people import (
    add_people,
    change_words,
    open_campaign,
    summon_again,
    summon_gaps,
    withdraw_people,
)
from referrals.services.campaigns.sending import cancel_campaign, convene_one, move_to_slot, send_campaign
from referrals.services.campaigns.slots import change_capacity, choose_slots, close_slot, open_slot
from referrals.services.people import record_death
from tests.campaigns import WORDS, addressed, campaign, seats, sent, short_notice, slot, summons_of, taken
from tests.cast import actor
from tests.people import decision, open_day, person, reread

pytestmark = pytest.mark.django_db
THIONVILLE, WOIPPY = "57672", "57751"


def test_a_campaign_needs_a_name_an_object_and_somebody(cast):
    with tenant(actor(cast.officer_metz)) as acting:
        with pytest.raises(Invalid) as refused:
            open_campaign(acting, words={"name": " ", "motive": ""})
        assert set(refused.value.fields) == {"name", "motive"}
        assert not Campaign.objects.exists()
    abroad = person(cast, by=cast.other_officer, insee="")
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Invalid):
        open_campaign(acting, words=WORDS, people=[abroad.pk])


@pytest.mark.parametrize("field", ["motive", "bring"])
def test_a_campaign_holds_no_word_a_letter_refuses(cast, field):
    made = campaign(cast, [addressed(cast)])
    threat = WORDS | {field: "Pour éviter la suspension et la radiation"}
    with tenant(actor(cast.officer_metz)) as acting:
        for write in (
            lambda: open_campaign(acting, words=threat),
            lambda: change_words(acting, campaign=made, words=threat),
            lambda: summon_gaps(acting, gaps=[], words=threat),
        ):
            with pytest.raises(Invalid) as refused:
                write()
            assert set(refused.value.fields) == {field}
            assert "« suspension »" in refused.value.message and "« radiation »" in refused.value.message
        assert Campaign.objects.count() == 1
    assert reread(cast, made).motive == WORDS["motive"]


@pytest.mark.parametrize("name", ["social_worker", "udaf_lead", "charity", "adviser", "admin", "controller"])
def test_only_officers_and_heads_of_the_departement_convene(cast, name):
    with tenant(actor(cast.members[name])) as acting, pytest.raises(Refused):
        open_campaign(acting, words=WORDS)


def test_the_dead_and_the_foreign_are_never_added_and_nobody_twice(cast):
    who, dead = addressed(cast), addressed(cast, first_names="Zoé")
    with tenant(actor(cast.head)) as acting:
        record_death(acting, person=dead, died_on=acting.today)
    made = campaign(cast, [who])
    with tenant(actor(cast.officer_metz)) as acting:
        assert add_people(acting, campaign=made, people=[who.pk, dead.pk]) == []
    assert set(seats(cast, made)) == {who.pk}


@pytest.mark.parametrize(("when", "word"), [("past", "à venir"), ("holiday", "fermé"), ("closed", "fermé")])
def test_a_slot_never_falls_on_a_closed_day_of_either_host(cast, when, word):
    year = datetime.now(PARIS).year
    days = {"past": date(2020, 3, 4), "holiday": date(year, 12, 26), "closed": open_day(20)}
    if days["holiday"] <= datetime.now(PARIS).date():
        days["holiday"] = date(year + 1, 1, 1)
    if when == "closed":
        with tenant(actor(cast.admin)) as acting:
            add_closing_period(acting, organization=cast.pole_emploi, starts_on=open_day(20), ends_on=open_day(20))
    with pytest.raises(Invalid) as refused:
        slot(cast, on=days[when], co_host=cast.pole_emploi)
    assert word in str(refused.value.fields)
    with tenant(actor(cast.head)):
        assert not Slot.objects.exists()


def test_a_slot_too_near_is_neither_opened_nor_chosen_unless_the_departement_set_another_notice(cast):
    with pytest.raises(Invalid) as refused:
        slot(cast, on=open_day(3))
    assert "10 jours avant" in refused.value.fields["on"]
    short_notice(cast)
    made, near = campaign(cast), slot(cast, on=open_day(3))
    with tenant(actor(cast.officer_metz)) as acting:
        assert choose_slots(acting, campaign=made, slots=[near.pk]) == 1
        choose_slots(acting, campaign=made, slots=[])
    short_notice(cast, 10)
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Invalid) as refused:
        choose_slots(acting, campaign=made, slots=[near.pk])
    assert "10 jours avant" in refused.value.message


def test_seats_go_to_the_nearest_place_first_in_order_and_never_above_capacity(cast):
    metz = [addressed(cast, first_names=f"Metz{n}") for n in range(3)]
    woippy = [addressed(cast, insee=WOIPPY, first_names=f"Woippy{n}") for n in range(2)]
    north = addressed(cast, insee=THIONVILLE, first_names="Nord", by=cast.head)
    made = campaign(cast, [woippy[0], *metz, woippy[1], north], by=cast.head)
    late = slot(cast, capacity=2, on=open_day(25), commune=cast.department.communes.get(pk="57463"), campaign=made)
    early = slot(cast, capacity=2, on=open_day(20), campaign=made)
    with tenant(actor(cast.head)) as acting:
        done = distribute(acting, campaign=made)
    given = seats(cast, made)
    # Those who live where it is held come first, then the territory; another territory is only ever chosen by hand.
    assert given == {
        metz[0].pk: late.pk, metz[1].pk: late.pk, woippy[0].pk: early.pk, metz[2].pk: early.pk,
        woippy[1].pk: None, north.pk: None,
    }  # fmt: skip
    assert (done.placed, done.left) == (4, 2)
    assert (taken(cast, early), taken(cast, late)) == (2, 2)
    with tenant(actor(cast.head)) as acting:
        again = distribute(acting, campaign=made)
    assert (again.placed, again.left) == (0, 2)


def test_a_seat_chosen_by_hand_is_kept_and_a_full_slot_refused(cast):
    first, second = addressed(cast), addressed(cast, first_names="Bruno")
    made = campaign(cast, [first, second])
    one, other = slot(cast, capacity=1, campaign=made), slot(cast, capacity=1, on=open_day(30), campaign=made)
    with tenant(actor(cast.officer_metz)) as acting:
        place(acting, summons=summons_of_now(made, first), slot=other)
        distribute(acting, campaign=made)
        with pytest.raises(Conflict) as refused:
            place(acting, summons=summons_of_now(made, first), slot=one)
    assert refused.value.code == "slot_full" and "plus de place" in refused.value.message
    assert seats(cast, made) == {first.pk: other.pk, second.pk: one.pk}
    with tenant(actor(cast.officer_metz)) as acting:
        place(acting, summons=summons_of_now(made, second), slot=None)
        withdraw_people(acting, campaign=made, summonses=[summons_of_now(made, first).pk])
    assert (taken(cast, one), taken(cast, other)) == (0, 0)
    assert set(seats(cast, made)) == {second.pk}


def summons_of_now(made, who):
    return Summons.objects.get(campaign=made, beneficiary=who)


def test_sending_convenes_those_with_a_seat_and_writes_to_nobody_who_must_not_be(cast):
    written, hidden, silent, homeless, seatless = (
        addressed(cast, first_names=name) for name in ("Écrite", "Cachée", "Muette", "Sans", "Dernière")
    )
    protect(cast, hidden, confidential_address=True)
    protect(cast, silent, do_not_write=True)
    with tenant(actor(cast.head)):
        homeless.address = ""
        homeless.save(update_fields=["address"])
    made = campaign(cast, [written, hidden, silent, homeless, seatless])
    only = slot(cast, capacity=4, campaign=made, co_host=cast.pole_emploi)
    with tenant(actor(cast.officer_metz)) as acting:
        distribute(acting, campaign=made)
        done = send_campaign(acting, campaign=made)
    assert (done.convened, done.otherwise, done.without_seat) == (1, 3, 1)
    one = summons_of(cast, made, written).appointment
    assert (one.kind, one.motive, one.contact) == ("summons", WORDS["motive"], WORDS["contact"])
    assert (one.starts_at, one.team_id, one.co_host_id) == (only.starts_at, cast.cms_metz.pk, cast.pole_emploi.pk)
    assert summons_of(cast, made, hidden).appointment is None and summons_of(cast, made, hidden).slot_id == only.pk
    with tenant(actor(cast.head)):
        assert AppointmentLog.objects.filter(appointment=one, name="plan").count() == 1
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Conflict):
        send_campaign(acting, campaign=made)


def protect(cast, who, **flags):
    with tenant(actor(cast.head)):
        for name, value in flags.items():
            setattr(who, name, value)
        who.save(update_fields=list(flags))


def test_whoever_may_not_be_written_to_is_convened_once_somebody_said_how(cast):
    who, other = addressed(cast), addressed(cast, first_names="Autre")
    protect(cast, who, confidential_address=True)
    made = sent(cast, [who, other])
    with tenant(actor(cast.officer_metz)) as acting:
        waiting = summons_of_now(made, who)
        with pytest.raises(Invalid):
            convene_one(acting, summons=waiting)
        convene_one(acting, summons=waiting, told_how="De vive voix, par sa référente")
        with pytest.raises(Conflict):
            convene_one(acting, summons=waiting, told_how="Encore")
    assert summons_of(cast, made, who).appointment.state == "planned"


def test_a_campaign_without_a_seat_or_with_a_day_closed_since_is_not_sent(cast):
    who = addressed(cast)
    made = campaign(cast, [who])
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Invalid):
        send_campaign(acting, campaign=made)
    slot(cast, campaign=made)
    with tenant(actor(cast.officer_metz)) as acting:
        distribute(acting, campaign=made)
    with tenant(actor(cast.admin)) as acting:
        add_closing_period(acting, organization=cast.moselle, starts_on=open_day(20), ends_on=open_day(20))
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Invalid):
        send_campaign(acting, campaign=made)
    later = datetime.now(UTC) + timedelta(days=15)
    with tenant(actor(cast.officer_metz, later)) as acting, pytest.raises(Invalid):
        send_campaign(acting, campaign=made)
    assert reread(cast, made).state == "draft"
    with tenant(actor(cast.head)):
        assert not Appointment.objects.exists()


def test_the_referent_is_told_once_per_campaign_with_a_count(cast):
    people = [addressed(cast, first_names=f"Suivie{n}") for n in range(3)]
    for who in people:
        decision(cast, who)
        with tenant(actor(cast.udaf_lead)):
            assignment = who.assignments.get()
            assignment.referent_id = cast.udaf_worker.user_id
            assignment.save(update_fields=["referent"])
    made = sent(cast, people)
    with tenant(Actor.system(cast.department.pk)):
        told = list(Notification.objects.filter(kind="summons_sent").values_list("user_id", "count", "dedupe_key"))
    assert (cast.udaf_worker.user_id, 3, f"summons_sent:{made.pk}@{cast.udaf.pk}") in told
    assert {user for user, *_ in told} == {cast.udaf_worker.user_id, cast.social_worker.user_id}


@pytest.mark.parametrize("gesture", ["cancel", "move", "death"])
def test_a_cancelled_or_moved_appointment_gives_its_seat_back(cast, gesture):
    who = addressed(cast)
    made = sent(cast, [who], capacity=1)
    held = summons_of(cast, made, who)
    assert taken(cast, held.slot) == 1
    with tenant(actor(cast.social_worker)) as acting:
        if gesture == "cancel":
            cancel_appointment(acting, appointment=held.appointment, note="Erreur")
        elif gesture == "move":
            move_appointment(acting, appointment=held.appointment, starts_at=in_france(open_day(40), time(9)))
        else:
            record_death(acting, person=who, died_on=acting.today)
    assert taken(cast, held.slot) == 0
    now = summons_of(cast, made, who)
    assert now.slot is None and bool(now.moved_at) == (gesture == "move")


def test_a_referent_of_a_partner_gives_the_seat_back_too(cast):
    """Row-level security hides campaigns from partners, not the seat of an appointment they may cancel."""
    who = addressed(cast)
    decision(cast, who)
    with tenant(actor(cast.udaf_lead)):
        assignment = who.assignments.get()
        assignment.referent_id = cast.udaf_worker.user_id
        assignment.save(update_fields=["referent"])
    made = sent(cast, [who])
    held = summons_of(cast, made, who)
    with tenant(actor(cast.udaf_worker)) as acting:
        assert not Campaign.objects.exists()
        cancel_appointment(acting, appointment=Appointment.objects.get(pk=held.appointment_id), note="En vacances")
    assert taken(cast, held.slot) == 0


def test_somebody_convened_changes_slot_and_her_appointment_with_her(cast):
    who, other = addressed(cast), addressed(cast, first_names="Autre")
    made = sent(cast, [who], capacity=1)
    new = slot(cast, capacity=1, on=open_day(30), place="Mairie")
    full = slot(cast, capacity=1, on=open_day(31))
    second = campaign(cast, [other])
    with tenant(actor(cast.officer_metz)) as acting:
        place(acting, summons=summons_of_now(second, other), slot=full)
        held = Summons.objects.select_related("appointment").get(campaign=made)
        former = held.slot
        with pytest.raises(Conflict):
            move_to_slot(acting, summons=held, slot=full)
    with tenant(actor(cast.officer_metz)) as acting:
        held = Summons.objects.select_related("appointment").get(campaign=made)
        move_to_slot(acting, summons=held, slot=new)
    now = summons_of(cast, made, who)
    assert (now.slot_id, now.appointment.place, now.appointment.starts_at) == (new.pk, "Mairie", new.starts_at)
    assert now.moved_at and (taken(cast, former), taken(cast, new), taken(cast, full)) == (0, 1, 1)


def test_cancelling_a_campaign_cancels_what_is_to_come_and_frees_every_seat(cast):
    people = [addressed(cast, first_names=f"Une{n}") for n in range(3)]
    made = sent(cast, people)
    (only,) = set(seats(cast, made).values())
    with tenant(actor(cast.officer_metz)) as acting:
        assert cancel_campaign(acting, campaign=made, note="Salle indisponible") == 3
        assert Slot.objects.get(pk=only).taken == 0
        with pytest.raises(InvalidTransition):
            cancel_campaign(acting, campaign=made)
    assert reread(cast, made).state == "cancelled"
    with tenant(Actor.system(cast.department.pk)):
        told = Notification.objects.filter(kind="appointment_changed", user_id=cast.social_worker.user_id)
        assert [one.count for one in told] == [3]


def test_nothing_follows_a_missed_summons_but_what_a_person_proposes(cast):
    who = addressed(cast)
    decision(cast, who)
    with tenant(actor(cast.officer_metz)) as acting:
        gap = RegistrationGap.objects.create(
            department_id=acting.department_id, beneficiary=who, kind="disappeared", month=date(2026, 10, 1),
            opened_at=acting.now,
        )  # fmt: skip
    made = campaign(cast, gaps=[gap.pk])
    slot(cast, campaign=made)
    with tenant(actor(cast.officer_metz)) as acting:
        distribute(acting, campaign=made)
        send_campaign(acting, campaign=made)
    held = summons_of(cast, made, who)
    assert held.appointment.gap_id == gap.pk
    before = (reread(cast, who).rights_state, reread(cast, gap).state, count_notices(cast), count_campaigns(cast))
    moment = held.appointment.starts_at + timedelta(hours=1)
    with tenant(actor(cast.officer_metz, moment)) as acting:
        miss_appointment(acting, appointment=held.appointment)
    after = (reread(cast, who).rights_state, reread(cast, gap).state, count_notices(cast), count_campaigns(cast))
    assert after == before and before[1] == GapState.OPEN
    with tenant(actor(cast.officer_metz, moment)) as acting:
        second = summon_again(acting, campaign=made, summonses=[held.pk])
        correct_outcome(acting, appointment=held.appointment)
    assert (second.state, second.follows_id, second.motive) == ("draft", made.pk, made.motive)
    assert set(seats(cast, second)) == {who.pk}


def count_notices(cast):
    with tenant(Actor.system(cast.department.pk)):
        return Notification.objects.count()


def count_campaigns(cast):
    with tenant(actor(cast.head)):
        return Campaign.objects.count()


def test_capacity_never_goes_below_seats_held_and_a_closed_slot_gives_no_more(cast):
    people = [addressed(cast, first_names=f"Une{n}") for n in range(2)]
    made = campaign(cast, people)
    one = slot(cast, capacity=2, campaign=made)
    with tenant(actor(cast.officer_metz)) as acting:
        place(acting, summons=summons_of_now(made, people[0]), slot=one)
        change_capacity(acting, slot=one, capacity=1)
        with pytest.raises(Invalid):
            change_capacity(acting, slot=one, capacity=0)
        change_capacity(acting, slot=one, capacity=4)
        place(acting, summons=summons_of_now(made, people[1]), slot=one)
        with pytest.raises(Conflict) as refused:
            change_capacity(acting, slot=one, capacity=1)
        assert "2 places" in refused.value.message
        close_slot(acting, slot=one)
        assert distribute(acting, campaign=made).placed == 0
        place(acting, summons=summons_of_now(made, people[1]), slot=None)
        with pytest.raises(Conflict):
            place(acting, summons=summons_of_now(made, people[1]), slot=one)


def test_sending_costs_the_same_number_of_statements_for_2_and_20(cast, django_assert_max_num_queries):
    counts = []
    for size in (2, 20):
        made = campaign(cast, [addressed(cast, first_names=f"P{size}x{n}") for n in range(size)])
        slot(cast, capacity=size, campaign=made)
        with tenant(actor(cast.officer_metz)) as acting:
            distribute(acting, campaign=made)
            with django_assert_max_num_queries(30) as found:
                send_campaign(acting, campaign=made)
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_a_slot_belongs_to_ones_own_team(cast):
    with tenant(actor(cast.officer_metz)) as acting, pytest.raises(Invalid) as refused:
        open_slot(
            acting, starts_at=in_france(open_day(20), time(9)), capacity=0, place=" ", team=cast.udaf_support
        )  # fmt: skip
    assert set(refused.value.fields) == {"capacity", "place", "team"}
