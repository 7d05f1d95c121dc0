"""A worker whose PostgreSQL goes down in the middle of an import, twice: `python -m tests.faults.restarted`.

Says MIDDLE each time half is written and waits for a line; then SAME if the result is that of an undisturbed run.
"""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
django.setup()

from django.db import DatabaseError, InterfaceError, connection  # noqa: E402

from partners.services.imports import process_import  # noqa: E402
from partners.tasks import sweep_imports  # noqa: E402
from tests.cast import build_cast  # noqa: E402
from tests.faults.test_imports import list_of_october, written  # noqa: E402
from tests.faults.writes import after_writes  # noqa: E402


def wait() -> None:
    """Let the test stop and start the server."""
    print("MIDDLE", flush=True)
    sys.stdin.readline()


def main() -> None:
    """Everything in one process, as one worker lives through it."""
    cast = build_cast()
    october = list_of_october(cast)
    for _ in range(2):
        _break_off(october)
        if written(cast) != october.before:
            raise SystemExit("half an import was kept")
    sweep_imports()
    print("SAME" if written(cast) == october.expected else "OTHER", flush=True)


def _break_off(october: SimpleNamespace) -> None:
    """Begin the import and lose the server in the middle of it."""
    try:
        with after_writes(october.writes // 2, wait):
            process_import(october.job.department_id, october.job.pk)
    except (DatabaseError, InterfaceError):
        connection.close()
    else:
        raise SystemExit("the session outlived its server")


main()
