"""A worker killed while it takes a file of people back: all of it, or nothing of it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import NoReturn

import pytest
from django.db import connection, transaction

from hub.core.gate import tenant
from partners.models import ImportJob
from partners.services.imports import process_import
from partners.services.undo import undo_import
from partners.tasks import sweep_imports
from tests.cast import Cast, actor, client
from tests.faults.writes import after_writes
from tests.files import bring, confirm, job_now
from tests.notifications.servers import eventually
from tests.referrals.checksums import checksums
from tests.referrals.registration import sample_people

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(cast: Cast) -> tuple[ImportJob, dict[str, str], dict[str, str], int]:
    """A file whose undo is asked for; the tables before it, after it, and how often an undisturbed undo writes."""
    sample_people(cast)
    before = checksums(cast)
    lines = "ID_CD;NOM;PRENOM;DATE DE NAISSANCE;TEL\r\n" + "".join(
        f"K{n:03d};TUEINVENTE{chr(65 + n // 26)}{chr(65 + n % 26)};Alex;01/02/1980;0600000{n:03d}\r\n"
        for n in range(60)
    )
    job = confirm(cast.officer_metz, bring(cast.officer_metz, "people", lines.encode()))
    after = checksums(cast)
    assert after != before
    with tenant(actor(cast.officer_metz)) as acting:
        undo_import(acting, job=job, reason="Mauvais fichier envoyé")
    with transaction.atomic(), after_writes(0, int) as writes:
        process_import(job.department_id, job.pk)
        assert checksums(cast) == before
        transaction.set_rollback(True)
    return job, before, after, writes.seen


@pytest.mark.parametrize("moment", ["first", "middle", "last"])
def test_killed_it_has_changed_nothing_and_the_sweep_does_it_again(cast: Cast, asked, moment) -> None:
    job, before, after, writes = asked
    worker = os.fork()
    if not worker:
        victim(job, {"first": 2, "middle": writes // 2, "last": writes}[moment])
    assert os.waitpid(worker, 0)[1] == signal.SIGKILL
    assert checksums(cast) == after
    assert job_now(cast.officer_metz, job).state == "undoing"
    eventually(lambda: swept(cast, job))
    assert checksums(cast) == before


def victim(job: ImportJob, count: int) -> NoReturn:
    """In a process of its own: kill -9 of itself once it has written so many times."""
    with suppress(BaseException):
        connection.connection = None  # the parent's session stays the parent's
        with after_writes(count, lambda: os.kill(os.getpid(), signal.SIGKILL)):
            process_import(job.department_id, job.pk)
    os._exit(1)


def swept(cast: Cast, job: ImportJob) -> bool:
    """The session of the dead worker may outlive it by an instant."""
    sweep_imports()
    return job_now(cast.officer_metz, job).state == "undone"


def test_a_fault_that_always_comes_leaves_the_file_applied_and_says_so(cast: Cast, asked, monkeypatch) -> None:
    job, _, after, writes = asked

    def fail() -> None:
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), after_writes(writes // 2, fail):
            process_import(job.department_id, job.pk)
    process_import(job.department_id, job.pk)
    kept = job_now(cast.officer_metz, job)
    assert (kept.state, checksums(cast)) == ("applied", after)
    assert "Rien n'a changé" in kept.refusal
    shown = client(cast.officer_metz).get(f"/api/v1/imports/{job.pk}/").json()
    assert (shown["state"], shown["refusal"]) == ("applied", {"code": "internal_error", "detail": kept.refusal})
    assert (
        "L'annulation demandée n'a pas pu se faire."
        in client(cast.officer_metz).get(f"/imports/{job.pk}/").content.decode()
    )
    with tenant(actor(cast.officer_metz)) as acting:
        undo_import(acting, job=job, reason="Mauvais fichier envoyé")
    process_import(job.department_id, job.pk)
    assert job_now(cast.officer_metz, job).state == "undone"
