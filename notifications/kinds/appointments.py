"""Appointments: fixed, moved, called off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hub.core.gate import current_actor
from notifications.catalogue import Kind, Notice, Told, announce
from referrals.events import AppointmentsChanged, JointSeats, SummonsSent
from referrals.recipients_appointments import appointment_audience, joint_audience

APPOINTMENT_CHANGED = Kind(
    code="appointment_changed",
    label="Rendez-vous fixé, déplacé ou annulé",
    title="Un rendez-vous est fixé",
    plural="{count} rendez-vous sont fixés",
    titles={"moved": "Un rendez-vous est déplacé", "cancelled": "Un rendez-vous est annulé"},
    icon="calendar",
    url_name="appointment",
    list_url_name="appointments_coming",
    can_be_muted=True,
)

SUMMONS_SENT = Kind(
    code="summons_sent",
    label="Personnes convoquées",
    title="1 personne est convoquée",
    plural="{count} personnes sont convoquées",
    icon="megaphone",
    url_name="appointment",
    list_url_name="appointments_coming",
    can_be_muted=True,
)

JOINT_SESSION = Kind(
    code="joint_session",
    label="Séance commune avec le Département",
    title="1 personne est convoquée à une séance commune",
    plural="{count} personnes sont convoquées à une séance commune",
    titles={"cancelled": "Une campagne est annulée : des places d'une séance commune sont libres"},
    icon="users",
    url_name="joint_sessions",
    list_url_name="joint_sessions",
    can_be_muted=True,
)


@announce(AppointmentsChanged)
def appointments_changed(events: list[AppointmentsChanged]) -> Iterator[Told]:
    """Whoever receives and the referent: one line with a count, never a name."""
    for event in events:
        state = {} if event.change == "planned" else {"state": event.change}
        for notice in _about(APPOINTMENT_CHANGED, event.appointment_ids, event.by_id):
            yield replace(notice, payload=state)


@announce(SummonsSent)
def summons_sent(events: list[SummonsSent]) -> Iterator[Told]:
    """Referents and whoever receives: one line per campaign with a count."""
    for event in events:
        yield from _about(SUMMONS_SENT, event.appointment_ids, event.by_id, group=str(event.campaign_id))


@announce(JointSeats)
def joint_seats(events: list[JointSeats]) -> Iterator[Told]:
    """A co-host reads how many people are expected; whose file it may not open stays unnamed."""
    for event in events:
        told = joint_audience(event.people, event.department_id, now=_now())
        for (user_id, organization_id, reason), count in told.items():
            yield Notice(
                user_id=user_id,
                organization_id=organization_id,
                kind=JOINT_SESSION.code,
                dedupe_key=f"{JOINT_SESSION.code}:{event.campaign_id}",
                reason=reason,
                count=count,
                payload={"state": "cancelled"} if event.freed else {},
            )


def _about(kind: Kind, ids: tuple[UUID, ...], author: UUID | None, *, group: str = "") -> Iterator[Notice]:
    """One line for each recipient but the author, on the appointment itself when there is one only."""
    for (user_id, organization_id, reason), found in appointment_audience(ids, now=_now()).items():
        if user_id == author:
            continue
        alone = found[0] if len(found) == 1 else None
        yield Notice(
            user_id=user_id,
            organization_id=organization_id,
            kind=kind.code,
            dedupe_key=f"{kind.code}:{group or found[0]}",
            reason=reason,
            count=len(found),
            subject_kind="appointment" if alone else "",
            subject_id=alone,
        )


def _now() -> datetime:
    """The instant of the gate."""
    actor = current_actor()
    return actor.now if actor else datetime.now(UTC)
