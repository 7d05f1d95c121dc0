"""A registration list of 300 lines under faults: bad lines, a killed worker, a lost database session."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import suppress
from datetime import date
from types import SimpleNamespace
from typing import Any, NoReturn

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from hub.core.actor import Actor
from hub.core.gate import tenant
from notifications.models import Notification
from partners.models import ImportJob
from partners.services.imports import confirm_import, process_import
from partners.tasks import sweep_imports
from referrals.models import (
    GapLog,
    ImportChange,
    RegistrationEntry,
    RegistrationGap,
    RegistrationList,
    RegistrationMeasure,
    RegistrationStatus,
)
from tests.cast import Cast, actor
from tests.e2e.browser import environment
from tests.faults.writes import after_writes
from tests.files import OCTOBER, bring, job_now, verdicts
from tests.notifications.servers import eventually
from tests.referrals.registration import classic, crowd

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
KNOWN, BEFORE, LISTED = 320, 290, slice(20, 320)
SEPTEMBER = date(2026, 9, 1)
GUARDS = ("baseline", "wrong_month", "many_gaps", "fewer_lines")
# What another run of the same file writes otherwise: random identifiers and the instant.
VOLATILE = {"id", "created_at", "changed_at", "applied_at", "opened_at", "closed_at", "at", "list_id", "gap_id"}
VOLATILE |= {"opened_by_list_id", "closed_by_list_id", "subject_id", "dedupe_key"}
BEGINNING = 1  # the worker says that it begins, in a transaction of its own


def accept(cast: Cast, job: ImportJob) -> None:
    """A person confirms, in spite of every guard; nothing is applied yet."""
    with tenant(actor(cast.adviser)) as acting:
        confirm_import(
            acting, job=job, conclude_absence=True, acknowledge_guards=GUARDS, reason="Liste inventée d'un essai"
        )


def brought(cast: Cast, content: bytes, *, month: date = OCTOBER) -> ImportJob:
    return bring(cast.adviser, "registration", content, name="liste.csv", month=month, nature="complete")


def written(cast: Cast) -> dict[str, Counter]:
    """All that lists have written and told, without what differs from one run to the next."""
    found: dict[str, Counter] = {}
    with tenant(Actor.system(cast.department.pk)):
        for model in (RegistrationEntry, RegistrationStatus, RegistrationGap, RegistrationList, RegistrationMeasure):
            found[model.__name__] = _lines(model.objects.values())
        found["GapLog"] = _lines(GapLog.objects.values("gap__beneficiary_id", "name", "source", "target", "reason"))
        found["ImportChange"] = _lines(ImportChange.objects.values())
        found["ImportJob"] = _lines(ImportJob.objects.values("kind", "state", "counts", "month"))
    told: Counter = Counter()
    for member in cast.members.values():
        with tenant(actor(member)):
            told += _lines(Notification.objects.values())
    return found | {"Notification": told}


def _lines(rows: Any) -> Counter:
    return Counter(repr(sorted((name, value) for name, value in row.items() if name not in VOLATILE)) for row in rows)


@pytest.fixture
def october(cast: Cast) -> SimpleNamespace:
    return list_of_october(cast)


def list_of_october(cast: Cast) -> SimpleNamespace:
    """The list of October, confirmed: some come, some stay, some leave; what an undisturbed worker makes of it."""
    people = crowd(cast, KNOWN)
    september = brought(cast, classic(*people[:BEFORE]), month=SEPTEMBER)
    accept(cast, september)
    process_import(september.department_id, september.pk)
    job = brought(cast, classic(*people[LISTED], day=date(2026, 10, 5)))
    accept(cast, job)
    before = written(cast)
    with transaction.atomic(), after_writes(0, int) as writes:
        process_import(job.department_id, job.pk)
        expected = written(cast)
        transaction.set_rollback(True)
    assert written(cast) == before
    assert expected["RegistrationEntry"].total() == BEFORE + 300
    assert expected["RegistrationGap"].total() == 50
    assert expected["Notification"] != before["Notification"]
    return SimpleNamespace(job=job, before=before, expected=expected, writes=writes.seen)


def test_of_five_bad_lines_in_a_hundred_none_vanishes_and_the_good_ones_are_applied(cast: Cast) -> None:
    people = crowd(cast, 300)
    lines = classic(*people).split(b"\r\n")
    for at in range(20, 301, 20):
        lines[at] = BAD[at // 20 % len(BAD)](lines[at])
    lines[5] = lines[4]
    job = brought(cast, b"\r\n".join(lines))
    said = Counter(verdict for _, verdict in verdicts(cast.officer_metz, job))
    assert said["rejected"] == 15
    assert said.total() == job.counts["lines"] == 300
    assert {line for line, _ in verdicts(cast.officer_metz, job)} == set(range(2, 302))
    assert said == {"matched": 284, "rejected": 15, "duplicate": 1}
    accept(cast, job)
    process_import(job.department_id, job.pk)
    assert job_now(cast.adviser, job).state == "applied"
    with tenant(Actor.system(cast.department.pk)):
        heard = RegistrationEntry.objects.values_list("beneficiary", flat=True)
        assert len(set(heard)) == len(heard) == 284
        assert RegistrationStatus.objects.filter(state="registered").count() == 284


BAD = (
    lambda line: line.replace(b"/03/19", b"/13/19"),
    lambda line: line.replace(b"02/03/2026", b""),
    lambda line: line.rpartition(b";")[0],
    lambda line: line.replace(b"Alex", b""),
    lambda line: line.replace(b"02/03/2026", b"hier"),
)


@pytest.mark.parametrize("moment", ["first", "middle", "last"])
def test_a_worker_killed_while_it_applies_changes_nothing_of_the_result(cast: Cast, october, moment) -> None:
    count = {"first": BEGINNING + 1, "middle": october.writes // 2, "last": october.writes}[moment]
    worker = os.fork()
    if not worker:
        victim(october.job, count)
    assert os.waitpid(worker, 0)[1] == signal.SIGKILL
    assert written(cast) == october.before
    eventually(lambda: again(cast, october.job))  # its session may outlive it by an instant
    assert written(cast) == october.expected


def victim(job: ImportJob, count: int) -> NoReturn:
    """In a process of its own, as workers are forked: kill -9 of itself once it has written so many times."""
    with suppress(BaseException):
        connection.connection = None  # the parent's session stays the parent's
        with after_writes(count, lambda: os.kill(os.getpid(), signal.SIGKILL)):
            process_import(job.department_id, job.pk)
    os._exit(1)


def again(cast: Cast, job: ImportJob) -> bool:
    """Another worker is given the job; whether it is applied now."""
    process_import(job.department_id, job.pk)
    return job_now(cast.adviser, job).state == "applied"


def test_a_database_session_lost_while_it_applies_is_made_good_by_the_sweep(cast: Cast, october) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        session = cursor.fetchone()[0]

    def terminate() -> None:
        """As the application, whose session it is: the owner of the tables may not."""
        with psycopg.connect(environment(connection.settings_dict["NAME"])["DATABASE_URL"]) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [session])

    with pytest.raises(OperationalError), after_writes(october.writes // 2, terminate):
        process_import(october.job.department_id, october.job.pk)
    connection.close()
    assert written(cast) == october.before
    sweep_imports()
    assert written(cast) == october.expected
