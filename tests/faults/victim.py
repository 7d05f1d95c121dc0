"""A worker that dies at a chosen instant: `python -m tests.faults.victim INSTANT USER ORGANISATION DEPARTMENT`."""

from __future__ import annotations

import os
import signal
import sys
from types import SimpleNamespace
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hub.settings")
django.setup()

from django.db import transaction  # noqa: E402

from hub.core.actor import Actor  # noqa: E402
from hub.core.gate import tenant  # noqa: E402
from tests.notifications.facts import fact  # noqa: E402


def die() -> None:
    """kill -9 of oneself: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """`inside`: before COMMIT; `after`: between COMMIT and PUBLISH."""
    instant, user, organization, department = sys.argv[1:]
    told = SimpleNamespace(user_id=UUID(user), organization_id=UUID(organization), department_id=UUID(department))
    with tenant(Actor.system(told.department_id)):
        if instant == "after":
            transaction.on_commit(die)  # before the doorbells, which are registered by the flush
        fact([told])
        if instant == "inside":
            transaction.get_connection().cursor().execute("SELECT 1")
            die()


main()
