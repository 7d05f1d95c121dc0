"""What a complete source publishes no more: archived on demand, once its file is applied (data·inclusion)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict
from partners.models import ImportJob, ImportRow, Service
from partners.models.files import ImportKind, ImportState
from partners.models.services import ServiceState
from partners.services.directory.applying import note_lines


def dropped(job: ImportJob) -> QuerySet[Service]:
    """Published services of the sources this file speaks of that none of its lines names; of a table made by hand,
    none: it never says all."""
    if job.kind != ImportKind.DIRECTORY or job.state != ImportState.APPLIED:
        return Service.objects.none()
    lines = ImportRow.objects.filter(job=job, data__of="service")
    if lines.filter(data__by_hand=True).exists():
        return Service.objects.none()
    sources = set(lines.values_list(KeyTextTransform("source", "data"), flat=True).distinct())
    named = lines.values(named=KeyTextTransform("id", "data"))
    mine = Service.objects.filter(department_id=job.department_id, source__in=sources, state=ServiceState.PUBLISHED)
    return mine.exclude(source_id="").exclude(source_id__in=named)


@transaction.atomic
def archive_dropped(actor: Actor, *, job: ImportJob) -> int:
    """Somebody says that the file was all its source publishes: what it no longer names leaves searches. How many.

    Taking the file back shows them again. Raises `Conflict` when there is nothing to archive.
    """
    require(actor, "service.moderate", job)
    rows = list(dropped(job).select_for_update(of=("self",)))
    if not rows:
        raise Conflict("Aucun service de cette source n'est à archiver.", code="nothing_dropped")
    Service.objects.filter(pk__in=[row.pk for row in rows]).update(state=ServiceState.ARCHIVED)
    for row in rows:
        row.state = ServiceState.ARCHIVED
    note_lines(actor, job, [(row, "dropped", {}) for row in rows], job_id=job.pk, user_id=actor.user_id)
    return len(rows)
