"""A query on people outside the gate raises, instead of silently answering zero rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model


class OutsideGate(RuntimeError):
    """Protected table read or written without an actor."""


def is_personal(model: type[Model]) -> bool:
    """Does this table, or the table it keeps the history of, state something about a person?"""
    return getattr(getattr(model, "pgh_tracked_model", model), "personal", False)


@cache
def protected_tables() -> frozenset[str]:
    """Names of the tables that state something about a person."""
    return frozenset(model._meta.db_table for model in apps.get_models() if is_personal(model))


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, protected_tables())))
    return re.compile(rf"\b(?:{names})\b")


def refuse_outside_gate(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Django `execute_wrapper`: one regular expression, below a microsecond."""
    if getattr(connection, "tenant", None) is None and isinstance(sql, str) and _pattern().search(sql):
        raise OutsideGate("query on a protected table outside the gate")
    return execute(sql, params, many, context)


def install_guard(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receiver of `connection_created`: every connection of the app role is guarded, once."""
    if connection.alias == "default" and refuse_outside_gate not in connection.execute_wrappers:
        connection.execute_wrappers.append(refuse_outside_gate)
