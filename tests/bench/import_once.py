"""Import one list as a worker does, confirmed at once, in a transaction-per-step of the real pipeline.

It is taken back after, so that the next one opens its gaps and tells them again.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import django

django.setup()

from hub.celery import app, settle  # noqa: E402
from hub.core.actor import PARIS  # noqa: E402
from hub.core.gate import tenant  # noqa: E402
from hub.demo.accounts import member_of  # noqa: E402
from hub.demo.files import months  # noqa: E402
from partners.actors import actor_from  # noqa: E402
from partners.models import ImportJob  # noqa: E402
from partners.services.imports import confirm_import, process_import, receive_file  # noqa: E402
from partners.services.undo import undo_import  # noqa: E402
from tests.bench.told import telling  # noqa: E402

REASON = "Mesure de vitesse"


def main(path: Path) -> None:
    member = member_of("officer_metz")
    assert member is not None
    month = months(datetime.now(PARIS).date())[-1].first
    _connect()
    with telling():
        with tenant(actor_from(member, datetime.now(UTC))) as actor, path.open("rb") as stream:
            job = receive_file(
                actor, kind="registration", name=path.name, stream=stream, month=month, nature="complete", again=True
            )
        process_import(job.department_id, job.pk)
        with tenant(actor_from(member, datetime.now(UTC))) as actor:
            found = ImportJob.objects.get(pk=job.pk)
            names = [guard["name"] for guard in found.guards]
            confirm_import(actor, job=found, conclude_absence=True, acknowledge_guards=names, reason=REASON)
        process_import(job.department_id, job.pk)
    with tenant(actor_from(member, datetime.now(UTC))) as actor:
        undo_import(actor, job=job, reason=REASON)  # raises unless it was applied
    process_import(job.department_id, job.pk)


def _connect() -> None:
    """A worker that waits for work has its connections, and has settled."""
    with app.producer_or_acquire() as producer:
        producer.connection.ensure_connection()
    assert app.backend is not None
    settle()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
