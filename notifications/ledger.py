"""What becomes of notices when facts arrive and users act: pure, on rows already locked."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from notifications.catalogue import Notice
from notifications.events import DONE, READ, UNDONE, NoticesMarked
from notifications.models import Notification

FACT_LENGTH = 150


@dataclass(slots=True)
class Cursor:
    """The locked cursor of one user: the last number, and what waits by `department:organization`."""

    last_seq: int
    epoch: str
    unread: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One numbered change of one user, as a doorbell announces it: ids and numbers only."""

    user_id: UUID
    seq: int
    epoch: str
    department_id: UUID
    organization_id: UUID
    id: UUID
    kind: str
    state: str
    unread: int


@dataclass(slots=True)
class Ledger:
    """Collects what happens to the rows of one Département, then numbers each changed row once."""

    department_id: UUID
    now: datetime
    cursors: dict[UUID, Cursor]
    lines: dict[tuple[UUID, str], Notification]
    added: list[Notification] = field(default_factory=list)
    _before: dict[UUID, bool] = field(default_factory=dict)  # touched rows, in order: did they wait?
    _touched: dict[UUID, Notification] = field(default_factory=dict)

    def tell(self, notice: Notice) -> None:
        """Fold into the line of the same subject (it comes back unread), or begin a new line."""
        line = self.lines.get((notice.user_id, notice.line_key))
        if line is None:
            line = self._begin(notice)
            self._touch(line, waited=False)
        else:
            self._touch(line)
            line.count = line.count + notice.count if line.state == "unread" else notice.count
        line.reason, line.payload, line.changed_at = notice.reason[:FACT_LENGTH], notice.payload, self.now
        line.read_at = line.done_at = line.solved_at = None

    def mark(self, mark: NoticesMarked, lines: Iterable[Notification]) -> None:
        """Apply what a user says of some lines; lines already so are left alone."""
        for line in map(self._known, lines):
            read_at, done_at = _marked(line, mark)
            if (read_at, done_at) != (line.read_at, line.done_at):
                self._touch(line)
                line.read_at, line.done_at = read_at, done_at

    def settle(self, lines: Iterable[Notification]) -> None:
        """These lines ask for nothing any more."""
        for line in map(self._known, lines):
            if line.solved_at is None and line.done_at is None:
                self._touch(line)
                line.solved_at = self.now

    def close(self) -> tuple[list[Notification], list[Change]]:
        """Number every changed row and count again what waits; gives the known rows that changed, and all changes."""
        for line in self._touched.values():
            cursor, key = self.cursors[line.user_id], self._key(line)
            cursor.last_seq += 1
            line.seq = cursor.last_seq
            cursor.unread[key] = cursor.unread.get(key, 0) + (line.state == "unread") - self._before[line.pk]
        begun = {line.pk for line in self.added}
        known = [line for line in self._touched.values() if line.pk not in begun]
        return known, [self._change(line) for line in self._touched.values()]

    def _begin(self, notice: Notice) -> Notification:
        line = Notification(
            id=uuid.uuid4(),
            department_id=self.department_id,
            user_id=notice.user_id,
            organization_id=notice.organization_id,
            kind=notice.kind,
            dedupe_key=notice.line_key,
            count=notice.count,
            subject_kind=notice.subject_kind,
            subject_id=notice.subject_id,
            created_at=self.now,
        )
        self.lines[notice.user_id, notice.line_key] = line
        self.added.append(line)
        return line

    def _known(self, line: Notification) -> Notification:
        """One object per row, even when a row is told and marked together."""
        return self.lines.setdefault((line.user_id, line.dedupe_key), line)

    def _touch(self, line: Notification, *, waited: bool | None = None) -> None:
        self._before.setdefault(line.pk, line.state == "unread" if waited is None else waited)
        self._touched.setdefault(line.pk, line)

    def _key(self, line: Notification) -> str:
        return unread_key(line.department_id, line.organization_id)

    def _change(self, line: Notification) -> Change:
        cursor = self.cursors[line.user_id]
        return Change(
            user_id=line.user_id,
            seq=line.seq,
            epoch=cursor.epoch,
            department_id=line.department_id,
            organization_id=line.organization_id,
            id=line.pk,
            kind=line.kind,
            state=line.state,
            unread=cursor.unread[self._key(line)],
        )


def unread_key(department_id: UUID | str, organization_id: UUID | str) -> str:
    """Where a cursor keeps what waits for a user in one organisation of one Département."""
    return f"{department_id}:{organization_id}"


def _marked(line: Notification, mark: NoticesMarked) -> tuple[datetime | None, datetime | None]:
    if mark.at_instant is not None:
        undone = mark.at_instant
        return (None if line.read_at == undone else line.read_at), (None if line.done_at == undone else line.done_at)
    if mark.verb == READ:
        return line.read_at or mark.at, line.done_at
    if mark.verb == DONE:
        return line.read_at, line.done_at or mark.at
    if mark.verb == UNDONE:
        return line.read_at, None
    return None, line.done_at
