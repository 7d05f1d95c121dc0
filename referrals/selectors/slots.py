"""Slots as their screens show them: those to come by place, those a campaign may use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from hub.core.access import get_visible, visible
from hub.core.actor import Actor
from referrals.models import Campaign, Slot
from referrals.services.campaigns.slots import first_moment

MOST = 200
JOINED = ("team", "co_host", "commune")


@dataclass(frozen=True, slots=True)
class Place:
    """A place and its slots, in order."""

    name: str
    slots: list[Slot]

    @property
    def free(self) -> int:
        return sum(slot.free for slot in self.slots)

    @property
    def taken(self) -> int:
        return sum(slot.taken for slot in self.slots)


def slots_by_place(actor: Actor, *, since: datetime | None = None) -> list[Place]:
    """Slots to come (or from `since` on), grouped by place."""
    rows = visible(actor, Slot).filter(starts_at__gte=since or actor.now).select_related(*JOINED)
    return _grouped(rows.order_by("starts_at", "pk")[:MOST])


def usable_slots(actor: Actor, *, campaign: Campaign | None = None) -> list[Place]:
    """Slots with seats left and enough notice; also those the campaign already uses."""
    free = Q(closed=False, taken__lt=F("capacity"))
    kept = visible(actor, Slot).filter(starts_at__gte=first_moment(actor))
    if campaign is not None:
        free |= Q(pk__in=campaign.slots.values("pk"))
    return _grouped(kept.filter(free).select_related(*JOINED).order_by("starts_at", "pk")[:MOST])


def places_for(actor: Actor, campaign: Campaign) -> list[Place]:
    """The same for one person of a campaign: its own slots first, then the others by place."""
    mine, places = set(campaign.slots.values_list("pk", flat=True)), usable_slots(actor, campaign=campaign)
    own = [slot for one in places for slot in one.slots if slot.pk in mine]
    others = [Place(one.name, [slot for slot in one.slots if slot.pk not in mine]) for one in places]
    first = Place("Créneaux de la campagne", sorted(own, key=lambda slot: slot.starts_at))
    return [one for one in (first, *others) if one.slots]


def get_slot(actor: Actor, pk: UUID) -> Slot:
    """A visible slot; raises `NotVisible`."""
    return get_visible(actor, Slot, pk, *JOINED)


def _grouped(slots: Iterable[Slot]) -> list[Place]:
    by_place: dict[str, list[Slot]] = {}
    for slot in slots:
        by_place.setdefault(slot.place, []).append(slot)
    return [Place(name, found) for name, found in sorted(by_place.items())]
