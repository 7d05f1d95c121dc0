"""The live process with delays a test can wait for."""

from notifications.live import timing

timing.HEARTBEAT = 1.0
timing.CHECK = 1.0
timing.JITTER = 0.2
timing.GRACE = 0.2

from hub.asgi import application  # noqa: E402

__all__ = ["application"]
