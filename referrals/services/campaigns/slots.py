"""Slots: seats opened by a team, alone or beside a partner, and which of them a campaign uses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from hub.core.access import require, visible
from hub.core.actor import PARIS, Actor
from hub.core.errors import Conflict, Invalid
from hub.core.topics import touch
from hub.core.workdays import MONDAY_TO_FRIDAY
from partners.delays import DELAYS
from partners.models import Commune, Organization, Team
from referrals.models import AppointmentMode, Campaign, Slot
from referrals.services.appointments.planning import check_when
from referrals.services.campaigns.people import running

MOST_SEATS = 500
HOURS = (time(7), time(20))  # people are convened after the first and have left by the second
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@transaction.atomic
def open_slot(
    actor: Actor,
    *,
    starts_at: datetime,
    capacity: int,
    place: str,
    address: str = "",
    duration: int = 30,
    mode: str = AppointmentMode.ON_SITE,
    team: Team | None = None,
    co_host: Organization | None = None,
    commune: Commune | None = None,
    campaign: Campaign | None = None,
) -> Slot:
    """Open seats of the Département's own team; `co_host` sits beside it (joint session).

    Raises `Invalid` for a day too near to convene anybody, a week-end, a holiday, a day when either is closed, an hour
    out of `HOURS`, a foreign team, or no seat.
    """
    require(actor, "campaign.list")
    host = Organization.objects.get(pk=actor.organization_id)
    check_when(actor, starts_at, host)
    check_hours(starts_at, duration)
    check_notice(actor, starts_at)
    if co_host is not None:
        check_when(actor, starts_at, co_host)
    _check(actor, capacity, place, team)
    slot = Slot.objects.create(
        department_id=actor.department_id,
        organization=host,
        team=team,
        co_host=co_host,
        commune=commune,
        place=" ".join(place.split())[:120],
        address=" ".join(address.split())[:200],
        mode=mode,
        starts_at=starts_at,
        duration=duration,
        capacity=capacity,
        created_by_id=actor.user_id,
        created_at=actor.now,
    )
    if campaign is not None:
        choose_slots(actor, campaign=campaign, slots=[*campaign.slots.values_list("pk", flat=True), slot.pk])
    return slot


@transaction.atomic
def open_slots(actor: Actor, *, starts_at: datetime, repeat: int = 1, duration: int = 30, **given: Any) -> list[Slot]:
    """So many slots one after the other, the same day. Raises as `open_slot`, and then opens none."""
    step = timedelta(minutes=duration)
    return [open_slot(actor, starts_at=starts_at + step * turn, duration=duration, **given) for turn in range(repeat)]


@transaction.atomic
def change_capacity(actor: Actor, *, slot: Slot, capacity: int) -> Slot:
    """More or fewer seats. Raises `Conflict` below the seats already held."""
    require(actor, "campaign.list")
    slot = Slot.objects.select_for_update(of=("self",)).get(pk=slot.pk)
    _check(actor, capacity, slot.place, None)
    if capacity < slot.taken:
        raise Conflict(
            f"{slot.taken} places sont déjà données : libérez-en avant d'en retirer.",
            code="seats_taken",
            fields={"capacity": f"{slot.taken} places sont déjà données."},
        )
    slot.capacity = capacity
    slot.save(update_fields=["capacity"])
    return slot


@transaction.atomic
def close_slot(actor: Actor, *, slot: Slot, closed: bool = True) -> Slot:
    """Give no more seats; those held stay. `closed=False` opens it again."""
    require(actor, "campaign.list")
    slot = Slot.objects.select_for_update(of=("self",)).get(pk=slot.pk)
    slot.closed = closed
    slot.save(update_fields=["closed"])
    return slot


@transaction.atomic
def choose_slots(actor: Actor, *, campaign: Campaign, slots: Iterable[UUID]) -> int:
    """Which slots a campaign gives its people; gives how many. Once it is sent, those who wait get theirs one by one.

    Raises `Invalid` for a new one that is too near, `Conflict` when the campaign was called off.
    """
    campaign = running(actor, campaign)
    known = set(campaign.slots.values_list("pk", flat=True))
    found = list(visible(actor, Slot).filter(pk__in=list(slots)))
    for slot in found:
        if slot.pk not in known:
            check_notice(actor, slot.starts_at)
    campaign.slots.set(found)
    touch(actor.department_id, "campaign", campaign.pk)
    return len(found)


def first_day(actor: Actor) -> date:
    """The first day people may be convened to, when their letters leave today (delay `summons_notice`)."""
    days = actor.choices.get("summons_notice", DELAYS["summons_notice"].default)
    return actor.today + timedelta(days=days)


def first_moment(actor: Actor) -> datetime:
    """Midnight of `first_day` in France."""
    return datetime.combine(first_day(actor), time.min, PARIS)


def check_hours(starts_at: datetime, duration: int) -> None:
    """Raise `Invalid` for a week-end, or for seats that begin before or end after `HOURS` in France."""
    begins = starts_at.astimezone(PARIS)
    ends = begins + timedelta(minutes=duration)
    first, last = HOURS
    if begins.weekday() not in MONDAY_TO_FRIDAY:
        problem = f"Le {begins:%d/%m/%Y} est un {DAYS[begins.weekday()]} : choisissez un jour du lundi au vendredi."
        raise Invalid(problem, code="closed_day", fields={"on": problem})
    if begins.time() < first or ends.date() > begins.date() or ends.time() > last:
        problem = (
            f"Un créneau de {begins:%H:%M} à {ends:%H:%M} ne convient pas : "
            f"choisissez une heure entre {first:%H:%M} et {last:%H:%M}."
        )
        raise Invalid(problem, code="closed_hour", fields={"at": problem})


def check_notice(actor: Actor, starts_at: datetime) -> None:
    """Raise `Invalid` when a person convened today would have too short a notice (domain §5: at least 10 days)."""
    if starts_at < first_moment(actor):
        days = (first_day(actor) - actor.today).days
        problem = (
            f"Le créneau du {starts_at.astimezone(PARIS):%d/%m/%Y} est trop proche : une convocation part au plus tard "
            f"{days} jours avant. Choisissez un jour à partir du {first_day(actor):%d/%m/%Y}."
        )
        raise Invalid(problem, code="too_short_notice", fields={"on": problem})


def _check(actor: Actor, capacity: int, place: str, team: Team | None) -> None:
    problems = {}
    if not 1 <= capacity <= MOST_SEATS:
        problems["capacity"] = f"De 1 à {MOST_SEATS} places."
    if not place.strip():
        problems["place"] = "Dites où la personne est attendue."
    if team and (team.organization_id != actor.organization_id or not team.sees_people):
        problems["team"] = "Cette équipe n'est pas de votre organisation."
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
