"""What the live process serves beside Django: the socket and the event stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from notifications.live.consumer import NotificationConsumer
from notifications.live.sse import notifications_stream

SSE = "/sse/notifications/"
Application = Callable[..., Awaitable[None]]


async def nowhere(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Any other address: refused before the handshake."""
    await send({"type": "websocket.close"})


sockets = URLRouter([path("ws/notifications/", NotificationConsumer.as_asgi()), re_path("", nowhere)])


def with_stream(application: Application) -> Application:
    """The event stream at its address, everything else to `application`."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await (notifications_stream if scope["path"] == SSE else application)(scope, receive, send)

    return serve
