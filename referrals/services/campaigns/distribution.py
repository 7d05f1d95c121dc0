"""Which seat each person gets: proposed nearest first and in order, never above capacity, changed by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from hub.core.access import can, require, visible
from hub.core.actor import Actor
from hub.core.errors import Conflict
from hub.core.topics import touch
from referrals.models import Appointment, AppointmentState, Beneficiary, Campaign, CampaignState, Slot, Summons
from referrals.services.campaigns.people import CANCELLED, held_in, running
from referrals.services.campaigns.seats import REPLACE, give_seat_back, take_seats
from referrals.services.campaigns.slots import check_notice, first_moment
from referrals.workflows import APPOINTMENT

CONVENED = "Cette personne est déjà convoquée : déplacez son rendez-vous."
# Whoever will not come on the date she had may be offered another one; after a missed one, see `summon_again`.
FREED = (AppointmentState.EXCUSED, AppointmentState.CANCELLED)
Near = Callable[[Beneficiary, Slot], bool]
# Nearest first: the same commune, the same territory, then slots open to all. Another territory is chosen by hand.
NEARNESS: tuple[Near, ...] = (
    lambda person, slot: person.commune_id is not None and person.commune_id == slot.commune_id,
    lambda person, slot: person.territory_id is not None and person.territory_id == slot.territory_id,
    lambda person, slot: slot.territory_id is None,
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many got a seat, how many are left without."""

    placed: int
    left: int


def propose(people: Iterable[Beneficiary], slots: Sequence[Slot]) -> dict[UUID, Slot]:
    """A slot per person that can have one: `people` in their order, `slots` earliest first, nearest places first."""
    room = {slot.pk: slot.free for slot in slots}
    given: dict[UUID, Slot] = {}
    waiting = list(people)
    for near in NEARNESS:
        for person in waiting:
            found = next((slot for slot in slots if room[slot.pk] > 0 and near(person, slot)), None)
            if found is not None:
                given[person.pk] = found
                room[found.pk] -= 1
        waiting = [person for person in waiting if person.pk not in given]
    return given


@transaction.atomic
def distribute(actor: Actor, *, campaign: Campaign) -> Distribution:
    """Give seats to the people who wait for one, before or after the sending; those given by hand stay.

    Whoever excused herself chooses her date with somebody: she is not among them. Raises `Conflict` once it is called
    off.
    """
    campaign = running(actor, campaign)
    rows = held_in(campaign).filter(slot=None, appointment=None).select_for_update(of=("self",))
    waiting = list(rows.select_related("beneficiary"))
    slots = _usable(actor, campaign)
    given = propose([one.beneficiary for one in waiting if one.beneficiary.died_on is None], slots)
    for slot_id, count in sorted(Counter(slot.pk for slot in given.values()).items()):
        take_seats(actor, slot_id, count)
    placed = [one for one in waiting if one.beneficiary_id in given]
    for one in placed:
        one.slot = given[one.beneficiary_id]
    Summons.objects.bulk_update(placed, ["slot"], batch_size=200)
    touch(actor.department_id, "campaign", campaign.pk)
    return Distribution(len(placed), len(waiting) - len(placed))


@transaction.atomic
def place(actor: Actor, *, summons: Summons, slot: Slot | None) -> Summons:
    """Give a person another seat, or none, before she is convened, or once she excused herself or was cancelled.

    Raises `Conflict` when the slot is full, her file closed or her appointment still holds; `Invalid` when the slot
    is too near.
    """
    former = Appointment.objects.select_for_update(of=("self",)).filter(summons=summons).first()  # first: see sending
    campaign = campaign_of(actor, summons)
    summons = Summons.objects.select_for_update(of=("self",)).select_related("beneficiary").get(pk=summons.pk)
    _check_may_be_placed(actor, campaign, summons, former)
    if (slot is None and former is not None) or (slot is not None and slot.pk == summons.slot_id):
        return summons
    lock_slots(slot.pk if slot else None, summons.slot_id)
    if slot is not None:
        check_notice(actor, slot.starts_at)
        take_seats(actor, slot.pk)
    if summons.slot_id:
        give_seat_back(actor, summons.slot_id)
    if former is not None:
        APPOINTMENT.record(former, REPLACE, by=actor)
    summons.slot, summons.appointment, summons.told_how = slot, None, ""
    summons.save(update_fields=["slot", "appointment", "told_how"])
    touch(actor.department_id, "campaign", campaign.pk)
    return summons


def campaign_of(actor: Actor, summons: Summons) -> Campaign:
    """Its campaign, locked; raises `Refused` for whoever may not work on it."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=summons.campaign_id)
    require(actor, "campaign.edit", campaign)
    return campaign


def _check_may_be_placed(actor: Actor, campaign: Campaign, summons: Summons, former: Appointment | None) -> None:
    """Raise `Conflict` for whoever is convened, and tell nobody what came of her appointment who may not know it."""
    if campaign.state == CampaignState.CANCELLED:
        raise Conflict(CANCELLED, code="invalid_transition")
    convened_since = summons.appointment_id != (former.pk if former else None)
    if summons.withdrawn_at or convened_since or (former and not may_be_offered(actor, campaign, former)):
        raise Conflict(CONVENED, code="invalid_transition")
    if summons.beneficiary.died_on:
        raise Conflict("Ce dossier est clos : plus aucune convocation ne part.")


def may_be_offered(actor: Actor, campaign: Campaign, former: Appointment) -> bool:
    """May another date be offered in the place of this appointment, by this actor?"""
    known = former.state == AppointmentState.CANCELLED or can(actor, "campaign.follow", campaign)
    return former.state in FREED and known


def lock_slots(*ids: UUID | None) -> None:
    """One order for everybody: two people who exchange seats never wait for each other."""
    wanted = [pk for pk in ids if pk]
    list(Slot.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk").values_list("pk"))


def _usable(actor: Actor, campaign: Campaign) -> list[Slot]:
    """The campaign's slots with seats left and enough notice, locked, earliest first."""
    lock_slots(*campaign.slots.values_list("pk", flat=True))
    found = visible(actor, Slot).filter(campaigns=campaign, closed=False, starts_at__gte=first_moment(actor))
    return list(found.select_related("commune", "team").order_by("starts_at", "pk"))
