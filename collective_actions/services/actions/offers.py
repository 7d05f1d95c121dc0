"""What time alone does: an offer left unanswered lapses, and its seat is held for the next who waits."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F

from collective_actions.events import OfferAnswered
from collective_actions.models import ACTIVE_STATES, CollectiveAction, Enrolment, EnrolmentState, Session
from collective_actions.services.actions.enrolling import release
from collective_actions.services.actions.held import offer_free_seats
from collective_actions.services.actions.seats import changed, count_places, locked
from collective_actions.workflows import ENROLMENT
from hub.core.access import require
from hub.core.actor import Actor
from hub.core.events import emit

MOST = 200


def lapse_offers(actor: Actor) -> int:
    """End the offers whose time is over (system): those who let them pass are told, the seats are free. How many."""
    require(actor, "enrolment.offer")
    over = Enrolment.objects.filter(state=EnrolmentState.OFFERED, offered_until__lte=actor.now)
    rows = list(over.order_by("offered_until", "id")[:MOST])
    return sum(_lapse(actor, one) for one in rows)


def offer_seats(actor: Actor) -> int:
    """Offer the free seats of sessions to come that were not offered when they came free (system). How many."""
    require(actor, "enrolment.offer")
    coming = Session.objects.filter(department_id=actor.department_id, starts_at__gt=actor.now, cancelled_at=None)
    waited_for = coming.filter(waiting__gt=0, taken__lt=F("capacity"))
    return sum(_offer(actor, pk) for pk in waited_for.values_list("pk", flat=True)[:MOST])


def release_closed_files(actor: Actor) -> None:
    """Nobody holds a seat for somebody who died: freed in silence (system)."""
    require(actor, "enrolment.offer")
    held = Enrolment.objects.filter(state__in=ACTIVE_STATES, beneficiary__died_on__isnull=False)
    coming = held.filter(session__starts_at__gt=actor.now, session__cancelled_at=None)
    with transaction.atomic():
        release(actor, list(coming.order_by("session_id")[:MOST]), why="Dossier clos")


def recount_places(actor: Actor) -> None:
    """Sessions begin: what had places has none left (system)."""
    require(actor, "enrolment.offer")
    shown = CollectiveAction.objects.filter(department_id=actor.department_id, service__has_places=True)
    for action in shown.select_related("service"):
        count_places(action, actor.now)


@transaction.atomic
def _lapse(actor: Actor, enrolment: Enrolment) -> int:
    session = locked(enrolment.session_id)
    enrolment = Enrolment.objects.get(pk=enrolment.pk)
    if enrolment.state != EnrolmentState.OFFERED or enrolment.offered_until is None:
        return 0
    if enrolment.offered_until > actor.now:
        return 0
    session.taken -= 1
    session.save(update_fields=["taken"])
    ENROLMENT.perform(enrolment, "lapse", by=actor, offered_until=None, rank=None)
    emit(OfferAnswered(department_id=actor.department_id, enrolment_id=enrolment.pk, answer="lapse"))
    changed(actor, session)
    return 1


@transaction.atomic
def _offer(actor: Actor, session_id: UUID) -> int:
    session = locked(session_id)
    offered = offer_free_seats(actor, session)
    if offered:
        changed(actor, session)
    return offered
