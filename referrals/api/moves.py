"""What gestures of referrals and gaps have in common: an impossible one answers 409 with the present state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rest_framework.serializers import Serializer

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, InvalidTransition
from hub.core.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Move:
    """A gesture: its name in the address, the rule that opens it, the transition it needs ('' for a mere fact)."""

    name: str
    summary: str
    perform: Callable[..., Any]
    rule: str
    body: type[Serializer[Any]]
    transition: str = ""
    status: int = 200


def check(actor: Actor, move: Move, obj: Any, workflow: Workflow) -> None:
    """The right, then the state, before anybody reads the body: raises `Refused` or `InvalidTransition`."""
    require(actor, move.rule, obj)
    if move.transition:
        workflow.check(obj, move.transition)


@contextmanager
def with_state(reread: Callable[[], Any]) -> Iterator[None]:
    """Any conflict tells the state the object is in now."""
    try:
        yield
    except InvalidTransition:
        raise
    except Conflict as conflict:
        raise _stated(conflict, reread().state) from conflict


def _stated(conflict: Conflict, state: str) -> InvalidTransition:
    problem = InvalidTransition(conflict.message, state=state)
    problem.code, problem.fields = conflict.code, conflict.fields
    return problem
