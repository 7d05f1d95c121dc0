"""What happens to people, referrals and gaps, for whoever must be told."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hub.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSent(Event):
    referral_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralAnswered(Event):
    """The receiver's answer, once its 20 seconds of grace are over (`answer` is the state reached)."""

    referral_id: UUID
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralChanged(Event):
    """Any other change the other side must know (`change` is the transition's name)."""

    referral_id: UUID
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapsChanged(Event):
    """An import, or a person, opened, closed or changed gaps: told once per recipient, with counts."""

    gap_ids: tuple[UUID, ...]
    job_id: UUID | None = None
