"""A doubtful line of a roster, once the Département said who it is: kept as a trainee, or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from collective_actions.models import Roster, Trainee, TrainingSession
from hub.core.actor import Actor
from partners.models import ImportRow


def settle_line(actor: Actor, *, row: ImportRow, beneficiary_id: UUID | None) -> None:
    """Enrol the person of the line; the line itself is not needed any more, and a stranger's is not kept."""
    if beneficiary_id is not None:
        _enrol(actor, row.data, beneficiary_id)
    row.delete()


def _enrol(actor: Actor, said: dict[str, Any], beneficiary_id: UUID) -> None:
    session = TrainingSession.objects.filter(pk=said["session"]).first()
    if session is None or Trainee.objects.filter(beneficiary_id=beneficiary_id, session=session).exists():
        return
    Trainee.objects.create(
        department_id=actor.department_id,
        beneficiary_id=beneficiary_id,
        session=session,
        roster=Roster.objects.filter(pk=said["roster"]).first(),
        match_rule="decision",
        starts_on=date.fromisoformat(said["starts_on"]),
        ends_on=_day(said.get("ends_on")),
        left_on=_day(said.get("left_on")),
        outcome=said.get("outcome", ""),
        session_end=session.ends_on,
        created_at=actor.now,
        updated_at=actor.now,
    )


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
