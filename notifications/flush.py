"""The end of every transaction: its events become notices, its topics become doorbells after COMMIT."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, transaction

import notifications.kinds  # noqa: F401  (registers who is told of what)
from hub.core.actor import Actor
from hub.core.events import Event, flusher
from hub.core.gate import current_actor, tenant
from hub.core.topics import TopicTouched
from notifications.catalogue import Notice, Settled, told_by
from notifications.doorbells import ring
from notifications.events import NoticesMarked
from notifications.journal import write
from notifications.models import Batch

AUDIENCE = 200  # users told in one transaction; cursors stay locked no longer than that takes

log = structlog.get_logger(__name__)


@flusher
def tell(events: list[Event]) -> None:
    """Write the notices of a transaction, last before its COMMIT; ring after it."""
    actor = current_actor()
    if actor is None:
        raise RuntimeError("notices are written in the gate")
    told = told_by(events)
    notices = [one for one in told if isinstance(one, Notice)]
    if len({notice.user_id for notice in notices}) > AUDIENCE:
        _in_batches(actor, notices)
        notices = []
    changes = write(
        actor.department_id,
        actor.now,
        notices=notices,
        marks=[event for event in events if isinstance(event, NoticesMarked)],
        settled=[one for one in told if isinstance(one, Settled)],
    )
    topics = {event.topic for event in events if isinstance(event, TopicTouched)}
    if changes or topics:
        transaction.on_commit(lambda: ring(changes, topics))


def tell_batches() -> int:
    """Tell the large audiences that still wait, one transaction each; gives the number of batches told.

    A batch is deleted in the transaction that tells it: killed anywhere, nobody is told twice nor forgotten.
    """
    told = 0
    for pk, department_id, at in Batch.objects.order_by("pk").values_list("pk", "department_id", "at"):
        with tenant(Actor.system(department_id, at)):
            told += _tell_batch(pk, department_id, at)
    return told


def _tell_batch(pk: int, department_id: UUID, at: datetime) -> bool:
    batch = Batch.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if batch is None:
        return False
    changes = write(department_id, at, notices=[_notice(fields) for fields in batch.notices])
    batch.delete()
    transaction.on_commit(lambda: ring(changes))
    return True


def _in_batches(actor: Actor, notices: list[Notice]) -> None:
    for part in _parts(notices):
        rows = json.loads(json.dumps([dataclasses.asdict(notice) for notice in part], cls=DjangoJSONEncoder))
        Batch.objects.create(department_id=actor.department_id, at=actor.now, notices=rows)
    transaction.on_commit(_tell_batches_now)


def _tell_batches_now() -> None:
    """At once rather than at the next sweep; what fails here the sweep does."""
    try:
        tell_batches()
    except DatabaseError as error:
        log.warning("batches_not_told", error=type(error).__name__)


def _parts(notices: list[Notice]) -> Iterator[list[Notice]]:
    """All notices of a user in one part, `AUDIENCE` users in each."""
    by_user: dict[UUID, list[Notice]] = {}
    for notice in notices:
        by_user.setdefault(notice.user_id, []).append(notice)
    users = sorted(by_user)
    for start in range(0, len(users), AUDIENCE):
        yield [notice for user in users[start : start + AUDIENCE] for notice in by_user[user]]


def _notice(fields: dict[str, str]) -> Notice:
    ids = {name: UUID(fields[name]) for name in ("user_id", "organization_id", "subject_id") if fields[name]}
    return Notice(**{**fields, **ids})  # type: ignore[arg-type]
