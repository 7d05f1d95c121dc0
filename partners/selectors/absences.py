"""Who is away today, and who stands in."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from hub.core.gate import current_actor
from partners.models import Absence


def away_today(memberships: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """Of these memberships, those away at the gate's instant, each with its stand-in (None: the team)."""
    actor = current_actor()
    if actor is None:
        raise RuntimeError("away_today() outside the gate")
    found = Absence.objects.filter(
        membership__in=list(memberships), starts_on__lte=actor.today, ends_on__gte=actor.today
    )
    return dict(found.values_list("membership", "stand_in"))
