"""The seats of a slot: one conditional UPDATE each way, so that the last seat has one taker."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F

from hub.core.errors import Conflict
from referrals.models import Appointment, AppointmentKind, Slot, Summons

FULL = "Il n'y a plus de place sur ce créneau : choisissez-en un autre."


def take_seats(slot_id: UUID, count: int = 1) -> None:
    """Hold so many seats. Raises `Conflict` (`slot_full`) when fewer are left, and then takes none."""
    room = Slot.objects.filter(pk=slot_id, closed=False, taken__lte=F("capacity") - count)
    if not room.update(taken=F("taken") + count):
        raise Conflict(FULL, code="slot_full")


def give_seat_back(slot_id: UUID) -> None:
    """Somebody else may have it."""
    Slot.objects.filter(pk=slot_id, taken__gte=1).update(taken=F("taken") - 1)


def leave_seat(appointment: Appointment, *, moved_at: datetime | None = None) -> None:
    """The appointment of a summons leaves its slot: cancelled, or (`moved_at`) moved to another day or hour."""
    if appointment.kind != AppointmentKind.SUMMONS:
        return
    held = Summons.objects.select_for_update(of=("self",)).filter(appointment=appointment).first()
    if held is None:
        return
    if held.slot_id:
        give_seat_back(held.slot_id)
    held.slot, held.moved_at = None, moved_at or held.moved_at
    held.save(update_fields=["slot", "moved_at"])


def leave_all_seats(person_id: UUID) -> None:
    """The person's file is closed: seats she was about to get are free again (in silence)."""
    rows = Summons.objects.select_for_update(of=("self",)).filter(beneficiary_id=person_id, appointment=None)
    for one in rows.exclude(slot=None):
        if one.slot_id:
            give_seat_back(one.slot_id)
        one.slot = None
        one.save(update_fields=["slot"])
