"""Ask the worker to look now. A lost nudge costs seconds, never work: beat sweeps what nudges missed."""

from __future__ import annotations

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def nudge(task: str, *args: str) -> None:
    """Send a task by name once the transaction is committed; a broker that is down is only noted."""

    def send() -> None:
        try:
            current_app.send_task(task, args=args, retry=False, ignore_result=True)
        except OperationalError:
            log.warning("nudge_lost", task=task)

    transaction.on_commit(send, robust=True)
