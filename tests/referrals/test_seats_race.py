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
from referrals.models import Slot, Summons
from referrals.services.appointments.outcomes import cancel_appointment
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
