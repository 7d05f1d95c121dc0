"""What happens to people, referrals and gaps, for whoever must be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GapsReassigned(Event):
    """Gaps entrusted to somebody else, told once the gesture can no longer be undone; `former` held them before."""

    gap_ids: tuple[UUID, ...]
    former: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GapsWaiting(Event):
    """Nobody acted on these gaps: a reminder to those who hold them, or (`escalated`) to the heads of service."""

    gap_ids: tuple[UUID, ...]
    escalated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationsEnded(Event):
    """Absences whose explanation has ended, of people still obliged and not registered: a question, not a gap."""

    beneficiary_ids: tuple[UUID, ...]
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesSilent(Event):
    """Expected lists of one month that did not come by their day."""

    expected_ids: tuple[UUID, ...]
    month: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ListArrived(Event):
    """A complete list of a month is applied: what was told of its silence may wait no more."""

    month: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentsChanged(Event):
    """Appointments planned, moved or cancelled together (`change`): told once per recipient, with counts."""

    appointment_ids: tuple[UUID, ...]
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummonsSent(Event):
    """People of a campaign are convened (`appointment_ids`): told once per recipient, with a count."""

    campaign_id: UUID
    appointment_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JointSeats(Event):
    """How many people of a campaign each co-host of a joint session receives; or, when it is called off, does not."""

    campaign_id: UUID
    people: Mapping[UUID, int]
    freed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDecided(Event):
    """Somebody said who a doubtful line of an applied file is (`beneficiary_id`), or that she is nobody known."""

    job_id: UUID
    row_id: UUID
    beneficiary_id: UUID | None
