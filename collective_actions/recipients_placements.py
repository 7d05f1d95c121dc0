"""Whom jobs followed concern: whoever recorded them, the referents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from collective_actions.models import Placement
from referrals.recipients import ended_audience

PLACED = "vous suivez cet emploi"


def placement_audience(
    placement_ids: Iterable[Any], *, placed: bool, referent: bool
) -> dict[tuple[UUID, UUID, str], list[UUID]]:
    """(user, organisation, reason) → which of these jobs, each user once for each."""
    told: dict[tuple[UUID, UUID, str], list[UUID]] = defaultdict(list)
    for one in Placement.objects.filter(pk__in=list(placement_ids)).order_by("pk"):
        users = set()
        if placed and one.recorded_by_id:
            told[one.recorded_by_id, one.organization_id, PLACED].append(one.pk)
            users.add(one.recorded_by_id)
        for to in ended_audience([one.beneficiary_id]) if referent else ():
            if to.user_id not in users:
                told[to.user_id, to.organization_id, to.reason].append(one.pk)
    return dict(told)
