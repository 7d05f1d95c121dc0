"""Whom a list that did not come concerns: officers and heads of service of the Département, for the list's place."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from partners.models import Function, Membership
from referrals.models import ExpectedList

# The first function a member has gives the reason told.
REASONS = {Function.COORDINATION: "vous coordonnez le territoire", Function.SUPERVISION: "vous encadrez le territoire"}


def silence_audience(expected_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID, str], list[UUID]]:
    """(user, organisation, reason) → which of these lists are his, in a fixed order."""
    lists = list(ExpectedList.objects.filter(pk__in=list(expected_ids)).order_by("pk"))
    if not lists:
        return {}
    members = Membership.objects.filter(
        department_id=lists[0].department_id, active=True, user__is_active=True,
        organization__active=True, organization__kind="department", functions__overlap=list(REASONS),
    ).prefetch_related("territories")  # fmt: skip
    told: dict[tuple[UUID, UUID, str], list[UUID]] = {}
    for member in members:
        if his := [one.pk for one in lists if _covers(member, one.territory_id)]:
            told[member.user_id, member.organization_id, _reason(member)] = his
    return told


def _covers(member: Membership, territory_id: UUID | None) -> bool:
    """A list of the whole Département is everybody's; so is every list to those without territory."""
    own = {territory.pk for territory in member.territories.all()}
    return territory_id is None or not own or territory_id in own


def _reason(member: Membership) -> str:
    return next(reason for function, reason in REASONS.items() if function in member.functions)
