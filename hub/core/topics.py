"""Topics: what an open page follows. A page gets a signed token after its access check and can name nothing itself.

A topic frame says only that something changed (`{topic, version}`); the page then asks again over HTTP, where
access is checked anew. It may be lost: nothing but freshness depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from hub.core.events import Event, emit

SALT = "topic"
MAX_AGE_SECONDS = 12 * 3600
Ringer = Callable[[str], None]
_ringers: list[Ringer] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicTouched(Event):
    """Pages that follow `topic` should look again."""

    topic: str


def topic_name(kind: str, key: UUID | str) -> str:
    """Such as `referral:<id>` or `inbox:<organisation>`."""
    return f"{kind}:{key}"


def topic_token(kind: str, key: UUID | str) -> str:
    """A signed token for one topic, given to a page after its access check; valid for a working day."""
    return signing.dumps(topic_name(kind, key), salt=SALT)


def topic_of(token: str) -> str | None:
    """The topic a token opens, or None when it is forged or too old."""
    try:
        return str(signing.loads(token, salt=SALT, max_age=MAX_AGE_SECONDS))
    except signing.BadSignature:
        return None


def touch(department_id: UUID, kind: str, key: UUID | str) -> None:
    """Tell the pages that follow this topic, once the transaction is committed."""
    emit(TopicTouched(department_id=department_id, topic=topic_name(kind, key)))


def ringer(function: Ringer) -> Ringer:
    """Register what sends a topic frame at once; it never raises."""
    _ringers.append(function)
    return function


def ring(topic: str) -> None:
    """Tell the pages that follow this topic now, whatever becomes of the transaction: for numbers kept outside it."""
    for function in _ringers:
        function(topic)
