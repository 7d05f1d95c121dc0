"""What the background worker does for delivery; beat calls it every 2 seconds."""

from __future__ import annotations

from celery import shared_task

from notifications.doorbells import sweep
from notifications.flush import tell_batches


@shared_task(name="notifications.tasks.sweep_outbox", expires=10)
def sweep_outbox() -> None:
    """Tell the large audiences that still wait, then ring what was not rung."""
    tell_batches()
    sweep()
