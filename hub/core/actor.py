"""Who is acting, for which organisation, in which Département, at which instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

DEPARTMENT = "department"
PARTNER = "partner"
SYSTEM = "system"

# A UUID; None for the product itself, which no rule lets do what only members do: services need no second check.
OwnId = Any


@dataclass(frozen=True, slots=True)
class Actor:
    """One user acting for one organisation in one Département; built anew at every request.

    `role` decides the second lock (PostgreSQL): `department` and `system` see the whole Département,
    `partner` sees what access grants open. `now` is the only clock services use.
    """

    department_id: UUID
    role: str
    now: datetime
    user_id: OwnId = None
    membership_id: OwnId = None
    organization_id: OwnId = None
    team_id: UUID | None = None
    kind: str = ""
    functions: frozenset[str] = field(default_factory=frozenset)
    territories: frozenset[UUID] = field(default_factory=frozenset)
    manager: bool = False
    sees_people: bool = True  # UDAF's guardianship service, for instance, sees nobody here
    # What the Département chose instead of defaults (delays in days, switches that are on).
    choices: Mapping[str, int] = field(default_factory=dict, hash=False, compare=False)

    @classmethod
    def system(cls, department_id: UUID, now: datetime | None = None) -> Actor:
        """The product itself, working for one Département (clocks, background imports, deliveries)."""
        return cls(department_id=department_id, role=SYSTEM, now=now or datetime.now(UTC))

    @property
    def is_wide(self) -> bool:
        """Does the second lock open the whole Département to this actor?"""
        return self.role in (DEPARTMENT, SYSTEM)

    @property
    def is_system(self) -> bool:
        return self.role == SYSTEM

    @property
    def today(self) -> date:
        """The calendar day in France at this actor's instant."""
        return self.now.astimezone(PARIS).date()

    def has(self, *functions: str) -> bool:
        """Does the actor hold at least one of these functions?"""
        return not self.functions.isdisjoint(functions)
