"""`/ws/notifications/`: one WebSocket of one signed-in member."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from notifications.live import timing
from notifications.live.doors import parameters, seat_of
from notifications.live.feed import Feed, hear
from notifications.live.frames import Resume
from notifications.live.hub import TooManySockets, hub

TOO_MANY = 4029
MAX_MESSAGE = 64 * 1024


class NotificationConsumer(AsyncWebsocketConsumer):
    """Opens a feed, hands it what the client says, closes it with the socket. No channel layer: see `hub.py`."""

    channel_layer_alias = None
    feed: Feed | None = None

    async def connect(self) -> None:
        """Refuse strangers and other sites; subscribe first, then read where the client stands."""
        seat = await seat_of(self.scope)
        if seat is None:
            await self.close()
            return
        self.feed = feed = Feed(seat, self._text, self._closed)
        self._tasks: set[asyncio.Task[Any]] = set()
        await self.accept()
        try:
            await hub().join(feed)
        except TooManySockets:
            feed.close(TOO_MANY)
            return
        self._spawn(feed.run())
        asked = parameters(self.scope)
        if asked.get("cursor", "").isdigit():
            feed.offer(Resume(int(asked["cursor"]), asked.get("epoch", "")))
        else:
            self._spawn(_from_now(feed))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """`resume`, `follow` and `unfollow`; the rest is ignored."""
        if self.feed is None or not text_data or len(text_data) > MAX_MESSAGE:
            return
        begun, ended = hear(self.feed, text_data)
        hub().unfollow(self.feed, ended)
        await hub().follow(self.feed, begun)

    async def disconnect(self, code: int) -> None:
        if self.feed is not None:
            hub().leave(self.feed)
            for task in self._tasks:
                task.cancel()

    async def _text(self, text: str, seq: int | None) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    def _closed(self, code: int) -> None:
        """Leave the hub at once, then say goodbye: the peer of a stalled socket may never hear it."""
        if self.feed is not None:
            hub().leave(self.feed)
        for task in self._tasks:
            task.cancel()
        self._spawn(self._goodbye(code))

    async def _goodbye(self, code: int) -> None:
        with suppress(RuntimeError, OSError):
            await self.close(code)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _from_now(feed: Feed) -> None:
    """A client that does not say where it stands hears what happens from now on."""
    await asyncio.sleep(timing.GRACE)
    feed.offer(Resume(None))
