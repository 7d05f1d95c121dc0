"""Whom an appointment concerns: who receives the person, and her referent. Read by the flush, as the product itself."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from partners.models import Membership
from referrals.models import Appointment, SupportAssignment

Reader = tuple[UUID, UUID, str]  # user, organisation, why


def appointment_audience(appointment_ids: Iterable[UUID]) -> dict[Reader, list[UUID]]:
    """Per reader, the appointments he is told of: one line with a count each, whatever their number."""
    rows = list(Appointment.objects.filter(pk__in=list(appointment_ids)))
    people = {one.beneficiary_id for one in rows if not one.sensitive}
    assigned = SupportAssignment.objects.filter(beneficiary__in=people, ends_on=None, referent__isnull=False)
    referents = {(one.beneficiary_id, one.referent_id, one.organization_id) for one in assigned}
    told: dict[Reader, list[UUID]] = {}
    hosts: dict[tuple[UUID, UUID | None, UUID | None], list[Reader]] = {}
    for one in rows:
        key = (one.organization_id, one.team_id, one.member_id)
        if key not in hosts:
            hosts[key] = _hosts(one)
        followers = [
            (user, organization, "vous êtes le référent")
            for person, user, organization in referents
            if person == one.beneficiary_id and user is not None and not one.sensitive
        ]
        seen: set[UUID] = set()
        for reader in [*hosts[key], *followers, *_co_hosts(one)]:
            if reader[0] not in seen:
                seen.add(reader[0])
                told.setdefault(reader, []).append(one.pk)
    return told


def _hosts(one: Appointment) -> list[Reader]:
    """The member, else the team, else the managers of whoever receives."""
    members = _members(one.organization_id, one.department_id)
    named = Q(user_id=one.member_id) if one.member_id else Q(team_id=one.team_id) if one.team_id else Q(role="manager")
    return [(m.user_id, m.organization_id, "vous recevez cette personne") for m in members.filter(named)]


def _co_hosts(one: Appointment) -> list[Reader]:
    if one.co_host_id is None:
        return []
    managers = _members(one.co_host_id, one.department_id).filter(role="manager")
    return [(m.user_id, m.organization_id, "vous recevez avec un partenaire") for m in managers]


def _members(organization_id: UUID, department_id: UUID) -> QuerySet[Membership]:
    return Membership.objects.filter(
        organization_id=organization_id, department_id=department_id, active=True, user__is_active=True
    )
