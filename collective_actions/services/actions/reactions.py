"""What an enrolment makes of the referral it came with: refused, withdrawn or over, the seat is free."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from collective_actions.models import ACTIVE_STATES, Enrolment, EnrolmentLog, EnrolmentState
from collective_actions.services.actions.enrolling import reenter, release
from collective_actions.services.actions.seats import locked
from hub.core.actor import Actor
from hub.core.events import react
from hub.core.gate import current_actor
from referrals.events import ReferralAnswered, ReferralChanged

ENDED = {
    "cancel": "Orientation annulée",
    "enter_in_error": "Orientation saisie par erreur",
    "expire": "Orientation restée sans réponse",
    "redirect": "Personne réorientée",
    "fail": "Orientation non aboutie",
}
DECLINED = "Orientation refusée"


@react(ReferralAnswered)
def free_when_declined(event: ReferralAnswered) -> None:
    """Once its twenty seconds are over: a refusal taken back in time frees nothing."""
    if event.answer == "declined":
        release(_actor(), _held(event.referral_id), why=DECLINED)


@react(ReferralChanged)
def follow_referral(event: ReferralChanged) -> None:
    """A referral over frees its seats; a refusal corrected takes them again, or a rank."""
    if event.change in ENDED:
        release(_actor(), _held(event.referral_id), why=ENDED[event.change])
    elif event.change == "correct":
        _take_again(_actor(), event)


def _take_again(actor: Actor, event: ReferralChanged) -> None:
    lost = Enrolment.objects.filter(referral=event.referral_id, state=EnrolmentState.CANCELLED)
    for one in lost.order_by("session_id"):
        last = EnrolmentLog.objects.filter(enrolment=one).order_by("-at", "-id").first()
        session = locked(one.session_id)
        open_still = session.starts_at > actor.now and not session.cancelled_at
        if last is not None and last.note == DECLINED and open_still:
            reenter(actor, session, one)


def _held(referral_id: UUID) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(referral=referral_id, state__in=ACTIVE_STATES).order_by("session_id")


def _actor() -> Actor:
    actor = current_actor()
    assert actor is not None  # events are emitted inside the gate
    return actor
