"""What is written grows old: whoever offers a service is asked, once by delay, whether it is still true."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from hub.core.actor import Actor
from hub.core.events import emit
from partners.events import ServicesToVerify
from partners.freshness import freshness_of
from partners.models import Department, Service
from partners.models.services import ServiceState

MOST = 5000  # services asked about in one go; the next hour takes the others


@transaction.atomic
def remind_owners(actor: Actor) -> int:
    """Ask about the published services not verified for too long, one line by organisation; how many services."""
    limits = freshness_of(Department.objects.get(pk=actor.department_id), actor.today)
    old = Service.objects.filter(department_id=actor.department_id, state=ServiceState.PUBLISHED)
    old = old.filter(limits.since("verified_on") | Q(verified_on=None))
    asked = old.filter(limits.since("reminded_on") | Q(reminded_on=None)).order_by("verified_on", "id")
    found = list(asked.values_list("pk", "organization_id")[:MOST])
    Service.objects.filter(pk__in=[pk for pk, _ in found]).update(reminded_on=actor.today)
    for organization_id, count in Counter(owner for _, owner in found).items():
        _tell(actor, organization_id, count)
    return len(found)


def _tell(actor: Actor, organization_id: UUID | None, count: int) -> None:
    emit(ServicesToVerify(department_id=actor.department_id, organization_id=organization_id, count=count))
