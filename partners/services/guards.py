"""What stops a file before anything is told: what is strange with it, and the files already brought."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from hub.core.actor import PARIS
from hub.core.alone import alone
from hub.core.errors import Confirmation, Conflict
from hub.core.tabular import FileProblem
from partners.models import ImportJob
from partners.models.files import IN_FORCE, ImportState

GONE = (ImportState.REFUSED, ImportState.DISCARDED, ImportState.UNDONE)
ALREADY = "FICHIER_DEJA_IMPORTE"
MINIMUM_REASON = 10
CONTENT = """
SELECT encode(sha256(convert_to(string_agg(fingerprint, '' ORDER BY fingerprint), 'UTF8')), 'hex')
  FROM partners_importrow WHERE job_id = %s AND fingerprint <> ''
"""


class AlreadyBrought(FileProblem):
    """What the lines say was already applied; `content_key` leads to the file that said it."""

    def __init__(self, job: ImportJob, first: ImportJob) -> None:
        super().__init__(ALREADY, already_brought(first))
        self.content_key = job.content_key


def check_guards(job: ImportJob, *, acknowledged: Iterable[str], reason: str) -> str:
    """The reason a person gives for applying a file in spite of its guards, checked.

    Raises `Confirmation` (409) until every guard is named and a reason written.
    """
    missing = [guard for guard in job.guards if guard["name"] not in set(acknowledged)]
    if missing or (job.guards and len(reason.strip()) < MINIMUM_REASON):
        said = " ".join(guard["message"] for guard in (missing or job.guards))
        asked = f"Écrivez en quelques mots pourquoi ce fichier est juste : au moins {MINIMUM_REASON} caractères."
        raise Confirmation(
            f"{said} Rien n'est appliqué : confirmez par écrit. {asked}",
            fields={
                "acknowledge_guards": ", ".join(guard["name"] for guard in job.guards),
                "reason": asked,
            },
        )
    return reason.strip()[:500]


def refuse_same_file(kind: str, sha256: str, month: date | None) -> None:
    """Raises `Conflict` when the same bytes were brought for the same month, with what became of them.

    Of two people who bring them at once, the second waits here until the first is known.
    """
    alone(f"{kind} {sha256} {month}")
    same = ImportJob.objects.filter(kind=kind, file__sha256=sha256, month=month).exclude(state__in=GONE)
    if found := same.select_related("file").order_by("-applied_at", "-created_at").first():
        raise Conflict(already_brought(found), code=ALREADY, fields={"same_as": str(found.pk)})


def refuse_same_content(job: ImportJob) -> None:
    """Raises `AlreadyBrought` when the lines of a file, in whatever order, are those of one already applied."""
    job.content_key = content_key(job)
    if job.again or not job.content_key:
        return
    same = ImportJob.objects.filter(
        kind=job.kind, month=job.month, territory=job.territory_id, nature=job.nature, state__in=IN_FORCE,
        content_key=job.content_key,
    ).exclude(pk=job.pk)  # fmt: skip
    if found := same.select_related("file").order_by("-applied_at").first():
        raise AlreadyBrought(job, found)


def content_key(job: ImportJob) -> str:
    """What the lines of a file say, in whatever order they stand."""
    with connection.cursor() as cursor:
        cursor.execute(CONTENT, [job.pk])
        return cursor.fetchone()[0] or ""


def already_brought(job: ImportJob) -> str:
    """What became of a file somebody brings again."""
    if job.state != ImportState.APPLIED or job.applied_at is None:
        waits = "attend sa confirmation" if job.state == ImportState.ANALYSED else "est en cours de traitement"
        return f"Ce fichier est déjà déposé (« {job.file.name} ») et {waits}. Rien n'a été modifié."
    day = job.applied_at.astimezone(PARIS)
    return f"Ce fichier est déjà importé : « {job.file.name} », appliqué le {day:%d/%m/%Y}. Rien n'a été modifié."
