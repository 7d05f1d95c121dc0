"""Two people confirm, or take back, the same file at the same instant: one wins, the other sees what happened."""

from __future__ import annotations

from threading import Barrier, Thread

import psycopg
import pytest
from django.db import connection

from hub.core.gate import tenant
from partners.services.imports import confirm_import, process_import
from partners.tasks import sweep_imports
from tests.cast import actor, client
from tests.e2e.browser import environment
from tests.files import bring, confirm, job_now, sample
from tests.referrals.checksums import checksums

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_three_confirmations_wins(cast):
    job = bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml"))
    assert at_once(cast, f"/imports/{job.pk}/confirmer/") == [302, 409, 409]
    assert job_now(cast.officer_metz, job).state == "applying"


def test_one_of_three_undos_wins_and_it_is_done_once(cast):
    before = checksums(cast)
    job = confirm(cast.officer_metz, bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml")))
    assert at_once(cast, f"/imports/{job.pk}/annuler/", {"reason": "Mauvais fichier envoyé"}) == [302, 409, 409]
    workers = [Thread(target=work, args=(job,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    done = job_now(cast.officer_metz, job)
    assert (done.state, done.counts["people_removed"], done.refusal) == ("undone", job.counts["created"], "")
    assert checksums(cast) == before


def work(job):
    try:
        process_import(job.department_id, job.pk)
    finally:
        connection.close()


def at_once(cast, url, data=None):
    """The answers three members get who post at the same instant."""
    browsers = [client(member) for member in (cast.officer_metz, cast.officer_thionville, cast.social_worker)]
    together, answers = Barrier(len(browsers)), []

    def post(browser):
        together.wait()
        try:
            answers.append(browser.post(url, data).status_code)
        finally:
            connection.close()

    threads = [Thread(target=post, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_a_file_whose_turn_it_is_not_waits_without_losing_an_attempt(cast):
    """What is applied later bears a later instant; a worker does not stand still meanwhile."""
    job = bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml"))
    with tenant(actor(cast.officer_metz)) as acting:
        confirm_import(acting, job=job)
    with psycopg.connect(environment(connection.settings_dict["NAME"])["DATABASE_URL"]) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('imports:' || %s, 0))", [str(job.department_id)])
        for _ in range(5):
            process_import(job.department_id, job.pk)
        waiting = job_now(cast.officer_metz, job)
        assert (waiting.state, waiting.attempts) == ("applying", 0)
    sweep_imports()
    assert job_now(cast.officer_metz, job).state == "applied"
