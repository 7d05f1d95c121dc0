"""Querysets compiled once per shape of actor: to build a scope and turn it into SQL costs more than to run it.

What a scope's SQL looks like depends on what kind of member asks (role, functions, with a team or not, in how many
territories…), never on which one: identifiers and instants are its parameters. So the statement is kept by shape, and
each call puts its own values in. A statement is kept only once proved: compiled for a stand-in of the same shape, it
must be, with the caller's values in place of the stand-in's, word for word what Django compiles for the caller.
A queryset that cannot be proved so is compiled at every call. The second lock depends on none of this.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from copy import copy
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from itertools import count
from typing import Any, TypeVar, TypeVarTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Func, IntegerField, QuerySet

from hub.core.actor import Actor
from hub.core.prepared import prepared

Row = TypeVar("Row", covariant=True)
Ts = TypeVarTuple("Ts")

MOST = 500  # shapes of one queryset kept in a process
LONG_AGO = datetime(500, 6, 15, 12, tzinfo=UTC)  # the stand-in's clock
NEAR = timedelta(days=20 * 366)  # what scopes count from the actor's instant stays this near to it
FIELDS = tuple(field.name for field in fields(Actor))


def compiled(build: Callable[[Actor, *Ts], QuerySet[Any, Row]]) -> Callable[[Actor, *Ts], list[Row]]:
    """The rows of the queryset that `build` makes, and does not run, for an actor and other values.

    `build` may look at whether an identifier or a date is there, never at which one it is: UUIDs, dates and instants
    are parameters, alone or in tuples; so are `Text` and `Several`. Any other value belongs to the shape, and must be
    hashable and of few kinds.
    """
    kept: dict[Hashable, Statement | None] = {}

    @wraps(build)
    def rows(actor: Actor, *values: *Ts) -> list[Row]:
        shape = _shape(actor, values)
        if shape not in kept:
            if len(kept) >= MOST:
                kept.clear()
            kept[shape] = prove(build, actor, *values)
        statement = kept[shape]
        return list(build(actor, *values)) if statement is None else statement.rows(_given(actor, values))

    return rows


def number_of(rows: QuerySet[Any, Any], what: str = "*") -> QuerySet[Any, int]:
    """The rows counted by PostgreSQL, for `compiled`: one number, or nothing when Django knows that there is no row."""
    counted = Func(template=f"COUNT({what})", output_field=IntegerField())
    return rows.order_by().values_list(counted, flat=True)


def prove(build: Callable[..., QuerySet[Any, Any]], actor: Actor, *values: Any) -> Statement | None:
    """The statement for every caller of this shape; None when this caller shows that there is none."""
    marks = Marks()
    nobody = replace(actor, **{name: marks.of(getattr(actor, name)) for name in FIELDS if name != "now"}, now=LONG_AGO)
    others = tuple(map(marks.of, values))
    statement = Statement(build(nobody, *others), _given(nobody, others))
    return statement if statement.says(build(actor, *values), _given(actor, values)) else None


class Text(str):
    """What somebody typed, or a key of a row: a parameter, never part of the shape."""


class Several(list[Any]):
    """An array that is one parameter, however long (`access.among`)."""


PARAMETERS = (UUID, date, Text, Several)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value of the call goes: its rank among them, and what is added to it (a delay counted from now)."""

    rank: int
    plus: timedelta | None = None

    def of(self, given: list[Any]) -> Any:
        value = given[self.rank]
        return value if self.plus is None else value + self.plus


class Statement:
    """SQL with a slot for each value of the call, and Django's own way to read its rows."""

    def __init__(self, queryset: Any, marks: list[Any]) -> None:
        self._queryset, self._compiler = queryset, queryset.query.get_compiler(queryset.db)
        self._sql, parameters = _sql_of(queryset, self._compiler)
        self._places = [_place(parameter, marks) for parameter in parameters]
        self._kept_converters: dict[int, Any] | None = None

    def says(self, queryset: QuerySet[Any, Any], given: list[Any]) -> bool:
        """Is this, with these values, what Django compiles for `queryset`?"""
        return (self._sql, self._parameters(given)) == _sql_of(queryset, queryset.query.get_compiler(queryset.db))

    def rows(self, given: list[Any]) -> list[Any]:
        """The rows for these values."""
        if not self._sql:
            return []
        ready, said = copy(self._compiler), (self._sql, self._parameters(given))
        ready.connection = connections[self._queryset.db]
        ready.as_sql, ready.get_converters = lambda *args, **kwargs: said, self._converters
        query: Any = _Ready(self._queryset.query, ready)
        rows: Any = QuerySet(self._queryset.model, query)
        rows._fields = self._queryset._fields
        with prepared():
            return list(self._queryset._iterable_class(rows))

    def _converters(self, columns: list[Any]) -> dict[int, Any]:
        """How Django turns columns into values: always the same columns."""
        if self._kept_converters is None:
            self._kept_converters = self._compiler.get_converters(columns)
        return self._kept_converters

    def _parameters(self, given: list[Any]) -> tuple[Any, ...]:
        return tuple([place.of(given) if type(place) is Slot else place for place in self._places])


class _Ready:
    """Stands for a `Query` whose compiler has nothing left to do."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, using: str | None = None) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


class Marks:
    """Identifiers, dates and instants that nobody has, each given once."""

    def __init__(self) -> None:
        self._ids, self._days = count(1), count(1)

    def of(self, value: Any) -> Any:
        """A stand-in of the same shape."""
        if isinstance(value, UUID):
            return UUID(int=next(self._ids))
        if isinstance(value, Text):
            return Text(f"\x1a{next(self._ids)}")
        if isinstance(value, Several):
            return Several([self.of(value[0] if value else UUID(int=0))])
        if isinstance(value, date):
            instant = LONG_AGO + 3 * NEAR * next(self._days)
            return instant if isinstance(value, datetime) else instant.date()
        if not isinstance(value, tuple | frozenset):
            return value
        make = getattr(value, "_make", type(value))
        return make(map(self.of, value))


def _sql_of(queryset: Any, compiler: Any) -> tuple[str, tuple[Any, ...]]:
    """SQL and parameters; no SQL at all when Django knows that there is no row."""
    if queryset._prefetch_related_lookups:
        raise TypeError("prefetch what was read, a compiled queryset is one statement")
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return "", ()
    return sql, tuple(parameters)


def _place(parameter: Any, marks: list[Any]) -> Any:
    """The slot of a parameter that is one of the marks, or is counted from a date of them; else itself."""
    for rank, mark in enumerate(marks):
        if type(parameter) is type(mark):
            if parameter == mark:
                return Slot(rank)
            if isinstance(parameter, date) and abs(parameter - mark) < NEAR:
                return Slot(rank, parameter - mark)
    return parameter


def _shape(actor: Actor, values: tuple[Any, ...]) -> Hashable:
    return tuple([_shape_of(getattr(actor, name)) for name in FIELDS]), tuple(map(_shape_of, values))


def _shape_of(value: Any) -> Any:
    if isinstance(value, PARAMETERS):
        return type(value)
    if isinstance(value, tuple):
        return tuple(map(_shape_of, value))
    if isinstance(value, frozenset):
        return frozenset(map(_shape_of, value)), len(value)
    return tuple(sorted(value.items())) if isinstance(value, Mapping) else value


def _given(actor: Actor, values: tuple[Any, ...]) -> list[Any]:
    """Every parameter of a call, always in the same order."""
    found: list[Any] = [actor.today]
    for value in (*[getattr(actor, name) for name in FIELDS], *values):
        _gather(value, found)
    return found


def _gather(value: Any, found: list[Any]) -> None:
    if isinstance(value, PARAMETERS):
        found.append(list(value) if isinstance(value, Several) else value)
    elif isinstance(value, tuple | frozenset):
        for one in value:
            _gather(one, found)
