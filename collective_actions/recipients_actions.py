"""Whom collective actions concern: who enrolled somebody, who receives. Read by the flush, as the product itself."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from collective_actions.models import Enrolment, Session
from partners.models import Membership

Reader = tuple[UUID, UUID]  # user, organisation


def prescribers_of(enrolments: Iterable[Enrolment]) -> list[Reader]:
    """The member who enrolled, while he is there; else the managers of his organisation."""
    found: list[Reader] = []
    for one in enrolments:
        living = _living(one.department_id).filter(organization=one.prescriber_id)
        mine = living.filter(user=one.prescriber_user_id) if one.prescriber_user_id else living.none()
        rows = list(mine) or list(living.filter(role="manager"))
        found += [(row.user_id, row.organization_id) for row in rows]
    return list(dict.fromkeys(found))


def hosts_of(session: Session, *, co_hosts: bool = False) -> list[Reader]:
    """Managers of the host (and of the co-hosts), and whoever designed the action."""
    action = session.action
    wanted = [action.service.organization_id, *(action.co_hosts.values_list("pk", flat=True) if co_hosts else ())]
    leading = Q(role="manager") | Q(user=action.created_by_id)
    rows = _living(session.department_id).filter(leading, organization__in=wanted)
    return list(dict.fromkeys((row.user_id, row.organization_id) for row in rows))


def _living(department_id: UUID) -> QuerySet[Membership]:
    return Membership.objects.filter(department_id=department_id, active=True, user__is_active=True)
