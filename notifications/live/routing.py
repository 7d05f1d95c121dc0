"""What the live process serves beside Django: the socket and the event stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from django.urls import path, re_path

from notifications.live.consumer import NotificationConsumer
from notifications.live.sse import notifications_stream

SSE = "/sse/notifications/"
Application = Callable[..., Awaitable[None]]


class Nowhere(AsyncWebsocketConsumer):
    """Any other address: refused before the handshake."""

    channel_layer_alias = None

    async def connect(self) -> None:
        await self.close()


sockets = URLRouter([path("ws/notifications/", NotificationConsumer.as_asgi()), re_path("", Nowhere.as_asgi())])


def with_stream(application: Application) -> Application:
    """The event stream at its address, everything else to `application`."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await (notifications_stream if scope["path"] == SSE else application)(scope, receive, send)

    return serve
