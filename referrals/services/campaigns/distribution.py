"""Which seat each person gets: proposed nearest first and in order, never above capacity, changed by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Conflict
from hub.core.topics import touch
from referrals.models import Beneficiary, Campaign, CampaignState, Slot, Summons
from referrals.services.campaigns.people import held_in, in_preparation
from referrals.services.campaigns.seats import give_seat_back, take_seats
from referrals.services.campaigns.slots import check_notice, first_moment

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
    """Give seats to the people of a draft who have none; seats already given (by hand) stay."""
    campaign = in_preparation(actor, campaign)
    waiting = list(held_in(campaign).select_for_update(of=("self",)).filter(slot=None).select_related("beneficiary"))
    slots = _usable(actor, campaign)
    given = propose([one.beneficiary for one in waiting if one.beneficiary.died_on is None], slots)
    for slot_id, count in sorted(Counter(slot.pk for slot in given.values()).items()):
        take_seats(slot_id, count)
    placed = [one for one in waiting if one.beneficiary_id in given]
    for one in placed:
        one.slot = given[one.beneficiary_id]
    Summons.objects.bulk_update(placed, ["slot"], batch_size=200)
    touch(actor.department_id, "campaign", campaign.pk)
    return Distribution(len(placed), len(waiting) - len(placed))


@transaction.atomic
def place(actor: Actor, *, summons: Summons, slot: Slot | None) -> Summons:
    """Give a person another seat, or none, before she is convened. Raises `Conflict` when the slot is full.

    Raises `Invalid` when it is too near.
    """
    campaign = campaign_of(actor, summons)
    summons = Summons.objects.select_for_update(of=("self",)).get(pk=summons.pk)
    if summons.appointment_id or campaign.state == CampaignState.CANCELLED or summons.withdrawn_at:
        raise Conflict("Cette personne est déjà convoquée : déplacez son rendez-vous.", code="invalid_transition")
    if slot is not None and slot.pk == summons.slot_id:
        return summons
    lock_slots(slot.pk if slot else None, summons.slot_id)
    if slot is not None:
        check_notice(actor, slot)
        take_seats(slot.pk)
    if summons.slot_id:
        give_seat_back(summons.slot_id)
    summons.slot = slot
    summons.save(update_fields=["slot"])
    touch(actor.department_id, "campaign", campaign.pk)
    return summons


def campaign_of(actor: Actor, summons: Summons) -> Campaign:
    """Its campaign, locked; raises `Refused` for whoever may not work on it."""
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=summons.campaign_id)
    require(actor, "campaign.edit", campaign)
    return campaign


def lock_slots(*ids: UUID | None) -> None:
    """One order for everybody: two people who exchange seats never wait for each other."""
    wanted = [pk for pk in ids if pk]
    list(Slot.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk").values_list("pk"))


def _usable(actor: Actor, campaign: Campaign) -> list[Slot]:
    """The campaign's slots with seats left and enough notice, locked, earliest first."""
    lock_slots(*campaign.slots.values_list("pk", flat=True))
    found = visible(actor, Slot).filter(campaigns=campaign, closed=False, starts_at__gte=first_moment(actor))
    return list(found.select_related("commune", "team").order_by("starts_at", "pk"))
