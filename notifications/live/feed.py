"""What one client hears, in order: replay from its cursor, then live frames; holes are read from the database.

A feed knows nothing of WebSocket or SSE: it is given a function that sends a text and one that closes.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import DatabaseError

from hub.core.topics import topic_of
from notifications.live import timing
from notifications.live.database import in_thread
from notifications.live.frames import Beat, Bell, Pulse, Resume, frame_of, heartbeat, reset, resumed
from notifications.live.seats import Seat, replay
from notifications.selectors import head_of

Send = Callable[[str, int | None], Awaitable[None]]
OVERFLOW, TRY_AGAIN, GONE = 4008, 1013, 1011


class Feed:
    """One client of one actor; `offer` never blocks, `run` sends."""

    def __init__(self, seat: Seat, send: Send, closed: Callable[[int], None]) -> None:
        self.seat = seat
        self.topics: set[str] = set()
        self.cursor: int | None = None  # None until the client said where it stands
        self._epoch = ""
        self._send, self._closed = send, closed
        self._queue: deque[Any] = deque()
        self._wake = asyncio.Event()
        self._over = False

    def offer(self, item: Bell | Pulse | Beat | Resume) -> None:
        """Queue something to say; a client that does not read is sent away and comes back with its cursor."""
        if self._over:
            return
        if len(self._queue) >= timing.QUEUE:
            self.close(OVERFLOW)
            return
        self._queue.append(item)
        self._wake.set()

    def close(self, code: int) -> None:
        """Say nothing more and close with this code, once."""
        if not self._over:
            self._over = True
            self._queue.clear()
            self._closed(code)

    async def run(self) -> None:
        """Send what is offered, one thing at a time, until closed or cancelled."""
        try:
            await self._work()
        except DatabaseError:
            self.close(TRY_AGAIN)
        except (OSError, RuntimeError):
            self.close(GONE)  # the client went away while something was being sent

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            held: list[Bell] = []
            while self._queue:
                item = self._queue.popleft()
                if self.cursor is None and isinstance(item, Bell):
                    held.append(item)  # said after the replay, which may already hold it
                else:
                    await self._say(item)
            self._queue.extendleft(reversed(held))
            if held and self.cursor is not None:
                self._wake.set()

    async def _say(self, item: Bell | Pulse | Beat | Resume) -> None:
        if isinstance(item, Pulse):
            await self._send(item.text, None)
        elif isinstance(item, Bell):
            await self._ring(item)
        elif isinstance(item, Resume):
            await self._resume(item)
        else:
            await self._beat(item)

    async def _ring(self, bell: Bell) -> None:
        """The next number is said as it came; a later one means a hole: read the database."""
        assert self.cursor is not None
        if bell.seq <= self.cursor:
            return
        if bell.seq > self.cursor + 1 or bell.text is None or bell.epoch != self._epoch:
            await self._catch_up(self.cursor)
            return
        self.cursor = bell.seq
        if bell.place == (str(self.seat.actor.department_id), str(self.seat.actor.organization_id)):
            await self._send(bell.text, bell.seq)

    async def _beat(self, beat: Beat) -> None:
        if self.cursor is not None and beat.head is not None and beat.head > self.cursor:
            await self._catch_up(self.cursor)
        await self._send(heartbeat(self.cursor if beat.head is None else beat.head), None)

    async def _resume(self, resume: Resume) -> None:
        """From where the client says it stands; from the present when it says nothing (once)."""
        if resume.cursor is None:
            if self.cursor is None:
                head = await in_thread(head_of, self.seat.actor)
                self.cursor, self._epoch = head.seq, head.epoch
                await self._send(resumed(head, self.cursor), self.cursor)
            return
        self._epoch = resume.epoch or self._epoch
        await self._catch_up(resume.cursor, said=True)

    async def _catch_up(self, cursor: int, *, said: bool = False) -> None:
        """Everything after `cursor` from the database; `reset` when that is too much or another epoch."""
        changes = await in_thread(replay, self.seat, cursor, self._epoch)
        self.cursor, self._epoch = changes.cursor, changes.head.epoch
        if changes.reset:
            await self._send(reset(changes.head), self.cursor)
            return
        for row in changes.rows:
            await self._send(frame_of(row, changes.head.unread), row.seq)
        if said:
            await self._send(resumed(changes.head, self.cursor), self.cursor)


def hear(feed: Feed, text: str) -> tuple[set[str], set[str]]:
    """What the client asks: `resume`, `follow`, `unfollow`; gives the topics to begin and to stop following.

    Anything else is ignored: a client names neither users nor topics, it presents signed tokens.
    """
    try:
        asked = json.loads(text)
        op = asked["op"]
        if op == "resume":
            feed.offer(Resume(cursor=max(0, int(asked["cursor"])), epoch=str(asked.get("epoch") or "")))
        tokens = {str(token) for token in asked.get("tokens", [])} if op in ("follow", "unfollow") else set()
    except (ValueError, TypeError, KeyError, AttributeError):
        return set(), set()
    topics = {topic for token in sorted(tokens)[: timing.TOPICS_PER_SOCKET] if (topic := topic_of(token))}
    if op == "unfollow":
        return set(), topics & feed.topics
    room = timing.TOPICS_PER_SOCKET - len(feed.topics)
    return set(sorted(topics - feed.topics)[:room]), set()
