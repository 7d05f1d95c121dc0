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
