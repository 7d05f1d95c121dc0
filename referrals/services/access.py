"""Opening and closing a person's file to an organisation: the only writers of `AccessGrant`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.bulk import bulk_insert
from hub.core.errors import Invalid, NotVisible
from hub.core.gate import elevated
from hub.core.models import record_access
from partners.models import Department
from referrals.models import AccessGrant, Beneficiary, DeclaredLink, FileOpening
from referrals.policies.people import people_within_reach

MINIMUM_REASON = 10


def open_access(
    actor: Actor,
    *,
    beneficiary_id: UUID,
    organization_id: UUID,
    level: str,
    reason: str,
    source: models.Model,
    team_id: UUID | None = None,
    new: bool = False,
) -> None:
    """Open the file to an organisation because of `source`; the same source never opens twice.

    A `new` source, stored in this very transaction, can have opened nothing: it is not looked for.
    """
    with elevated():
        if new or not _opened_by(source, organization_id):
            AccessGrant.objects.create(
                department_id=actor.department_id,
                beneficiary_id=beneficiary_id,
                organization_id=organization_id,
                team_id=team_id,
                level=level,
                reason=reason,
                source_kind=source._meta.model_name or "",
                source_id=source.pk,
                starts_at=actor.now,
            )


def _opened_by(source: models.Model, organization_id: UUID) -> bool:
    found = AccessGrant.objects.filter(source_kind=source._meta.model_name, source_id=source.pk, ends_at=None)
    return found.filter(organization_id=organization_id).exists()


def open_accesses(grants: Iterable[AccessGrant]) -> None:
    """Open many files at once, each with its own new source (imports: the product's own hand)."""
    with elevated():
        bulk_insert(grants)


def renew_accesses(actor: Actor, *, kind: str, sources: Collection[UUID], wanted: Iterable[AccessGrant]) -> None:
    """Make `wanted`, each with its end, all that these sources of one kind open: the others end now.

    Who changes a source may not read what it opens to others: compared and written by the product's own hand.
    """
    missing = {(grant.source_id, grant.organization_id): grant for grant in wanted}
    with elevated():
        in_force = AccessGrant.objects.filter(source_kind=kind, source_id__in=sources)
        for grant in in_force.filter(Q(ends_at=None) | Q(ends_at__gt=actor.now)):
            kept = missing.pop((grant.source_id, grant.organization_id), None)
            ends_at = kept.ends_at if kept else actor.now
            if grant.ends_at != ends_at:
                grant.ends_at = ends_at
                grant.save(update_fields=["ends_at"])
        AccessGrant.objects.bulk_create(missing.values())


def close_access(actor: Actor, *, source: models.Model, at: datetime | None = None) -> None:
    """End what `source` opened, at once or at a later instant; an end already nearer stays."""
    ends_at = at or actor.now
    with elevated():
        AccessGrant.objects.filter(source_kind=source._meta.model_name, source_id=source.pk).filter(
            Q(ends_at=None) | Q(ends_at__gt=ends_at)
        ).update(ends_at=ends_at)


@transaction.atomic
def open_file(actor: Actor, *, beneficiary_id: UUID, reason: str) -> FileOpening:
    """Open a file of one's organisation outside one's team, with a reason its manager will read.

    Raises `NotVisible` when the file is not within the organisation's reach, `Invalid` when the reason says nothing.
    """
    person = people_within_reach(actor, Beneficiary.objects.all()).filter(pk=beneficiary_id).first()
    if person is None:
        raise NotVisible
    require(actor, "person.open", person)
    if len(reason.strip()) < MINIMUM_REASON:
        raise Invalid("Écrivez le motif en quelques mots.", fields={"reason": "Écrivez le motif en quelques mots."})
    delay = Department.objects.get(pk=actor.department_id).delay("file_opening")
    from_now = actor.now + timedelta(days=delay)
    opening = FileOpening.objects.create(
        department_id=actor.department_id,
        beneficiary=person,
        user_id=actor.user_id,
        organization_id=actor.organization_id,
        reason=reason.strip()[:300],
        opened_at=actor.now,
        ends_at=from_now,
    )
    record_access("opened_outside_team", subject=person)
    return opening


@transaction.atomic
def review_opening(actor: Actor, *, opening: FileOpening) -> None:
    """The manager has read why the file was opened."""
    require(actor, "person.opening.review", opening)
    opening.reviewed_at, opening.reviewed_by_id = actor.now, actor.user_id
    opening.save(update_fields=["reviewed_at", "reviewed_by"])


@transaction.atomic
def declare_link(actor: Actor, *, person: Beneficiary) -> None:
    """Say that one knows the person privately: the file closes to this member at once, for good."""
    require(actor, "person.open", person)
    DeclaredLink.objects.create(
        department_id=actor.department_id,
        beneficiary=person,
        user_id=actor.user_id,
        organization_id=actor.organization_id,
        declared_at=actor.now,
    )
    record_access("declared_link", subject=person)
