"""One gesture on up to a hundred gaps: done at once, told after twenty seconds, undone whole before that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, DomainError, Invalid
from hub.core.events import emit
from referrals.events import GapsChanged, GapsReassigned
from referrals.models import GapGesture, RegistrationGap
from referrals.services.gap_assign import reassign_gap
from referrals.services.gaps import acknowledge_gap, justify_gap, take_charge_of_gap, touch_gap
from referrals.workflows import GAP

MOST = 100
HOLD = timedelta(seconds=20)
KEPT = (
    "state", "in_charge_id", "in_charge_team_id", "closed_at", "closing", "closing_note", "justified_until",
)  # fmt: skip
SERVICES: dict[str, Callable[..., RegistrationGap]] = {
    "acknowledge": acknowledge_gap,
    "take_charge": take_charge_of_gap,
    "justify": partial(justify_gap, tell=False),
    "reassign": reassign_gap,
}
# The transition each needs; to convene its people (`services.campaigns`) a gap must still be open.
NEEDS = {
    "acknowledge": "acknowledge",
    "take_charge": "take_charge",
    "justify": "justify",
    "reassign": "assign",
    "summon": "assign",
}
FIELDS = {field.attname: field for field in RegistrationGap._meta.concrete_fields if field.attname in KEPT}


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What was done, and what was refused with the sentence why."""

    gesture: GapGesture
    done: list[UUID]
    refused: list[tuple[UUID, str]]


@transaction.atomic
def act_on_gaps(actor: Actor, *, name: str, gaps: Iterable[UUID], **given: Any) -> BulkOutcome:
    """Do `name` on each visible gap that allows it; the others are refused one by one, for a reason said.

    Raises `Invalid` for an unknown gesture, none or more than a hundred gaps, or when nothing could be done because of
    what was given (a date in the past).
    """
    require(actor, "gap.list")
    wanted = list(dict.fromkeys(gaps))
    if name not in SERVICES or not 1 <= len(wanted) <= MOST:
        raise Invalid(f"Choisissez un geste, et de 1 à {MOST} inscriptions.", code="bad_bulk")
    rows = {gap.pk: gap for gap in visible(actor, RegistrationGap).filter(pk__in=wanted)}
    before, refused = {}, [(pk, "Cette inscription n'est pas ou plus visible.") for pk in wanted if pk not in rows]
    for pk in sorted(rows):  # one order for everybody: no deadlock between two bulk gestures
        was = _photo(rows[pk])
        try:
            with transaction.atomic():
                SERVICES[name](actor, gap=rows[pk], **given)
        except Invalid:
            raise
        except DomainError as error:
            refused.append((pk, error.message))
        else:
            before[str(pk)] = {"was": was, "now": _photo(rows[pk])}
    gesture = GapGesture.objects.create(
        department_id=actor.department_id, user_id=actor.user_id, organization_id=actor.organization_id, name=name,
        at=actor.now, held_until=actor.now + HOLD, before=before,
    )  # fmt: skip
    return BulkOutcome(gesture, [UUID(pk) for pk in before], refused)


@transaction.atomic
def undo_gesture(actor: Actor, *, gesture: GapGesture) -> int:
    """Put every gap back as it was, but those somebody changed since; gives how many went back. Nobody was told.

    Raises `Conflict` once the twenty seconds are over.
    """
    gesture = GapGesture.objects.select_for_update().get(pk=gesture.pk)
    if gesture.settled_at or actor.now > gesture.held_until:
        raise Conflict("Il est trop tard pour annuler : les personnes concernées sont prévenues.", code="too_late")
    rows = visible(actor, RegistrationGap).select_for_update(of=("self",)).filter(pk__in=gesture.before).order_by("pk")
    back = [gap for gap in rows if _photo(gap) == gesture.before[str(gap.pk)]["now"]]
    for gap in back:
        _put_back(actor, gap, gesture.before[str(gap.pk)]["was"])
    _settle(actor, gesture, undone=True)
    return len(back)


@transaction.atomic
def release_gesture(actor: Actor, *, gesture: GapGesture) -> None:
    """The twenty seconds are over: whom it concerns is told, once (system)."""
    gesture = GapGesture.objects.select_for_update().get(pk=gesture.pk)
    if gesture.settled_at or gesture.held_until > actor.now:
        return
    ids = tuple(UUID(pk) for pk in gesture.before)
    about: dict[str, Any] = {"department_id": gesture.department_id, "by_id": gesture.user_id, "gap_ids": ids}
    if ids and gesture.name == "reassign":
        former = {one["was"]["in_charge_id"] for one in gesture.before.values()} - {None}
        emit(GapsReassigned(**about, former=tuple(sorted(UUID(user) for user in former))))
    if ids and gesture.name == "justify":
        emit(GapsChanged(**about))
    _settle(actor, gesture, undone=False)


def _settle(actor: Actor, gesture: GapGesture, *, undone: bool) -> None:
    gesture.settled_at, gesture.undone, gesture.before = actor.now, undone, {}
    gesture.save(update_fields=["settled_at", "undone", "before"])


def _photo(gap: RegistrationGap) -> dict[str, str | None]:
    """The fields a gesture may change, as JSON keeps them."""
    return {name: None if (value := getattr(gap, name)) is None else str(value) for name in KEPT}


def _put_back(actor: Actor, gap: RegistrationGap, was: dict[str, str | None]) -> None:
    left = gap.state
    for name, value in was.items():
        setattr(gap, name, None if value is None else FIELDS[name].to_python(value))
    gap.save(update_fields=[name.removesuffix("_id") for name in KEPT])
    GAP.record(gap, "undo", by=actor, source=left)
    touch_gap(actor, gap)
