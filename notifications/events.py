"""What a user does with notices; applied by the flush, which alone gives numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.core.events import Event

READ, UNREAD, DONE, UNDONE = "read", "unread", "done", "undone"
VERBS = (READ, UNREAD, DONE, UNDONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesMarked(Event):
    """A user marks notices of one organisation: those of `ids`, or all that wait.

    With `at_instant`, what was marked at this very instant is undone, whatever the verb.
    """

    user_id: UUID
    organization_id: UUID
    verb: str
    at: datetime
    ids: tuple[UUID, ...] | None = None
    at_instant: datetime | None = None
