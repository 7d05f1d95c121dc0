"""Many at once on the last seats of a slot: real threads, real transactions, the application's own role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from hub.core.actor import Actor
from hub.core.errors import Conflict, DomainError
from hub.core.gate import tenant
from referrals.models import Appointment, Slot, Summons
from referrals.services.appointments.outcomes import cancel_appointment, correct_outcome, excuse_appointment
from referrals.services.campaigns.distribution import place
from referrals.services.campaigns.sending import cancel_campaign, move_to_slot
from tests.campaigns import addressed, campaign, sent, slot, taken
from tests.cast import actor
from tests.people import open_day

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acting: Actor, gestures: list[Callable[[Actor, Callable[[], None]], Any]]) -> list[DomainError | None]:
    """Everybody reads, waits for the others, acts; None for whoever succeeded, else the refusal."""
    barrier = Barrier(len(gestures))

    def run(gesture: Callable[[Actor, Callable[[], None]], Any]) -> DomainError | None:
        try:
            with tenant(acting):
                gesture(acting, lambda: barrier.wait(timeout=30) and None)
        except DomainError as error:
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(gestures)) as threads:
        return list(threads.map(run, gestures))


def test_twenty_takers_for_the_last_two_seats(cast):
    """Exactly two get them, whatever their campaigns; the others are told in French and hold nothing."""
    people = [addressed(cast, first_names=f"Invente{n}") for n in range(20)]
    campaigns = [campaign(cast, [who]) for who in people]
    only = slot(cast, capacity=2)

    def taker(made: Any) -> Callable[[Actor, Callable[[], None]], None]:
        def take(acting: Actor, wait: Callable[[], None]) -> None:
            summons = Summons.objects.get(campaign=made)
            wait()
            place(acting, summons=summons, slot=only)

        return take

    answers = at_once(actor(cast.officer_metz), [taker(made) for made in campaigns])
    losers = [answer for answer in answers if answer is not None]
    assert (answers.count(None), len(losers)) == (2, 18)
    assert {type(error) for error in losers} == {Conflict}
    assert {error.message for error in losers} == {
        "Il n'y a plus de place sur ce créneau : choisissez-en un autre."
    }  # fmt: skip
    assert taken(cast, only) == 2
    with tenant(actor(cast.head)):
        assert Summons.objects.filter(slot=only).count() == 2


def test_moving_cancelling_and_calling_off_at_once_never_lose_a_seat(cast):
    """Opposite locks end in answers, not in a deadlock, and every seat held has its summons."""
    people = [addressed(cast, first_names=f"Invente{n}") for n in range(6)]
    made = sent(cast, people, capacity=6)
    other = slot(cast, capacity=3, on=open_day(30))

    def mover(acting: Actor, wait: Callable[[], None]) -> None:
        summons = Summons.objects.select_related("appointment").filter(campaign=made).order_by("pk").first()
        wait()
        move_to_slot(acting, summons=summons, slot=other)

    def canceller(acting: Actor, wait: Callable[[], None]) -> None:
        summons = Summons.objects.select_related("appointment").filter(campaign=made).order_by("pk").first()
        wait()
        cancel_appointment(acting, appointment=summons.appointment)

    def caller_off(acting: Actor, wait: Callable[[], None]) -> None:
        wait()
        cancel_campaign(acting, campaign=made)

    at_once(actor(cast.officer_metz), [mover, canceller, caller_off, mover, canceller])
    with tenant(actor(cast.head)):
        held = Counter(Summons.objects.exclude(slot=None).values_list("slot", flat=True))
        assert {pk: count for pk, count in Slot.objects.values_list("pk", "taken") if count} == dict(held)


def test_another_date_a_correction_and_a_calling_off_at_once_never_lose_a_seat(cast):
    """Whoever was excused by mistake gets her seat back or another one, never both."""
    people = [addressed(cast, first_names=f"Invente{n}") for n in range(4)]
    made = sent(cast, people, capacity=4)
    other = slot(cast, capacity=4, on=open_day(30))
    with tenant(actor(cast.officer_metz)) as acting:
        rows = list(Summons.objects.select_related("appointment").filter(campaign=made).order_by("pk"))
        for one in rows:
            excuse_appointment(acting, appointment=one.appointment)

    def offerer(one: Summons) -> Callable[[Actor, Callable[[], None]], None]:
        def offer(acting: Actor, wait: Callable[[], None]) -> None:
            wait()
            place(acting, summons=one, slot=other)

        return offer

    def corrector(one: Summons) -> Callable[[Actor, Callable[[], None]], None]:
        def correct(acting: Actor, wait: Callable[[], None]) -> None:
            appointment = Appointment.objects.get(pk=one.appointment_id)
            wait()
            correct_outcome(acting, appointment=appointment)

        return correct

    def caller_off(acting: Actor, wait: Callable[[], None]) -> None:
        wait()
        cancel_campaign(acting, campaign=made)

    gestures = [gesture(one) for one in rows for gesture in (offerer, corrector)]
    at_once(actor(cast.officer_metz), gestures)
    at_once(actor(cast.officer_metz), [*gestures[:2], caller_off])
    with tenant(actor(cast.head)):
        held = Counter(Summons.objects.exclude(slot=None).values_list("slot", flat=True))
        assert {pk: count for pk, count in Slot.objects.values_list("pk", "taken") if count} == dict(held)
        planned = Counter(Appointment.objects.filter(state="planned").values_list("beneficiary", flat=True))
        placed = Counter(Summons.objects.filter(slot=other).values_list("beneficiary", flat=True))
        assert all(count == 1 for count in (planned + placed).values())
