"""What applying a waiting file would do depends on other files and on settings: told again when one of them changes."""

from __future__ import annotations

from uuid import UUID

from hub.core.actor import Actor
from hub.core.gate import tenant
from hub.core.nudge import nudge
from hub.core.topics import touch
from partners.importers import IMPORTERS
from partners.models import ImportJob
from partners.models.files import ImportState

TASK = "partners.tasks.foresee_import"
MOST = 20  # files of a kind that wait at once; a stale one is looked at again before it is applied


def refresh_waiting(actor: Actor, kind: str, *, besides: ImportJob | None = None) -> None:
    """Have the files of this kind that wait for their confirmation looked at again, all `besides` their cause."""
    waiting = ImportJob.objects.filter(kind=kind, state=ImportState.ANALYSED)
    if besides:
        waiting = waiting.exclude(pk=besides.pk)
    for other in waiting.order_by("-created_at").values_list("pk", flat=True)[:MOST]:
        nudge(TASK, str(actor.department_id), str(other))


def foresee_again(department_id: UUID, job_id: UUID) -> None:
    """Say anew what applying this file would do and what is strange with it. Called by tasks, never inside a gate."""
    with tenant(Actor.system(department_id)) as actor:
        job = ImportJob.objects.select_for_update(of=("self",)).select_related("file", "territory").get(pk=job_id)
        if job.state != ImportState.ANALYSED:
            return
        IMPORTERS[job.kind].foresee(actor, job)
        job.save(update_fields=["counts", "guards", "agencies"])
        touch(actor.department_id, "import", job.pk)
