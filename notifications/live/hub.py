"""One hub per process: which client hears which Redis channel, one heartbeat and one check for all of them."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterable
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from django.db import DatabaseError

from hub.core.volatile import prefixed
from notifications.doorbells import control_channel, topic_channel, user_channel
from notifications.live import timing
from notifications.live.database import in_thread
from notifications.live.feed import Feed
from notifications.live.frames import Beat, Bell, Pulse, bell_of, pulse_of
from notifications.live.seats import heads, lost_seats
from notifications.live.wire import Wire

REVOKED = 4401
log = structlog.get_logger(__name__)


class TooManySockets(Exception):
    """This user already has as many sockets here as one person needs."""


class Hub:
    """Feeds by channel, by user and in all; everything runs on one event loop, without locks."""

    def __init__(self) -> None:
        self.feeds: set[Feed] = set()
        self._by_user: dict[UUID, set[Feed]] = {}
        self._by_channel: dict[str, set[Feed]] = {}
        self._wire = Wire(control_channel(), on_message=self._heard, on_restored=self._restored)
        for_ever = (self._wire.run, self._beat_for_ever, self._check_for_ever)
        self._tasks = {asyncio.create_task(work()) for work in for_ever}

    async def join(self, feed: Feed) -> None:
        """Subscribe to the user's channel before anything is read. Raises `TooManySockets`."""
        own = self._by_user.setdefault(feed.seat.user_id, set())
        if len(own) >= timing.SOCKETS_PER_USER:
            raise TooManySockets
        own.add(feed)
        self.feeds.add(feed)
        await self._attach(user_channel(feed.seat.user_id), feed)

    async def follow(self, feed: Feed, topics: Iterable[str]) -> None:
        """Hear of these topics."""
        for topic in topics:
            feed.topics.add(topic)
            await self._attach(topic_channel(topic), feed)

    def unfollow(self, feed: Feed, topics: Iterable[str]) -> None:
        for topic in topics:
            feed.topics.discard(topic)
            self._detach(topic_channel(topic), feed)

    def leave(self, feed: Feed) -> None:
        """Forget a feed; safe to call twice."""
        if feed not in self.feeds:
            return
        self.feeds.discard(feed)
        self.unfollow(feed, list(feed.topics))
        self._detach(user_channel(feed.seat.user_id), feed)
        own = self._by_user[feed.seat.user_id]
        own.discard(feed)
        if not own:
            del self._by_user[feed.seat.user_id]

    async def stop(self) -> None:
        """End the hub's own work (tests; a process simply ends)."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _attach(self, channel: str, feed: Feed) -> None:
        self._by_channel.setdefault(channel, set()).add(feed)
        await self._wire.subscribe(channel)
        if feed not in self.feeds:  # left while Redis answered
            self._detach(channel, feed)

    def _detach(self, channel: str, feed: Feed) -> None:
        listeners = self._by_channel.get(channel)
        if listeners is None or feed not in listeners:
            return
        listeners.discard(feed)
        if not listeners:
            del self._by_channel[channel]
            self._wire.unsubscribe(channel)

    def _heard(self, channel: str, body: bytes) -> None:
        """A message from Redis: to every feed of its channel; a malformed one is nobody's."""
        try:
            if channel == control_channel():
                self._spawn(self._check(self._by_user.get(UUID(json.loads(body)["check"]), set())))
                return
            item = self._item(channel, body)
        except (ValueError, KeyError, TypeError):
            log.warning("live_message_malformed")
            return
        for feed in list(self._by_channel.get(channel, ())):
            feed.offer(item)

    @staticmethod
    def _item(channel: str, body: bytes) -> Bell | Pulse:
        topics = prefixed("t:")
        if channel.startswith(topics):
            return pulse_of(channel[len(topics) :], int(json.loads(body)["v"]))
        return bell_of(body)

    def _restored(self) -> None:
        """Redis is back: what was said meanwhile is lost, so read all heads once and let pages look again."""
        self._spawn(self._after_break())

    async def _after_break(self) -> None:
        await asyncio.sleep(random.uniform(0, timing.JITTER))  # noqa: S311
        await self._beat()
        version = time.time_ns() // 1000
        for feed in list(self.feeds):
            for topic in list(feed.topics):
                feed.offer(pulse_of(topic, version))

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(timing.HEARTBEAT)
            await self._beat()

    async def _beat(self) -> None:
        """Tell every client the last number of its user, read in one query for all."""
        if not self.feeds:
            return
        try:
            last = await in_thread(heads, list(self._by_user))
        except DatabaseError as error:
            log.warning("live_heads_unread", error=type(error).__name__)
            last = None
        for feed in list(self.feeds):
            feed.offer(Beat(None if last is None else last.get(feed.seat.user_id, 0)))

    async def _check_for_ever(self) -> None:
        while True:
            await asyncio.sleep(timing.CHECK)
            await self._check(self.feeds)

    async def _check(self, feeds: Iterable[Feed]) -> None:
        """Close the sockets whose session, account or membership is over."""
        chosen = list(feeds)
        if not chosen:
            return
        try:
            lost = await in_thread(lost_seats, {feed.seat for feed in chosen})
        except DatabaseError as error:
            log.warning("live_seats_unread", error=type(error).__name__)
            return
        for feed in chosen:
            if feed.seat in lost:
                feed.close(REVOKED)

    def _spawn(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of this process (of this event loop)."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
