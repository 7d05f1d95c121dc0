"""A file of what is offered (services, trainings), open: how it was read, and its lines as they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hub.core.tabular import Survey

Line = TypeVar("Line")


@dataclass(slots=True)
class OfferFile(Generic[Line]):
    """What a file holds; `lines`: how many, when its form tells before it is read."""

    columns: list[str]
    rows: Iterator[Line]
    warnings: list[str] = field(default_factory=list)
    encoding: str = ""
    separator: str = ""
    lines: int | None = None
    survey: Survey | None = None
