"""Bytes of a file applied: there until COMMIT, gone after it, swept when a worker dies between both."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from hub.core.gate import tenant
from partners.models import ImportJob, StoredFile
from partners.services.imports import confirm_import, process_import
from partners.services.leftovers import folder, path_of, sweep_leftovers
from tests.cast import Cast, actor
from tests.files import bring, job_now, sample

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def confirmed(cast: Cast, settings, tmp_path) -> tuple[ImportJob, Path]:
    """A file a person has confirmed, and its bytes."""
    settings.MEDIA_ROOT = tmp_path
    job = bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml"))
    with tenant(actor(cast.officer_metz)) as acting:
        confirm_import(acting, job=job)
        return job, path_of(StoredFile.objects.get(pk=job.file_id))


def test_a_worker_killed_between_commit_and_the_end_leaves_bytes_the_sweep_destroys(cast: Cast, confirmed) -> None:
    job, path = confirmed
    worker = os.fork()
    if not worker:
        with suppress(BaseException), dying_as_it_unlinks():
            connection.connection = None  # the parent's session stays the parent's
            process_import(job.department_id, job.pk)
        os._exit(1)
    assert os.waitpid(worker, 0)[1] == signal.SIGKILL
    assert (job_now(cast.officer_metz, job).state, path.exists()) == ("applied", True)
    assert (sweep_leftovers(datetime.now(UTC)), path.exists()) == (1, False)
    assert sweep_leftovers(datetime.now(UTC)) == 0


@contextmanager
def dying_as_it_unlinks() -> Iterator[None]:
    """kill -9 of oneself instead of the first unlink."""
    Path.unlink = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
    yield


def test_an_application_that_fails_keeps_the_bytes_it_needs_again(cast: Cast, confirmed, monkeypatch) -> None:
    job, path = confirmed
    monkeypatch.setattr("partners.services.imports.move", move_then_fail)
    with pytest.raises(ZeroDivisionError):
        process_import(job.department_id, job.pk)
    assert path.exists()
    monkeypatch.undo()
    settings.MEDIA_ROOT = path.parents[1]
    process_import(job.department_id, job.pk)
    assert (job_now(cast.officer_metz, job).state, path.exists()) == ("applied", False)


def move_then_fail(acting, job, state, *fields):
    job.save(update_fields=list(fields))
    if state == "applied":
        raise ZeroDivisionError


def test_the_sweep_keeps_what_is_needed_or_may_still_come(confirmed) -> None:
    _, path = confirmed
    fresh, forgotten = folder() / "fresh", folder() / "forgotten"
    for one in (fresh, forgotten):
        one.write_bytes(b"x")
    old = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for one in (path, forgotten):
        os.utime(one, (old, old))
    assert sweep_leftovers(datetime.now(UTC)) == 1
    assert path.exists() and fresh.exists() and not forgotten.exists()
