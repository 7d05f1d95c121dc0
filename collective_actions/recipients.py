"""Whom facts of trainings concern, each with the reason why. Read by the flush, as the product itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from collective_actions.models import TrainingSession
from partners.models import Function, Membership

BRINGS = "vous déposez les listes de stagiaires"
PAYS = ("region",)  # whoever pays for trainings is asked with the body that gives them


def roster_audience(session_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID, str], list[UUID]]:
    """(user, organisation, reason) → which of these sessions are asked of him, in a fixed order."""
    sessions = list(TrainingSession.objects.filter(pk__in=list(session_ids)).select_related("training").order_by("pk"))
    if not sessions:
        return {}
    members = Membership.objects.filter(
        department_id=sessions[0].department_id, active=True, user__is_active=True, organization__active=True,
        functions__contains=[Function.ROSTERS],
    ).select_related("organization")  # fmt: skip
    told: dict[tuple[UUID, UUID, str], list[UUID]] = defaultdict(list)
    for member in members:
        for session in sessions:
            parties = (session.training.organization_id, session.training.publisher_id)
            if member.organization.kind_id in PAYS or member.organization_id in parties:
                told[member.user_id, member.organization_id, BRINGS].append(session.pk)
    return dict(told)
