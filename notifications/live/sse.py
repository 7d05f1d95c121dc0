"""`/sse/notifications/`: the same feed as server-sent events, where WebSockets do not pass.

The browser says by itself the last number it saw (`Last-Event-ID`); topics travel in the address.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from notifications.live.doors import Scope, header, parameters, seat_of_page
from notifications.live.feed import Feed, hear
from notifications.live.frames import Resume
from notifications.live.hub import TooManySockets, hub

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def notifications_stream(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI application of one event stream."""
    seat = await seat_of_page(scope) if scope["method"] == "GET" else None
    if seat is None:
        await _refuse(send, 403)
        return
    over = asyncio.Event()

    async def event(text: str, seq: int | None) -> None:
        number = f"id: {seq}\n" if seq is not None else ""
        await send({"type": "http.response.body", "body": f"{number}data: {text}\n\n".encode(), "more_body": True})

    feed = Feed(seat, event, lambda code: over.set())
    try:
        await hub().join(feed)
    except TooManySockets:
        await _refuse(send, 429)
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await event(json.dumps({"op": "open"}), None)
    feed.offer(_stand(scope))
    begun, _ = hear(feed, json.dumps({"op": "follow", "tokens": parameters(scope).get("follow", "").split(",")}))
    await hub().follow(feed, begun)
    work = {asyncio.create_task(one) for one in (feed.run(), _gone(receive), over.wait())}
    try:
        await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub().leave(feed)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    with suppress(RuntimeError, OSError):
        await send({"type": "http.response.body", "body": b""})


def _stand(scope: Scope) -> Resume:
    asked = parameters(scope)
    last = header(scope, b"last-event-id") or asked.get("cursor", "")
    return Resume(int(last), asked.get("epoch", "")) if last.isdigit() else Resume(None)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
