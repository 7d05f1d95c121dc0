"""What a kind of notice must declare, and what handlers give back. The kinds themselves: `kinds/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any
from uuid import UUID

from hub.core.events import Event

WORDS = {"count", "partner"}  # a title may hold a count and a partner's name, nothing of a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One user to be told of one subject; `dedupe_key` folds later facts on the subject into the same line.

    `first`: this is told once in the life of the subject, so that no earlier line is looked for.
    """

    user_id: UUID
    organization_id: UUID
    kind: str
    dedupe_key: str
    reason: str
    count: int = 1
    subject_kind: str = ""
    subject_id: UUID | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    first: bool = False

    @property
    def line_key(self) -> str:
        """The line this notice folds into: one per subject and organisation of the user."""
        return f"{self.dedupe_key}@{self.organization_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Nothing is left to do on a subject: the notices of this kind no longer wait for anybody."""

    kind: str
    subject_id: UUID | None = None
    group: str = ""  # of a grouped notice: its dedupe key, whoever reads it


Told = Notice | Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of notice. Titles are French sentences; `titles` replaces `title` by `payload["state"]`."""

    code: str
    label: str
    title: str
    plural: str
    icon: str
    url_name: str
    list_url_name: str
    can_be_muted: bool
    titles: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = (self.code, self.label, self.title, self.plural, self.icon, self.url_name, self.list_url_name)
        if not all(texts):
            raise ValueError(f"kind of notice {self.code or '?'} is incomplete")
        for title in (self.title, self.plural, *self.titles.values()):
            unknown = {name for _, name, _, _ in Formatter().parse(title) if name} - WORDS
            if unknown:
                raise ValueError(f"kind of notice {self.code}: a title cannot hold {', '.join(sorted(unknown))}")
        if self.code in KINDS:
            raise ValueError(f"kind of notice {self.code} is declared twice")
        KINDS[self.code] = self

    def title_of(self, *, count: int, payload: Mapping[str, Any], partner: str) -> str:
        """The sentence a reader sees."""
        template = self.titles.get(str(payload.get("state", ""))) or (self.title if count == 1 else self.plural)
        return template.format(count=count, partner=partner or "Un partenaire")


KINDS: dict[str, Kind] = {}
Handler = Callable[[list[Any]], Iterable[Told]]
_handlers: dict[type[Event], Handler] = {}


def announce(event_type: type[Event]) -> Callable[[Handler], Handler]:
    """Register the function that says who is told of all the events of this type of one transaction."""

    def register(function: Handler) -> Handler:
        if event_type in _handlers:
            raise ValueError(f"{event_type.__name__} is announced twice")
        _handlers[event_type] = function
        return function

    return register


def told_by(events: list[Event]) -> list[Told]:
    """What all handlers have to say about the events of one transaction."""
    by_type: dict[type[Event], list[Event]] = {}
    for event in events:
        by_type.setdefault(type(event), []).append(event)
    return [told for kind, found in by_type.items() if kind in _handlers for told in _handlers[kind](found)]
