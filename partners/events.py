"""What happens among partners, for whoever must be told."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hub.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUndone(Event):
    """An applied import was taken back."""

    job_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFinished(Event):
    """An import reached a state its uploader waits for (analysed, applied, refused)."""

    job_id: UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionMade(Event):
    """Somebody proposes a correction of a service, or a missing one."""

    suggestion_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionSettled(Event):
    """What was suggested is taken into account, or left aside."""

    suggestion_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesToVerify(Event):
    """Services were not verified for too long; without organisation they are the Département's to check."""

    organization_id: UUID | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearchMet(Event):
    """Services a member looks for were published since he was last told."""

    search_id: UUID
    count: int
