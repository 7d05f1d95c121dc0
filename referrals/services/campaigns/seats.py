"""The seats of a slot: one conditional UPDATE each way, so that the last seat has one taker."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from hub.core.actor import Actor
from hub.core.errors import Conflict
from hub.core.topics import touch
from referrals.models import Appointment, AppointmentKind, AppointmentLog, Slot, Summons

FULL = "Il n'y a plus de place sur ce créneau : choisissez-en un autre."
GIVEN = "Sa place a été donnée depuis : proposez-lui une autre date."
# In the journal of an appointment, what closes it in its campaign → why it is not planned again.
REPLACE, CALL_OFF = "replace", "call_off"
CLOSED = {
    REPLACE: "Une autre date a été proposée depuis à cette personne.",
    CALL_OFF: "La campagne de ce rendez-vous est annulée.",
}
# What an appointment says of the slot it was given.
PLACED = ("department_id", "organization_id", "team_id", "starts_at", "mode", "place", "address")


def take_seats(actor: Actor, slot_id: UUID, count: int = 1, *, refusal: str = FULL) -> None:
    """Hold so many seats. Raises `Conflict` (`slot_full`) when fewer are left, and then takes none."""
    room = Slot.objects.filter(pk=slot_id, closed=False, taken__lte=F("capacity") - count)
    if not room.update(taken=F("taken") + count):
        raise Conflict(refusal, code="slot_full")
    touch(actor.department_id, "slot", slot_id)


def give_seat_back(actor: Actor, slot_id: UUID) -> None:
    """Somebody else may have it."""
    Slot.objects.filter(pk=slot_id, taken__gte=1).update(taken=F("taken") - 1)
    touch(actor.department_id, "slot", slot_id)


def leave_seat(actor: Actor, appointment: Appointment, *, moved: bool = False) -> None:
    """The appointment of a summons leaves its slot: cancelled, excused, or `moved` to another day or hour."""
    held = _summons_of(appointment)
    if held is None:
        return
    if held.slot_id:
        give_seat_back(actor, held.slot_id)
    held.slot, held.moved_at = None, actor.now if moved else held.moved_at
    held.save(update_fields=["slot", "moved_at"])
    touch(actor.department_id, "campaign", held.campaign_id)


def take_seat_again(actor: Actor, appointment: Appointment) -> None:
    """A summons still to come is planned again, on the seat it left.

    Raises `Conflict` when somebody else has it, when another date was offered, or once its campaign is called off.
    """
    if appointment.kind != AppointmentKind.SUMMONS or appointment.starts_at <= actor.now:
        return
    if closed := AppointmentLog.objects.filter(appointment=appointment, name__in=CLOSED).first():
        raise Conflict(CLOSED[closed.name])
    held = _summons_of(appointment)
    former = Slot.objects.filter(**{name: getattr(appointment, name) for name in PLACED}).order_by("closed", "taken")
    if held is not None and held.slot_id is None and (slot := former.first()):
        take_seats(actor, slot.pk, refusal=GIVEN)
        held.slot = slot
        held.save(update_fields=["slot"])


def leave_all_seats(actor: Actor, person_id: UUID) -> None:
    """The person's file is closed: seats she was about to get are free again (in silence)."""
    rows = Summons.objects.select_for_update(of=("self",)).filter(beneficiary_id=person_id, appointment=None)
    for one in rows.exclude(slot=None):
        if one.slot_id:
            give_seat_back(actor, one.slot_id)
        one.slot = None
        one.save(update_fields=["slot"])


def touch_campaign(actor: Actor, appointment: Appointment) -> None:
    """What came of a summons is part of its campaign: open pages look again."""
    if appointment.kind == AppointmentKind.SUMMONS:
        for campaign in Summons.objects.filter(appointment=appointment).values_list("campaign", flat=True):
            touch(actor.department_id, "campaign", campaign)


def _summons_of(appointment: Appointment) -> Summons | None:
    if appointment.kind != AppointmentKind.SUMMONS:
        return None
    return Summons.objects.select_for_update(of=("self",)).filter(appointment=appointment).first()
