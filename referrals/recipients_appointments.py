"""Whom an appointment concerns: who receives the person, and her referent. Read by the flush, as the product itself.

Nobody is told of what he may not open: a notice always leads to a page its reader sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from hub.core.access import among, can, visible
from hub.core.actor import Actor
from hub.core.compiled import Several, compiled
from partners.actors import actor_from
from partners.models import Membership
from referrals.models import Appointment, SupportAssignment

Reader = tuple[UUID, UUID, str]  # user, organisation, why
BESIDE = "vous recevez avec un partenaire"


def appointment_audience(appointment_ids: Iterable[UUID], *, now: datetime) -> dict[Reader, list[UUID]]:
    """Per reader, the appointments he is told of and sees: one line with a count each, whatever their number."""
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
        for reader in [*hosts[key], *followers]:
            if reader[0] not in seen:
                seen.add(reader[0])
                told.setdefault(reader, []).append(one.pk)
    return _opened(told, rows[0].department_id, now) if rows else {}


def joint_audience(hosts: Mapping[UUID, int], department_id: UUID, *, now: datetime) -> dict[Reader, int]:
    """Per manager of the co-hosts of joint sessions, how many people are concerned: his list of sessions shows them."""
    found = _members(department_id).filter(organization__in=hosts, role="manager")
    acting = [actor_from(one, now) for one in found]
    return {
        (one.user_id, one.organization_id, BESIDE): hosts[one.organization_id]
        for one in acting
        if one.user_id and one.organization_id and can(one, "appointment.list")
    }


def _opened(told: Mapping[Reader, list[UUID]], department_id: UUID, now: datetime) -> dict[Reader, list[UUID]]:
    """Those of these appointments each reader sees; one query a reader, whatever their number."""
    users, organizations = {user for user, _, _ in told}, {organization for _, organization, _ in told}
    members = _members(department_id).filter(user__in=users, organization__in=organizations)
    acting = {(one.user_id, one.organization_id): actor_from(one, now) for one in members}
    seen = {
        reader: set(_seen(acting[reader[:2]], Several(ids))) for reader, ids in told.items() if reader[:2] in acting
    }
    return {reader: [pk for pk in told[reader] if pk in found] for reader, found in seen.items() if found}


@compiled
def _seen(actor: Actor, ids: Several) -> QuerySet[Appointment, UUID]:
    return visible(actor, Appointment).filter(among("pk", ids)).values_list("pk", flat=True)


def _hosts(one: Appointment) -> list[Reader]:
    """The member, else the team, else the managers of whoever receives."""
    members = Membership.objects.filter(organization_id=one.organization_id, department_id=one.department_id)
    named = Q(user_id=one.member_id) if one.member_id else Q(team_id=one.team_id) if one.team_id else Q(role="manager")
    living = members.filter(named, active=True, user__is_active=True)
    return [(m.user_id, m.organization_id, "vous recevez cette personne") for m in living]


def _members(department_id: UUID) -> QuerySet[Membership]:
    living = Membership.objects.filter(department_id=department_id, active=True, user__is_active=True)
    return living.select_related("organization", "team", "department").prefetch_related("territories")
