"""Bring files as partners do: received, analysed, confirmed by a person, applied, without waiting for a worker."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from hub.core.gate import tenant
from hub.demo.opening import Network
from partners.models import ImportJob, Territory
from partners.models.files import ImportState
from partners.services.imports import confirm_import, process_import, receive_file


class DemoRefused(RuntimeError):
    """The real pipeline refused a file of the demo: its own words."""


def bring(
    network: Network,
    who: str,
    kind: str,
    path: Path,
    *,
    month: date | None = None,
    territory: Territory | None = None,
    nature: str = "",
    now: datetime | None = None,
) -> ImportJob:
    """The job once applied, now or at another instant; the account `who` brings and confirms. Raises `DemoRefused`."""
    with tenant(network.actor(who, now)) as actor, path.open("rb") as stream:
        job = receive_file(
            actor, kind=kind, name=path.name, stream=stream, month=month, territory=territory, nature=nature
        )
    process_import(job.department_id, job.pk, now=now)
    job = _reread(network, job, ImportState.ANALYSED)
    with tenant(network.actor(who, now)) as actor:
        confirm_import(
            actor,
            job=job,
            conclude_absence=True,
            acknowledge_guards=[guard["name"] for guard in job.guards],
            reason="Liste vérifiée avec l'agence" if job.guards else "",
        )
    process_import(job.department_id, job.pk, now=now)
    return _reread(network, job, ImportState.APPLIED)


def _reread(network: Network, job: ImportJob, expected: str) -> ImportJob:
    with tenant(network.product()):
        found = ImportJob.objects.select_related("file").get(pk=job.pk)
    if found.state != expected:
        raise DemoRefused(f"{found.file.name} : {found.get_state_display()} {found.refusal}")
    return found
