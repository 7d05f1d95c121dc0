"""The gate: every query on people runs inside one transaction that names its actor to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from hub.core.actor import SYSTEM, Actor
from hub.core.events import announce, collect

SETTINGS = ("app.role", "app.dept", "app.org", "app.team", "app.user", "app.now")
NOBODY = ("",) * len(SETTINGS)
SET_ALL = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in (*SETTINGS, "plan_cache_mode"))


class NestedGate(RuntimeError):
    """A gate inside a gate: releasing the inner one would leak its actor into the outer one."""


def current_actor() -> Actor | None:
    """The actor of the gate this thread is in, if any."""
    return getattr(connection, "tenant", None)


@contextmanager
def tenant(actor: Actor, *, one_plan: bool = False) -> Iterator[Actor]:
    """Open one transaction as `actor`; announce its events last, before COMMIT. Raises `NestedGate`.

    With `one_plan` a prepared statement keeps the plan made without its values (see `prepared`).
    """
    if current_actor() is not None:
        raise NestedGate
    inside = connection.in_atomic_block  # under an outer transaction (tests), RELEASE would keep the settings
    with transaction.atomic():
        _set(_settings_of(actor), "force_generic_plan" if one_plan else "auto")
        connection.tenant = actor  # type: ignore[attr-defined]
        try:
            yield actor
            if not connection.needs_rollback and (events := collect()):
                _set_role(SYSTEM)
                announce(events)
        finally:
            connection.tenant = None  # type: ignore[attr-defined]
        if inside and not connection.needs_rollback:
            _set(NOBODY, "auto")


@contextmanager
def elevated() -> Iterator[None]:
    """Write as the product itself what an actor's own decision implies for others (access grants).

    The Département may write all of that itself (policies): for it nothing changes.
    After an error nothing more runs until the rollback, which restores the role. Its callers are pinned by a test.
    """
    actor = current_actor()
    if actor is None:
        raise RuntimeError("elevated() outside the gate")
    if actor.is_wide:
        yield
        return
    with transaction.atomic(savepoint=False):
        _set_role(SYSTEM)
        yield
        _set_role(actor.role)


def _settings_of(actor: Actor) -> tuple[str, ...]:
    ids: list[Any] = [actor.department_id, actor.organization_id, actor.team_id, actor.user_id]
    return (actor.role, *(str(value or "") for value in ids), actor.now.isoformat())


def _set(values: tuple[str, ...], plans: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET_ALL, [*values, plans])


def _set_role(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.role', %s, true)", [role])
