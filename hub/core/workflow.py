"""State machines as tables: lock the row, check the source, save, log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model

from hub.core.actor import Actor
from hub.core.errors import InvalidTransition


@dataclass(frozen=True, slots=True)
class Transition:
    """From any of `sources` to `target`; `label` is what the journal shows in French."""

    name: str
    sources: frozenset[str]
    target: str
    label: str

    @classmethod
    def of(cls, name: str, sources: Iterable[str] | str, target: str, label: str) -> Transition:
        chosen = {sources} if isinstance(sources, str) else sources
        return cls(name, frozenset(chosen), target, label)


class Workflow:
    """The transitions of one aggregate, and the only function that performs them."""

    def __init__(self, transitions: Iterable[Transition], *, log: type[Model], log_parent: str) -> None:
        self.transitions = {transition.name: transition for transition in transitions}
        self._log, self._log_parent = log, log_parent

    def allowed_from(self, state: str) -> set[str]:
        """Names of the transitions that leave this state."""
        return {t.name for t in self.transitions.values() if state in t.sources}

    def check(self, obj: Any, name: str) -> None:
        """Raise `InvalidTransition` unless `name` leaves the state the object was read in."""
        if obj.state not in self.transitions[name].sources:
            raise self._refusal(obj, name)

    def enter(self, obj: Any, name: str) -> str:
        """Move `obj` in memory and give the state it leaves; enough by itself for a row nobody else can see yet.

        Raises `InvalidTransition`. The caller saves, then records.
        """
        self.check(obj, name)
        source: str = obj.state
        obj.state = self.transitions[name].target
        return source

    def perform(self, obj: Any, name: str, *, by: Actor, note: str = "", **changes: Any) -> None:
        """Move `obj`, write `changes` with it, keep who, when and why; raises `InvalidTransition` (409) otherwise.

        `obj` is brought up to date with the locked row, so that the loser of a race sees the present state.
        """
        locked = type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
        for column in obj._meta.concrete_fields:
            setattr(obj, column.attname, getattr(locked, column.attname))
        source = self.enter(obj, name)
        for attribute, value in changes.items():
            setattr(obj, attribute, value)
        with transaction.atomic(savepoint=False):  # refusals come before: only the database can fail here
            obj.save(update_fields=["state", *changes])
            self.record(obj, name, source=source, by=by, note=note, reason=changes.get("reason") or "")

    def record(self, obj: Any, name: str, *, by: Actor, source: str = "", note: str = "", reason: str = "") -> None:
        """Append one line to the journal of `obj` (also for facts that change no state)."""
        self._log._base_manager.create(
            department_id=by.department_id,
            **{self._log_parent: obj},
            name=name,
            source=source or obj.state,
            target=obj.state,
            at=by.now,
            user_id=by.user_id,
            organization_id=by.organization_id,
            note=note,
            reason=reason,
        )

    def _refusal(self, obj: Any, name: str) -> InvalidTransition:
        return InvalidTransition(
            f"Action impossible : l'état est maintenant « {obj.get_state_display()} ».",
            state=obj.state,
            transition=name,
        )
