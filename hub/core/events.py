"""What happened, as typed facts: collected while the transaction runs, announced once before it commits.

`emit` attaches the event to the present savepoint, so that a rolled-back savepoint forgets it. Higher apps
`react` at once and may veto with a DomainError; one flusher (the notifications app) hears all events together,
last before COMMIT, so that every sequence number is taken in one statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact of one Département, by someone (or by the product itself)."""

    department_id: UUID
    by_id: UUID | None = None


E = TypeVar("E", bound=Event)
Reaction = Callable[[Any], None]
Flusher = Callable[[list[Event]], None]

_reactions: dict[type[Event], list[Reaction]] = defaultdict(list)
_flushers: list[Flusher] = []


class Pending:
    """An event waiting for the end of its transaction; Django drops it with its savepoint."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.done = False

    def __call__(self) -> None:
        """Nothing to do after commit: the gate already took the event."""


def react(event_type: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Run the function at once, inside the emitting service's savepoint; it may veto with a DomainError."""

    def register(function: Callable[[E], None]) -> Callable[[E], None]:
        _reactions[event_type].append(function)
        return function

    return register


def flusher(function: Flusher) -> Flusher:
    """Register the function that turns all events of a transaction into rows, just before COMMIT."""
    _flushers.append(function)
    return function


def emit(event: Event) -> None:
    """State a fact: reactions run now, announcements with the end of the transaction."""
    for reaction in _reactions[type(event)]:
        reaction(event)
    transaction.on_commit(Pending(event))


def collect() -> list[Event]:
    """The events of this transaction not yet announced; each is given once."""
    pending = [
        function
        for _, function, _ in transaction.get_connection().run_on_commit
        if isinstance(function, Pending) and not function.done
    ]
    for function in pending:
        function.done = True
    return [function.event for function in pending]


def announce(events: list[Event]) -> None:
    """Hand all events of the transaction to the flushers, together."""
    if events:
        for flush in _flushers:
            flush(events)
