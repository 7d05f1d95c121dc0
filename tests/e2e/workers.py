"""A Celery worker of its own process, as in the demo, on the browsers' database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests.e2e.browser import environment


class Worker:
    """One worker that takes every task; stopped at the end of the journey."""

    def __init__(self, database: str) -> None:
        command = [sys.executable, "-m", "celery", "-A", "hub.celery", "worker", "-P", "solo", "-l", "warning"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.log = (Path(settings.VAR) / "browser-worker.log").open("w")
        self.process = subprocess.Popen(
            command, env=environment(database), cwd=settings.BASE_DIR, stderr=self.log, stdout=self.log
        )

    def stop(self) -> None:
        """A warm stop, then none."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
