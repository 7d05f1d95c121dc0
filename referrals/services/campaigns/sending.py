"""Convening the people of a campaign: an appointment each, told once per referent and team; called off together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.topics import touch
from referrals.channels import may_be_written_to
from referrals.events import AppointmentsChanged, JointSeats, SummonsSent
from referrals.models import (
    Appointment,
    AppointmentKind,
    AppointmentLog,
    AppointmentState,
    Campaign,
    CampaignState,
    Slot,
    Summons,
)
from referrals.services.appointments.planning import check_when, move_appointment, touch_gaps
from referrals.services.campaigns.distribution import campaign_of, lock_slots
from referrals.services.campaigns.people import held_in, in_preparation, running
from referrals.services.campaigns.seats import CALL_OFF, give_seat_back, take_seats
from referrals.services.campaigns.slots import check_hours, check_notice
from referrals.workflows import APPOINTMENT, CAMPAIGN

JOINED = ("beneficiary", "slot__organization", "slot__co_host", "slot__team")
NOBODY = "Personne n'a encore de place : répartissez d'abord les personnes sur des créneaux."
NOBODY_TO_WRITE_TO = "Personne n'attend de convocation par courrier sur un créneau."
NOT_SENT = "Cette campagne n'est pas encore envoyée."


@dataclass(frozen=True, slots=True)
class Sending:
    """How many are convened, to be told otherwise than by letter, left without a seat."""

    convened: int
    otherwise: int
    without_seat: int


@transaction.atomic
def send_campaign(actor: Actor, *, campaign: Campaign) -> Sending:
    """Convene everybody who has a seat and may be written to; the others wait for a person.

    Raises `Invalid` when nobody has a seat, or when a slot has become too near or falls on a closed day; `Conflict`
    when it was sent already.
    """
    campaign = in_preparation(actor, campaign)
    rows = _waiting(campaign)
    seated = [one for one in rows if one.slot_id]
    written = [one for one in seated if may_be_written_to(one.beneficiary)]
    _check_slots(actor, seated, nobody=NOBODY)
    CAMPAIGN.perform(campaign, "send", by=actor, sent_at=actor.now)
    _free_seats_of_the_dead(actor, seated)
    _convene(actor, campaign, written)
    alive = [one for one in seated if one.beneficiary.died_on is None]
    return Sending(len(written), len(alive) - len(written), len(rows) - len(seated))


@transaction.atomic
def convene_waiting(actor: Actor, *, campaign: Campaign) -> Sending:
    """Convene, of a campaign already sent, those who got a seat since and may be written to.

    Raises `Conflict` when it is not sent, `Invalid` as `send_campaign`.
    """
    campaign = running(actor, campaign)
    if campaign.state != CampaignState.SENT:
        raise Conflict(NOT_SENT, code="invalid_transition")
    rows = _waiting(campaign)
    seated = [one for one in rows if one.slot_id]
    written = [one for one in seated if may_be_written_to(one.beneficiary)]
    _check_slots(actor, written, nobody=NOBODY_TO_WRITE_TO)
    _convene(actor, campaign, written)
    return Sending(len(written), len(seated) - len(written), len(rows) - len(seated))


@transaction.atomic
def convene_one(actor: Actor, *, summons: Summons, told_how: str = "") -> Summons:
    """Convene one more person of a campaign already sent: she was told by voice (`told_how`), or gets a late letter.

    Raises `Invalid` when nobody says how a person who may not be written to was told, `Conflict` without a seat.
    """
    campaign = campaign_of(actor, summons)
    locked = Summons.objects.select_for_update(of=("self",)).select_related(*JOINED).get(pk=summons.pk)
    said = " ".join(told_how.split())[:120]
    if campaign.state != CampaignState.SENT or locked.appointment_id or not locked.slot:
        raise Conflict("Cette personne n'attend pas de convocation.", code="invalid_transition")
    if locked.beneficiary.died_on:
        raise Conflict("Ce dossier est clos : plus aucune convocation ne part.")
    if not said and not may_be_written_to(locked.beneficiary):
        raise Invalid("Dites comment la personne est prévenue.", fields={"told_how": "Dites comment."})
    _check_open(actor, locked.slot)
    if not said:
        check_notice(actor, locked.slot.starts_at)
    locked.told_how = said
    locked.save(update_fields=["told_how"])
    _convene(actor, campaign, [locked])
    return locked


@transaction.atomic
def move_to_slot(actor: Actor, *, summons: Summons, slot: Slot, note: str = "") -> Summons:
    """Another seat for a person already convened: her appointment moves with it.

    Raises `Conflict` when it is full, `Invalid` when it is hers already, or when one of those who receive is closed.
    """
    appointment = summons.appointment
    if appointment is None:
        raise Conflict("Cette personne n'est pas encore convoquée.", code="invalid_transition")
    if summons.slot_id == slot.pk:
        raise Invalid("Cette personne a déjà sa place sur ce créneau.", fields={"slot": "C'est son créneau actuel."})
    require(actor, "campaign.edit", summons.campaign)
    _check_open(actor, slot)
    _lock_appointments(appointment.pk)
    summons = Summons.objects.select_for_update(of=("self",)).get(pk=summons.pk)
    lock_slots(slot.pk, summons.slot_id)
    move_appointment(actor, appointment=appointment, starts_at=slot.starts_at, duration=slot.duration, note=note)
    take_seats(actor, slot.pk)
    for name, value in _where(slot).items():
        setattr(appointment, name, value)
    appointment.save(update_fields=list(_where(slot)))
    Summons.objects.filter(pk=summons.pk).update(slot=slot, moved_at=actor.now)
    _tell_co_hosts(actor, summons.campaign_id, [slot])
    touch(actor.department_id, "campaign", summons.campaign_id)
    summons.refresh_from_db()
    return summons


@transaction.atomic
def cancel_campaign(actor: Actor, *, campaign: Campaign, note: str = "") -> int:
    """Call it off: seats are free again, appointments still to come are cancelled and told once. Gives how many."""
    require(actor, "campaign.edit", campaign)
    _lock_appointments(*held_in(campaign).values_list("appointment", flat=True))
    CAMPAIGN.perform(campaign, "cancel", by=actor, note=" ".join(note.split())[:300])
    rows = list(held_in(campaign).select_for_update(of=("self",)).select_related("appointment", "slot").order_by("pk"))
    coming = [one for one in rows if _to_come(actor, one)]
    left = [one.slot for one in coming]
    for one in coming:
        APPOINTMENT.perform(one.appointment, "cancel", by=actor, note="Campagne annulée")
    for one in rows:
        if one.appointment and one.appointment.state == AppointmentState.EXCUSED:
            APPOINTMENT.record(one.appointment, CALL_OFF, by=actor)
    freed = [one for one in rows if one.slot_id and (one.appointment_id is None or one in coming)]
    lock_slots(*(one.slot_id for one in freed))
    for one in freed:
        give_seat_back(actor, one.slot_id)
    Summons.objects.filter(pk__in=[one.pk for one in freed]).update(slot=None)
    _tell_cancelled(actor, coming)
    _tell_co_hosts(actor, campaign.pk, left, freed=True)
    touch(actor.department_id, "campaign", campaign.pk)
    return len(coming)


def _lock_appointments(*ids: UUID | None) -> None:
    """Before summonses and slots, as whoever cancels one appointment does: nobody waits for the other in a circle."""
    list(Appointment.objects.select_for_update(of=("self",)).filter(pk__in=[pk for pk in ids if pk]).order_by("pk"))


def _waiting(campaign: Campaign) -> list[Summons]:
    rows = held_in(campaign).filter(appointment=None).select_for_update(of=("self",)).select_related(*JOINED)
    return list(rows.order_by("position", "pk"))


def _check_slots(actor: Actor, rows: Sequence[Summons], *, nobody: str) -> None:
    """Raise `Invalid` when there is `nobody`, or when one of their slots is too near or its day closed by now."""
    if not rows:
        raise Invalid(nobody, code="nobody")
    for slot in {one.slot.pk: one.slot for one in rows if one.slot}.values():
        check_notice(actor, slot.starts_at)
        _check_open(actor, slot)


def _check_open(actor: Actor, slot: Slot) -> None:
    check_hours(slot.starts_at, slot.duration)
    for host in filter(None, (slot.organization, slot.co_host)):
        check_when(actor, slot.starts_at, host)


def _convene(actor: Actor, campaign: Campaign, rows: Sequence[Summons]) -> None:
    """An appointment each, with its line of journal; whom it concerns is told once."""
    made = [_appointment(actor, campaign, one) for one in rows]
    Appointment.objects.bulk_create(made, batch_size=200)
    AppointmentLog.objects.bulk_create((_line(actor, one) for one in made), batch_size=200)
    for one, appointment in zip(rows, made, strict=True):
        one.appointment = appointment
        touch(actor.department_id, "person", one.beneficiary_id)
    Summons.objects.bulk_update(rows, ["appointment"], batch_size=200)
    touch(actor.department_id, "campaign", campaign.pk)
    touch_gaps(actor, made)
    if made:
        ids = tuple(one.pk for one in made)
        emit(
            SummonsSent(
                department_id=actor.department_id, by_id=actor.user_id, campaign_id=campaign.pk, appointment_ids=ids
            )
        )
        _tell_co_hosts(actor, campaign.pk, [one.slot for one in rows])


def _tell_co_hosts(actor: Actor, campaign_id: UUID, slots: Iterable[Slot | None], *, freed: bool = False) -> None:
    """Each co-host of a joint session learns how many people (one per slot given) it receives, or will not."""
    people = Counter(slot.co_host_id for slot in slots if slot and slot.co_host_id)
    if people:
        emit(
            JointSeats(
                department_id=actor.department_id,
                by_id=actor.user_id,
                campaign_id=campaign_id,
                people=people,
                freed=freed,
            )
        )


def _appointment(actor: Actor, campaign: Campaign, one: Summons) -> Appointment:
    assert one.slot is not None
    return Appointment(
        department_id=actor.department_id,
        beneficiary_id=one.beneficiary_id,
        kind=AppointmentKind.SUMMONS,
        starts_at=one.slot.starts_at,
        duration=one.slot.duration,
        contact=campaign.contact,
        motive=campaign.motive,
        bring=campaign.bring,
        kept_because=campaign.kept_because,
        gap_id=one.gap_id,
        planned_by_id=campaign.created_by_id,
        planned_at=actor.now,
        **_where(one.slot),
    )


def _where(slot: Slot) -> dict[str, object]:
    """Where, how and with whom, as the slot says."""
    return {
        "mode": slot.mode,
        "place": slot.place,
        "address": slot.address,
        "organization_id": slot.organization_id,
        "team_id": slot.team_id,
        "co_host_id": slot.co_host_id,
    }


def _line(actor: Actor, one: Appointment) -> AppointmentLog:
    return AppointmentLog(
        department_id=actor.department_id,
        appointment=one,
        name="plan",
        source=one.state,
        target=one.state,
        at=actor.now,
        user_id=actor.user_id,
        organization_id=actor.organization_id,
    )


def _free_seats_of_the_dead(actor: Actor, rows: Sequence[Summons]) -> None:
    for one in rows:
        if one.beneficiary.died_on and one.slot_id:
            give_seat_back(actor, one.slot_id)
            Summons.objects.filter(pk=one.pk).update(slot=None)


def _to_come(actor: Actor, one: Summons) -> bool:
    appointment = one.appointment
    return (
        appointment is not None and appointment.state == AppointmentState.PLANNED and appointment.starts_at > actor.now
    )


def _tell_cancelled(actor: Actor, rows: Sequence[Summons]) -> None:
    ids = tuple(one.appointment_id for one in rows if one.appointment_id)
    for one in rows:
        touch(actor.department_id, "person", one.beneficiary_id)
    touch_gaps(actor, [one.appointment for one in rows if one.appointment])
    if ids:
        emit(
            AppointmentsChanged(
                department_id=actor.department_id, by_id=actor.user_id, appointment_ids=ids, change="cancelled"
            )
        )
