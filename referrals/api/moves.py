"""What all gestures have in common: addresses, views, and that an impossible one answers 409 with the present state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, InvalidTransition
from hub.core.rest.doc import writes
from hub.core.rest.views import ApiView
from hub.core.urls import route
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


class MoveView(ApiView):
    """One gesture on one object: `routes` makes a subclass for each `move`."""

    move: Move

    def perform(self, pk: UUID) -> Response:
        """Do it; what comes of it."""
        raise NotImplementedError


def routes(
    base: type[MoveView], moves: Iterable[Move], *, path: str, name: str, answer: type[Serializer[Any]], access: str
) -> list[URLPattern]:
    """An address for each gesture, `<path>/<id>/<gesture>/`, documented with its own body and its `answer`."""
    return [
        route(
            f"{path}/<uuid:pk>/{move.name}/",
            _view_of(base, move, answer).as_view(),
            name=f"{name}_{move.name}",
            access=access,
        )
        for move in moves
    ]


def _view_of(base: type[MoveView], move: Move, answer: type[Serializer[Any]]) -> type[MoveView]:
    @writes(move.summary, body=move.body, answer=answer, status=move.status)
    def post(self: MoveView, request: Request, pk: UUID) -> Response:
        return self.perform(pk)

    name = f"{base.__name__.removesuffix('View')}{move.name.title().replace('-', '')}View"
    return type(name, (base,), {"move": move, "post": post})


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
