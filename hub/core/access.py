"""The first lock, in Python: rules answer "may I?", scopes answer "which ones?".

Rules and scopes are pure functions of an actor and an object, never of a request. They are registered
by the `policies.py` of each app; a name registered twice is a programming error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, UUIDField, Value

from hub.core.actor import Actor
from hub.core.compiled import Several, compiled
from hub.core.errors import NotVisible, Refused

M = TypeVar("M", bound=Model)
RuleFunction = Callable[[Actor, Any], bool]
ScopeFunction = Callable[[Actor, Any], Any]

R = TypeVar("R", bound=RuleFunction)

RULES: dict[str, RuleFunction] = {}
SCOPES: dict[type[Model], ScopeFunction] = {}


def rule(name: str) -> Callable[[R], R]:
    """Register `(actor, obj) -> bool` under a name such as `referral.accept`."""

    def register(function: R) -> R:
        if name in RULES:
            raise RuntimeError(f"rule {name} is declared twice")
        RULES[name] = function
        return function

    return register


def scope(model: type[M]) -> Callable[[ScopeFunction], ScopeFunction]:
    """Register `(actor, queryset) -> queryset`: the rows of `model` this actor may see."""

    def register(function: ScopeFunction) -> ScopeFunction:
        if model in SCOPES:
            raise RuntimeError(f"scope of {model.__name__} is declared twice")
        SCOPES[model] = function
        return function

    return register


def can(actor: Actor, name: str, obj: Any = None) -> bool:
    """May the actor do this? An unknown rule raises KeyError: a typo must never open nor close a door."""
    return RULES[name](actor, obj)


def require(actor: Actor, name: str, obj: Any = None) -> None:
    """Raise `Refused` (403) unless the actor may do this."""
    if not can(actor, name, obj):
        raise Refused


def visible(actor: Actor, model: type[M]) -> QuerySet[M]:
    """The only road from an actor to rows of a model."""
    return SCOPES[model](actor, model._default_manager.all())


def get_visible(actor: Actor, model: type[M], pk: UUID | str, *related: str) -> M:
    """One visible row, with `related` joined; raises `NotVisible` (404), the same for foreign and unknown ids."""
    found = find(actor, model, pk, *related)
    if found is None:
        raise NotVisible
    return found


def find(actor: Actor, model: type[M], pk: UUID | str, *related: str) -> M | None:
    """One visible row, with `related` joined; None for foreign, unknown and malformed ids alike."""
    try:
        exact = pk if isinstance(pk, UUID) else UUID(pk)
    except ValueError:
        return None
    rows: list[M] = _with_id(actor, model, exact, related)
    return rows[0] if rows else None


@compiled
def _with_id(actor: Actor, model: type[Any], pk: UUID, related: tuple[str, ...]) -> QuerySet[Any]:
    rows = visible(actor, model).filter(pk=pk).order_by()
    return rows.select_related(*related) if related else rows


def one_of(column: str, values: QuerySet[Any, Any]) -> Q:
    """SQL: `column = ANY(ARRAY(SELECT …))`, for sets that are small by nature (one member's own openings or links).

    Read once like `IN (SELECT …)`, but an index can serve it, beside an OR too; a large set would be searched row
    by row.
    """
    return _any(column, ArraySubquery(values))


def among(column: str, ids: Several) -> Q:
    """SQL: `column = ANY(…)`, the identifiers being one parameter."""
    return _any(column, Value(ids, ArrayField(UUIDField())))


def _any(column: str, values: Any) -> Q:
    return Q(Func(F(column), values, template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField()))
