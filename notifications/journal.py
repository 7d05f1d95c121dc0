"""Write notices: lock the cursors in one order, decide in Python, write everything in one statement.

Called last before COMMIT (numbering earlier holds users' locks while pages are drawn, and deadlocks).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Q

from hub.core.models import RowNotTouched
from notifications.catalogue import Notice, Settled
from notifications.events import DONE, READ, NoticesMarked
from notifications.ledger import Change, Cursor, Ledger
from notifications.models import UNREAD, Notification

ENSURE = """
INSERT INTO notifications_notificationcursor (user_id, last_seq, unread, epoch)
SELECT u, 0, '{}', gen_random_uuid() FROM unnest(%s::uuid[]) AS u
WHERE NOT EXISTS (SELECT 1 FROM notifications_notificationcursor c WHERE c.user_id = u)
ORDER BY u ON CONFLICT DO NOTHING"""
# All or nothing: to lock some, then make the missing ones, would lock out of order and deadlock.
LOCK = """
SELECT user_id, last_seq, epoch, unread FROM notifications_notificationcursor
WHERE user_id = ANY(%(users)s::uuid[])
  AND (SELECT count(*) FROM notifications_notificationcursor WHERE user_id = ANY(%(users)s::uuid[])) = %(count)s
ORDER BY user_id FOR UPDATE"""
WRITE = """
WITH added AS (
  INSERT INTO notifications_notification (id, department_id, user_id, organization_id, kind, seq, dedupe_key, count,
    subject_kind, subject_id, reason, payload, created_at, changed_at, read_at, done_at, solved_at)
  SELECT id, department_id, user_id, organization_id, kind, seq, dedupe_key, count,
    subject_kind, subject_id, reason, payload, created_at, changed_at, read_at, done_at, solved_at
  FROM jsonb_populate_recordset(NULL::notifications_notification, %(added)s::jsonb)
), changed AS (
  UPDATE notifications_notification n SET seq = x.seq, count = x.count, reason = x.reason, payload = x.payload,
    changed_at = x.changed_at, read_at = x.read_at, done_at = x.done_at, solved_at = x.solved_at
  FROM jsonb_populate_recordset(NULL::notifications_notification, %(changed)s::jsonb) x WHERE n.id = x.id RETURNING 1
), moved AS (
  UPDATE notifications_notificationcursor c SET last_seq = x.last_seq, unread = x.unread
  FROM jsonb_populate_recordset(NULL::notifications_notificationcursor, %(cursors)s::jsonb) x
  WHERE c.user_id = x.user_id
), noted AS (
  INSERT INTO notifications_outbox (user_id, seq) SELECT user_id, seq
  FROM jsonb_to_recordset(%(changes)s::jsonb) AS x(user_id uuid, seq bigint)
)
SELECT count(*) FROM changed"""
COLUMNS = [field.attname for field in Notification._meta.concrete_fields]


def write(
    department_id: UUID,
    now: datetime,
    *,
    notices: Sequence[Notice] = (),
    marks: Sequence[NoticesMarked] = (),
    settled: Sequence[Settled] = (),
) -> list[Change]:
    """Tell, mark and settle, as the product itself; gives the numbered changes, not yet rung."""
    settling = _subjects(settled)
    users = {notice.user_id for notice in notices} | {mark.user_id for mark in marks}
    users |= {line.user_id for line in settling}
    if not users:
        return []
    ledger = Ledger(department_id, now, _lock(sorted(users)), _lines_of(notices))
    ledger.settle(_again(settling))  # read anew: the lock may have waited
    for notice in notices:
        ledger.tell(notice)
    for mark in marks:
        ledger.mark(mark, _marked_lines(department_id, mark))
    changed, changes = ledger.close()
    if changes:
        _save(ledger, changed, changes)
    return changes


def _lock(users: list[UUID]) -> dict[UUID, Cursor]:
    """The users' cursors, locked in one order until COMMIT; those who had none get one."""
    wanted: dict[str, list[UUID] | int] = {"users": users, "count": len(users)}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, wanted)
        if not cursor.rowcount:
            cursor.execute(ENSURE, [users])
            cursor.execute(LOCK, wanted)
        return {user: Cursor(seq, str(epoch), json.loads(unread)) for user, seq, epoch, unread in cursor.fetchall()}


def _lines_of(notices: Sequence[Notice]) -> dict[tuple[UUID, str], Notification]:
    keys = {(notice.user_id, notice.line_key) for notice in notices if not notice.first}
    if not keys:
        return {}
    users, subjects = zip(*keys, strict=True)
    found = Notification.objects.filter(user_id__in=set(users), dedupe_key__in=set(subjects))
    return {(line.user_id, line.dedupe_key): line for line in found}


def told_under(groups: Sequence[str]) -> list[tuple[UUID, UUID, str]]:
    """(user, organisation, reason) of whoever was told under one of these dedupe keys, each once."""
    found: dict[tuple[UUID, UUID], str] = {}
    for group in groups:
        lines = Notification.objects.filter(dedupe_key__startswith=f"{group}@")
        for user_id, organization_id, reason in lines.values_list("user_id", "organization_id", "reason"):
            found.setdefault((user_id, organization_id), reason)
    return [(user_id, organization_id, reason) for (user_id, organization_id), reason in found.items()]


def payloads_under(prefix: str) -> dict[str, dict[str, Any]]:
    """Dedupe key, without its reader, → payload of the lines still waiting whose key begins so."""
    lines = Notification.objects.filter(UNREAD, dedupe_key__startswith=prefix)
    return {key.rpartition("@")[0]: payload for key, payload in lines.values_list("dedupe_key", "payload")}


def _subjects(settled: Sequence[Settled]) -> list[Notification]:
    """Lines that still wait on these subjects, read before the lock to know whose cursors to lock."""
    return [line for one in settled for line in Notification.objects.filter(UNREAD, _about(one), kind=one.kind)]


def _about(one: Settled) -> Q:
    return Q(dedupe_key__startswith=f"{one.group}@") if one.group else Q(subject_id=one.subject_id)


def _again(lines: list[Notification]) -> Iterable[Notification]:
    return Notification.objects.filter(pk__in=[line.pk for line in lines]) if lines else []


def _marked_lines(department_id: UUID, mark: NoticesMarked) -> Iterable[Notification]:
    mine = Notification.objects.filter(
        user_id=mark.user_id, organization_id=mark.organization_id, department_id=department_id
    ).order_by("seq")
    if mark.ids is not None:
        return mine.filter(pk__in=mark.ids)
    if mark.at_instant is not None:
        return mine.filter(read_at=mark.at_instant) | mine.filter(done_at=mark.at_instant)
    return mine.filter(UNREAD) if mark.verb in (READ, DONE) else []


def _save(ledger: Ledger, changed: list[Notification], changes: list[Change]) -> None:
    moved = {change.user_id: ledger.cursors[change.user_id] for change in changes}
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "added": _json([_row(line) for line in ledger.added]),
                "changed": _json([_row(line) for line in changed]),
                "cursors": _json(
                    [{"user_id": user, "last_seq": one.last_seq, "unread": one.unread} for user, one in moved.items()]
                ),
                "changes": _json([{"user_id": change.user_id, "seq": change.seq} for change in changes]),
            },
        )
        if cursor.fetchone() != (len(changed),):
            raise RowNotTouched("notices changed under the lock")


def _row(line: Notification) -> dict[str, Any]:
    return {column: getattr(line, column) for column in COLUMNS}


class _Exact(DjangoJSONEncoder):
    """Microseconds tell one act of a user from another; Django's encoder cuts them."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, cls=_Exact)
