"""Background work of the platform itself."""

from celery import shared_task

from hub.health import record_heartbeat


@shared_task
def heartbeat() -> None:
    """Sent by the clock every minute, read by `/health/`."""
    record_heartbeat()
