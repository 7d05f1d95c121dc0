"""Seats of sessions: who gets them, who waits, who is offered what is freed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.db import connections

from collective_actions.models import Enrolment, Session
from collective_actions.services.actions.enrolling import confirm_offer, enrol, give_up, queue_again
from collective_actions.services.actions.offers import lapse_offers, offer_seats, release_closed_files
from collective_actions.services.actions.writing import edit_session, set_quota
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, InvalidTransition
from hub.core.gate import tenant
from partners.models import Service
from partners.services.directory.duplicates import merge_services
from partners.services.directory.writing import archive_service
from referrals.models import Referral
from referrals.services.people import record_death
from referrals.services.referrals import cancel_referral, decline_referral, release_answer, take_back_answer
from tests.actions import action, enrolled, sessions_of
from tests.cast import actor
from tests.people import decision, person, reread

pytestmark = pytest.mark.django_db


def later(cast, **delta):
    """The product, some time from now."""
    return Actor.system(cast.department.pk, actor(cast.head).now + timedelta(**delta))


def states(cast, session):
    with tenant(Actor.system(cast.department.pk)):
        rows = Enrolment.objects.filter(session=session).order_by("created_at", "id")
        return [str(one.state) for one in rows]


def counts(session):
    found = Session.objects.get(pk=session.pk)
    return found.taken, found.waiting


def full(cast, *, people=3, capacity=2):
    """A session of so many seats, and so many people enrolled in turn."""
    session = sessions_of(action(cast, capacity=capacity))[0]
    made = [enrolled(cast, person(cast, first_names=f"Invente{n}"), session)[0] for n in range(people)]
    return session, made


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_on_the_last_two_seats(cast):
    """Exactly two have them, eighteen wait, each with a rank of its own; the counts say the same."""
    people = [person(cast, first_names=f"Invente{n}") for n in range(20)]
    session = sessions_of(action(cast, capacity=2))[0]
    barrier = Barrier(20)

    def run(who):
        try:
            with tenant(actor(cast.social_worker)) as acting:
                barrier.wait(timeout=30)
                enrol(acting, person=who, session=session, informed_on=acting.today)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(run, people))
    with tenant(Actor.system(cast.department.pk)):
        rows = list(Enrolment.objects.order_by("rank"))
        assert [one.state for one in rows].count("enrolled") == 2
        assert [one.rank for one in rows if one.state == "waiting"] == list(range(1, 19))
        assert Referral.objects.count() == 20
    assert counts(session) == (2, 18)


@pytest.mark.django_db(transaction=True)
def test_the_referral_cancelled_while_the_name_is_taken_off_locks_nobody_out(cast):
    """Both lock the referral first: whoever comes second finds it ended, and the seat is freed once."""
    session, (one,) = full(cast, people=1)
    held, tried = Event(), Event()

    def cancel():
        try:
            with tenant(actor(cast.social_worker)) as acting:
                referral = Referral.objects.select_for_update().get(pk=one.referral_id)
                held.set()
                tried.wait(timeout=0.5)  # the other has begun meanwhile: it waits here without holding the session
                cancel_referral(acting, referral=referral, note="Changement de projet")
        finally:
            connections.close_all()

    def leave():
        try:
            with tenant(actor(cast.social_worker)) as acting, suppress(InvalidTransition):
                held.wait(timeout=30)
                give_up(acting, enrolment=one)
        finally:
            tried.set()
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(cancel), threads.submit(leave)]:
            done.result(timeout=30)
    assert states(cast, session) == ["cancelled"] and counts(session) == (0, 0)


def test_an_enrolment_comes_with_a_referral_to_the_host(cast):
    session, (one, _, third) = full(cast)
    assert (one.state, third.state, third.rank) == ("enrolled", "waiting", 1)
    with tenant(actor(cast.charity)):
        referral = Referral.objects.get(pk=one.referral_id)
        assert (referral.receiver, referral.service_id) == (cast.association, session.action.service_id)
        assert (referral.subject_kind, referral.subject_id) == ("collective_action", session.action_id)


def test_inside_one_organisation_no_referral_is_needed(cast):
    session = sessions_of(action(cast, by=cast.officer_metz))[0]
    (made,) = enrolled(cast, person(cast), session)
    assert made.referral_id is None and made.host_id == made.prescriber_id


def test_a_freed_seat_is_offered_to_the_first_in_line_and_held(cast):
    """At once; newcomers queue behind; the offer lapses after 48 hours and goes to the next; never oversold."""
    session, (first, _, third, fourth) = full(cast, people=4)
    with tenant(actor(cast.social_worker)) as acting:
        give_up(acting, enrolment=first)
    assert reread(cast, third).state == "offered" and counts(session) == (2, 1)
    (newcomer,) = enrolled(cast, person(cast, first_names="Nouvelle"), session)
    assert newcomer.state == "waiting"
    with tenant(later(cast)) as product:
        assert offer_seats(product) == 0 and counts(session) == (2, 2)
    with tenant(later(cast, hours=47)) as product:
        assert lapse_offers(product) == 0
    with tenant(later(cast, hours=48, seconds=1)) as product:
        assert lapse_offers(product) == 1 and offer_seats(product) == 0
    assert (reread(cast, third).state, reread(cast, fourth).state) == ("lapsed", "offered")
    with tenant(actor(cast.social_worker)) as acting:
        confirm_offer(acting, enrolment=reread_as(acting, fourth))
        queue_again(acting, enrolment=reread_as(acting, third))
    third = reread(cast, third)
    assert (third.state, third.rank) == ("waiting", 4) and counts(session) == (2, 2)
    with tenant(actor(cast.social_worker)) as acting, pytest.raises(InvalidTransition):
        confirm_offer(acting, enrolment=third)


def test_an_offer_whose_time_is_over_is_not_taken(cast):
    _, (first, _, third) = full(cast)
    with tenant(actor(cast.social_worker)) as acting:
        give_up(acting, enrolment=first)
    with (
        tenant(actor(cast.social_worker, later(cast, days=3).now)) as acting,
        pytest.raises(Conflict, match="offer_over"),
    ):
        confirm_offer(acting, enrolment=reread_as(acting, third))


def test_of_a_sensitive_action_the_order_holds_for_whoever_does_not_see_the_whole_queue(cast):
    """The Département gives a seat back and sees its own people alone: the clock offers it to the first in line."""
    session = sessions_of(action(cast, capacity=1, sensitive=True))[0]
    followed = person(cast, first_names="Suivie")
    decision(cast, followed)
    (first,) = enrolled(cast, person(cast), session)
    (second,) = enrolled(cast, followed, session, by=cast.udaf_worker)
    enrolled(cast, person(cast, first_names="Autre"), session)
    with tenant(actor(cast.social_worker)) as acting:
        give_up(acting, enrolment=first)
    assert states(cast, session) == ["cancelled", "waiting", "waiting"]
    with tenant(later(cast)) as product:
        assert offer_seats(product) == 1
    assert reread(cast, second).state == "offered" and counts(session) == (1, 1)


def test_giving_up_ends_the_referral_and_cancelling_the_referral_gives_up(cast):
    session, (first, second, _) = full(cast)
    with tenant(actor(cast.social_worker)) as acting:
        give_up(acting, enrolment=first)
        cancel_referral(acting, referral=Referral.objects.get(pk=second.referral_id), note="Changement de projet")
    assert reread(cast, Referral(pk=first.referral_id)).state == "cancelled"
    assert reread(cast, second).state == "cancelled" and counts(session) == (1, 0)


def test_a_refusal_frees_the_seat_once_told_and_a_correction_takes_it_again(cast):
    session, (first, *_) = full(cast)
    referral = Referral(pk=first.referral_id)
    with tenant(actor(cast.charity)) as acting:
        decline_referral(acting, referral=reread_as(acting, referral), reason="no_place")
    assert states(cast, session)[0] == "enrolled"  # its twenty seconds
    with tenant(later(cast, seconds=21)) as product:
        release_answer(product, referral=reread_as(product, referral))
    assert states(cast, session)[0] == "cancelled" and counts(session) == (2, 0)
    with tenant(actor(cast.charity, later(cast, seconds=30).now)) as acting:
        take_back_answer(acting, referral=reread_as(acting, referral))
    assert states(cast, session) == ["waiting", "enrolled", "offered"] and counts(session) == (2, 1)


def reread_as(acting, row):
    return type(row).objects.get(pk=row.pk)


def test_nobody_is_enrolled_twice_nor_beyond_a_quota(cast):
    session = sessions_of(action(cast, capacity=10))[0]
    who = person(cast)
    enrolled(cast, who, session)
    with pytest.raises(Conflict, match="enrolled_already"):
        enrolled(cast, who, session)
    with tenant(actor(cast.charity)) as acting:
        set_quota(acting, action=session.action, organization=cast.moselle, seats=1)
    with pytest.raises(Conflict, match="quota_reached"):
        enrolled(cast, person(cast, first_names="Autre"), session)
    with tenant(actor(cast.charity)) as acting:
        set_quota(acting, action=session.action, organization=cast.moselle, seats=None)
    enrolled(cast, person(cast, first_names="Autre"), session)
    assert counts(session) == (2, 0)


def test_a_cycle_enrols_in_all_its_sessions_with_one_referral(cast):
    sessions = sessions_of(action(cast, sessions=3, capacity=1, series=True))
    made = enrolled(cast, person(cast), sessions[0])
    assert len(made) == 3 and len({one.referral_id for one in made}) == 1
    assert [counts(one) for one in sessions] == [(1, 0)] * 3


def test_another_date_of_the_same_action_needs_no_other_referral(cast):
    first, second = sessions_of(action(cast, sessions=2))
    who = person(cast)
    one, other = enrolled(cast, who, first)[0], enrolled(cast, who, second)[0]
    assert one.referral_id == other.referral_id
    with tenant(actor(cast.social_worker)) as acting:
        give_up(acting, enrolment=one)
        assert reread_as(acting, other).state == "enrolled"
        assert Referral.objects.get(pk=one.referral_id).state == "sent"


def test_an_action_is_called_off_not_archived_nor_merged(cast):
    made, other = action(cast), action(cast, name="Double")
    with tenant(actor(cast.officer_metz)) as acting:
        with pytest.raises(Conflict, match="action_has_sessions"):
            archive_service(acting, service=made.service)
        with pytest.raises(Invalid):
            merge_services(acting, duplicate=other.service, into=made.service)


def test_seats_follow_capacity_and_a_closed_file_frees_them(cast):
    session, (first, *_) = full(cast)
    kept = {"duration": 90, "place": "Ailleurs", "address": "", "meeting_point": ""}
    with tenant(actor(cast.charity)) as acting:
        with pytest.raises(Invalid, match="invalid"):
            edit_session(acting, session=session, starts_at=session.starts_at, capacity=1, **kept)
        edit_session(acting, session=session, starts_at=session.starts_at, capacity=3, **kept)
    assert states(cast, session) == ["enrolled", "enrolled", "offered"]
    with tenant(actor(cast.head)) as acting:
        record_death(acting, person=first.beneficiary, died_on=acting.today)
    with tenant(later(cast)) as product:
        release_closed_files(product)
    assert states(cast, session)[0] == "cancelled" and counts(session) == (2, 0)


def test_the_directory_knows_whether_places_are_left(cast):
    session, _ = full(cast, people=1)
    service = Service.objects.get(pk=session.action.service_id)
    assert service.has_places and "p:left" in service.facets and "n:action" in service.facets
    enrolled(cast, person(cast, first_names="Autre"), session)
    service.refresh_from_db()
    assert not service.has_places and "p:left" not in service.facets


def test_what_has_begun_or_is_not_published_takes_nobody(cast):
    session = sessions_of(action(cast))[0]
    with pytest.raises(Conflict, match="session_begun"):
        enrolled(cast, person(cast), session, now=session.starts_at)
    draft = sessions_of(action(cast, name="Brouillon", draft=True))[0]
    with pytest.raises(Conflict, match="not_published"):
        enrolled(cast, person(cast), draft)
