"""What came of a meeting. Nothing automatic follows one that was not held (domain §3)."""

from __future__ import annotations

from django.db import transaction

from hub.core.access import can, require
from hub.core.actor import Actor
from hub.core.errors import Conflict
from hub.core.topics import touch
from referrals.models import Appointment, Nature, Outcome, Referral
from referrals.services.appointments.planning import ACTIVE, changed, follow_referral, veiled_refusal
from referrals.services.campaigns.seats import leave_seat, take_seat_again, touch_campaign
from referrals.services.referrals.course import complete_referral
from referrals.workflows import APPOINTMENT


@transaction.atomic
def hold_appointment(actor: Actor, *, appointment: Appointment, note: str = "") -> Appointment:
    """The person was met. The first one held carries out the designation it was fixed for (domain §4)."""
    _record(actor, appointment, "hold", note)
    referral = Referral.objects.filter(pk__in=[appointment.referral_id]).first()
    designation = referral is not None and referral.nature == Nature.DESIGNATION and referral.state in ACTIVE
    if referral is not None and designation and can(actor, "referral.answer", referral):
        complete_referral(actor, referral=referral, outcome=Outcome.FIRST_APPOINTMENT)
    return appointment


@transaction.atomic
def excuse_appointment(actor: Actor, *, appointment: Appointment, note: str = "") -> Appointment:
    """The person said beforehand that she could not come (her seat is free again), or explained it afterwards."""
    _record(actor, appointment, "excuse", note, before=True)
    if appointment.starts_at > actor.now:
        leave_seat(actor, appointment)
    return appointment


@transaction.atomic
def miss_appointment(actor: Actor, *, appointment: Appointment, note: str = "") -> Appointment:
    """It did not take place: a fact for whoever receives and for the referent, and nothing more."""
    return _record(actor, appointment, "miss", note)


@transaction.atomic
def correct_outcome(actor: Actor, *, appointment: Appointment, note: str = "") -> Appointment:
    """What was written down was wrong: it waits for its outcome again, on the seat it had.

    Raises `Conflict` when somebody else has that seat by now, or when another date was offered meanwhile.
    """
    require(actor, "appointment.outcome", appointment)
    APPOINTMENT.perform(appointment, "correct", by=actor, note=note, told_at=None, outcome_note="")
    take_seat_again(actor, appointment)
    touch(actor.department_id, "appointment", appointment.pk)
    return appointment


@transaction.atomic
def cancel_appointment(actor: Actor, *, appointment: Appointment, note: str = "") -> Appointment:
    """It will not take place; the clock of its referral runs again."""
    require(actor, "appointment.change", appointment)
    with veiled_refusal(actor, appointment):
        APPOINTMENT.perform(appointment, "cancel", by=actor, note=note.strip())
    leave_seat(actor, appointment)
    referral = Referral.objects.filter(pk__in=[appointment.referral_id], state__in=ACTIVE).first()
    if referral is not None:
        follow_referral(actor, referral)
    return changed(actor, appointment, "cancelled")


def _record(actor: Actor, appointment: Appointment, name: str, note: str, *, before: bool = False) -> Appointment:
    require(actor, "appointment.outcome", appointment)
    APPOINTMENT.check(appointment, name)
    if not before and appointment.starts_at > actor.now:
        raise Conflict("Ce rendez-vous n'a pas encore eu lieu.", code="too_early")
    APPOINTMENT.perform(appointment, name, by=actor, told_at=actor.now, outcome_note=" ".join(note.split())[:1000])
    touch(actor.department_id, "appointment", appointment.pk)
    touch_campaign(actor, appointment)
    return appointment
