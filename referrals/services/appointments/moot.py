"""Appointments that have no object any more: cancelled by the product, in silence."""

from __future__ import annotations

from django.db.models import QuerySet

from hub.core.actor import Actor
from hub.core.topics import touch
from referrals.models import Appointment, AppointmentState
from referrals.services.campaigns.seats import leave_seat
from referrals.workflows import APPOINTMENT


def cancel_moot(actor: Actor, appointments: QuerySet[Appointment]) -> None:
    """Cancel those still planned (death, referral withdrawn): nobody is told, open pages look again."""
    for one in appointments.filter(state=AppointmentState.PLANNED):
        APPOINTMENT.perform(one, "cancel", by=actor, note="Sans objet")
        leave_seat(actor, one)
        touch(actor.department_id, "appointment", one.pk)
