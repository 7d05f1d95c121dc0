"""Two people confirm the same file at the same instant: one wins, the other sees what happened."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection

from tests.cast import client
from tests.files import bring, job_now, sample


@pytest.mark.django_db(transaction=True)
def test_one_of_two_confirmations_wins(cast):
    job = bring(cast.officer_metz, "caf_flow", sample("caf_01_rsabem_2026-10.xml"))
    browsers = [client(member) for member in (cast.officer_metz, cast.officer_thionville, cast.social_worker)]
    together, answers = Barrier(len(browsers)), []

    def confirm(browser):
        together.wait()
        try:
            answers.append(browser.post(f"/imports/{job.pk}/confirmer/").status_code)
        finally:
            connection.close()

    threads = [Thread(target=confirm, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409, 409]
    assert job_now(cast.officer_metz, job).state == "applying"
