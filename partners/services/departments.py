"""Opening a Département on the platform, and changing its settings."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.models import record_access
from partners.delays import DELAYS, STEPS
from partners.models import Department

LONGEST_DELAY = 3_660


@transaction.atomic
def open_department(*, code: str, name: str) -> Department:
    """A new Département on the platform; a command's doing, since nobody inside can be its actor yet."""
    return Department.objects.create(code=code, name=name)


@transaction.atomic
def change_settings(
    actor: Actor,
    *,
    department: Department,
    employment_service_name: str,
    category_mode: bool,
    delays: Mapping[str, int],
    gap_motive_shared: bool | None = None,
) -> Department:
    """Names shown, mode and delays. A delay equal to its default is not stored, so that defaults can evolve.

    `gap_motive_shared` opens the motive of gaps to UDAF: it says that the legal basis is confirmed, and is journalled
    (None leaves it). Raises `Invalid` for an unknown delay, one outside 1 … 3 660 days, or a step that comes before the
    previous one.
    """
    require(actor, "department.settings", department)
    if wrong := _out_of_range(delays) or _out_of_order({name: department.delay(name) for name in DELAYS} | {**delays}):
        raise Invalid("Certains délais ne sont pas valables.", code="bad_delay", fields=wrong)
    department.employment_service_name = employment_service_name
    department.category_mode = category_mode
    department.delays = {name: days for name, days in delays.items() if days != DELAYS[name].default}
    if gap_motive_shared is not None and gap_motive_shared != department.gap_motive_shared:
        department.gap_motive_shared = gap_motive_shared
        record_access("setting", subject=department, detail=f"gap_motive_shared: {gap_motive_shared}")
    department.save(update_fields=["employment_service_name", "category_mode", "gap_motive_shared", "delays"])
    return department


def _out_of_range(delays: Mapping[str, int]) -> dict[str, str]:
    return {
        name: f"Indiquez un nombre de jours entre 1 et {LONGEST_DELAY}."
        for name, days in delays.items()
        if name not in DELAYS or not 1 <= days <= LONGEST_DELAY
    }


def _out_of_order(delays: Mapping[str, int]) -> dict[str, str]:
    return {
        later: f"Indiquez plus de {delays[sooner]} jours : cette étape vient après « {DELAYS[sooner].label} »."
        for steps in STEPS
        for sooner, later in pairwise(steps)
        if delays[later] <= delays[sooner]
    }
