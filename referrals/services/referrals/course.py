"""From the answer to the outcome: begun, paused, resumed, completed or not."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from referrals.models import Outcome, Referral
from referrals.services.referrals.moves import check_choice, check_reason, finish, moved
from referrals.workflows import REFERRAL


@transaction.atomic
def start_referral(actor: Actor, *, referral: Referral) -> Referral:
    """The receiver has begun (with its first appointment: `appointments.planning.begin_referral`)."""
    require(actor, "referral.answer", referral)
    REFERRAL.perform(referral, "start", by=actor)
    return moved(actor, referral, "start")


@transaction.atomic
def pause_referral(actor: Actor, *, referral: Referral, review_on: date, note: str) -> Referral:
    """Suspend, with a reason and a day to look again. Raises `Invalid` for a past day or no reason."""
    require(actor, "referral.answer", referral)
    if review_on <= actor.today:
        raise Invalid("Choisissez une date à venir.", fields={"review_on": "Choisissez une date à venir."})
    if not note.strip():
        raise Invalid("Indiquez pourquoi.", fields={"note": "Indiquez pourquoi."})
    REFERRAL.perform(referral, "pause", by=actor, note=note, review_on=review_on, answer_note=note)
    return moved(actor, referral, "pause")


@transaction.atomic
def resume_referral(actor: Actor, *, referral: Referral) -> Referral:
    require(actor, "referral.answer", referral)
    REFERRAL.perform(referral, "resume", by=actor, review_on=None)
    return moved(actor, referral, "resume")


@transaction.atomic
def complete_referral(actor: Actor, *, referral: Referral, outcome: str, note: str = "") -> Referral:
    """It came to something; the outcome is required, and the sender is told."""
    require(actor, "referral.answer", referral)
    check_choice(outcome, Outcome.values, field="outcome")
    REFERRAL.perform(referral, "complete", by=actor, note=note, outcome=outcome, answer_note=note)
    finish(actor, referral, keep_access=True)
    return moved(actor, referral, "complete")


@transaction.atomic
def fail_referral(actor: Actor, *, referral: Referral, reason: str, note: str = "", met_how: str = "") -> Referral:
    """It came to nothing; a reason of either list is required."""
    require(actor, "referral.answer", referral)
    check_reason(reason, met_how)
    REFERRAL.perform(referral, "fail", by=actor, note=note, reason=reason, answer_note=note, met_how=met_how)
    finish(actor, referral, keep_access=True)
    return moved(actor, referral, "fail")
