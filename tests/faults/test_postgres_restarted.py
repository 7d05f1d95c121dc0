"""PostgreSQL really stopped, or killed, and started again in the middle of an import, on engines of our own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from hub.engines import locks
from tests.hub.engine_user import ROOT, checkouts, eventually

pytestmark = pytest.mark.faults


def test_after_each_restart_the_result_is_that_of_an_undisturbed_run(tmp_path) -> None:
    with checkouts() as make:
        checkout = make()
        environment = os.environ | checkout.user().endpoints.environment()
        environment |= {"PACTE_MODE": "test", "MEDIA_ROOT": str(tmp_path)}
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.restarted"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        for blow in (signal.SIGINT, signal.SIGKILL):  # stopped in order, then killed
            assert worker.stdout.readline() == "MIDDLE\n", worker.communicate()[1]
            before = checkout.pid("postgres")
            os.kill(before, blow)
            eventually(lambda pid=before: not _is(checkout, pid))
            checkout.user().query("SELECT 1")  # the next who needs it finds it started
            worker.stdin.write("\n")
            worker.stdin.flush()
        said, errors = worker.communicate(timeout=300)
        assert said == "SAME\n", errors


def _is(checkout, pid: int) -> bool:
    return locks.held(checkout.place.home, "postgres") and checkout.pid("postgres") == pid
