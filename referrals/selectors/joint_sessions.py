"""Joint sessions as the organisation beside the Département reads them: a slot, and the people it knows among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from hub.core.access import get_visible, visible
from hub.core.actor import Actor
from hub.core.errors import NotVisible
from referrals.models import Appointment, AppointmentState, Slot
from referrals.selectors.appointments import JOINED, AppointmentLine, lines

MOST = 200
SEEN_AFTER = timedelta(days=31)  # a past session is still opened for a month
SHOWN = ("organization", "team", "commune")


@dataclass(frozen=True, slots=True)
class JointSession:
    """One session: `lines` are those whose file is open to the reader, `others` how many more seats are taken."""

    slot: Slot
    lines: list[AppointmentLine]

    @property
    def others(self) -> int:
        return max(0, self.slot.taken - len(self.lines))


def joint_sessions(actor: Actor) -> list[Slot]:
    """Those to come, soonest first."""
    return list(_coming(actor).select_related(*SHOWN).order_by("starts_at", "pk")[:MOST])


def sessions_of_the_week(actor: Actor) -> list[Slot]:
    """Those of the next seven days where somebody is expected."""
    near = _coming(actor).filter(starts_at__lt=actor.now + timedelta(days=7), taken__gt=0)
    return list(near.select_related(*SHOWN).order_by("starts_at", "pk")[:MOST])


def has_joint_sessions(actor: Actor) -> bool:
    """Does the actor's organisation sit beside the Département?"""
    return _coming(actor).exists()


def joint_session(actor: Actor, pk: UUID) -> JointSession:
    """One of them; raises `NotVisible`, also for the Département, which has the page of the slot."""
    slot = get_visible(actor, Slot, pk, *SHOWN)
    if slot.co_host_id != actor.organization_id or slot.starts_at < actor.now - SEEN_AFTER:
        raise NotVisible
    held = visible(actor, Appointment).filter(summons__slot=slot).exclude(state=AppointmentState.CANCELLED)
    return JointSession(slot, lines(actor, held.select_related(*JOINED).order_by("pk")[:MOST]))


def _coming(actor: Actor) -> QuerySet[Slot]:
    return visible(actor, Slot).filter(co_host=actor.organization_id, starts_at__gte=actor.now)
