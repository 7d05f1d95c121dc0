"""What happens to trainings and actions, for whoever must be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSessionMoved(Event):
    """A session ends on another day than was said (`before`: the day said until now, None when it was unknown), or is
    cancelled: what was planned from its end must follow."""

    session_id: UUID
    before: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterArrived(Event):
    """These sessions have a list of trainees."""

    session_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RostersAsked(Event):
    """A question is put about these sessions: no list of trainees yet (`roster`), or an end nobody knows (`end`)."""

    question: str
    session_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidacyMoved(Event):
    """The training body said what came of a candidate, where the referral does not tell it by itself."""

    candidacy_id: UUID
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatOffered(Event):
    """A seat is held for somebody who waited: an answer is awaited."""

    enrolment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAnswered(Event):
    """The seat held was taken, refused, or the time is over (`answer`: confirm, cancel, lapse)."""

    enrolment_id: UUID
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentCancelled(Event):
    """Somebody will not come (`by_host`: the host took the name off)."""

    enrolment_id: UUID
    by_host: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanged(Event):
    """A session was called off (`cancelled`) or moved: those who enrolled people learn it, each with a count."""

    session_id: UUID
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingsEnding(Event):
    """A step (`models.Step`) around the end of these trainings is due."""

    step: str
    trainee_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraineeSeen(Event):
    """The interview after a training is recorded: its follow-up is closed."""

    trainee_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementsDue(Event):
    """It is time to ask how these jobs go; or, once they ended, whether people are registered again."""

    placement_ids: tuple[UUID, ...]
    on: date
    registration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementDifficulty(Event):
    """A mediation is asked for."""

    placement_id: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementAnswered(Event):
    """A word was had, or the job ended: what was asked about it waits no more."""

    placement_id: UUID
