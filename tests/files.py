"""Bringing a sample file through the whole pipeline, as a member of the cast."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hub.core.gate import tenant
from partners.models import ImportJob, ImportRow, Membership
from partners.services.imports import confirm_import, process_import, receive_file
from partners.services.undo import undo_import
from tests.cast import actor

SAMPLES = Path(__file__).parent / "samples"
OCTOBER = date(2026, 10, 1)


def sample(name: str) -> bytes:
    """The bytes of a sample file."""
    return (SAMPLES / name).read_bytes()


def bring(
    member: Membership, kind: str, content: bytes, *, name: str = "fichier", now: datetime | None = None, **values: Any
) -> ImportJob:
    """Receive and analyse a file; the job as it is then."""
    with tenant(actor(member, now)) as acting:
        job = receive_file(acting, kind=kind, name=name, stream=io.BytesIO(content), **values)
    process_import(job.department_id, job.pk)
    return job_now(member, job)


def confirm(member: Membership, job: ImportJob, *, knowingly: bool = False, **values: Any) -> ImportJob:
    """Confirm an analysed file and apply it; `knowingly`: whatever surprises in it."""
    if knowingly:
        asked = [guard["name"] for guard in job.guards]
        values = {"acknowledge_guards": asked, "reason": "Vérifié avec l'agence"} | values
    with tenant(actor(member)) as acting:
        confirm_import(acting, job=job, **values)
    process_import(job.department_id, job.pk)
    return job_now(member, job)


def undo(
    member: Membership, job: ImportJob, reason: str = "Mauvais fichier envoyé", now: datetime | None = None
) -> ImportJob:
    """Ask to take an applied file back, and let the worker do it."""
    with tenant(actor(member, now)) as acting:
        undo_import(acting, job=job, reason=reason)
    process_import(job.department_id, job.pk)
    return job_now(member, job)


def job_now(member: Membership, job: ImportJob) -> ImportJob:
    with tenant(actor(member)):
        return ImportJob.objects.get(pk=job.pk)


def verdicts(member: Membership, job: ImportJob) -> list[tuple[int, str]]:
    """(line, verdict) of every row."""
    with tenant(actor(member)):
        return list(ImportRow.objects.filter(job=job).values_list("line", "verdict"))
