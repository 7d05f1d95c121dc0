"""One Redis connection for a whole process, spoken to in plain SUBSCRIBE and MESSAGE.

redis-py's PubSub reconnects silently and stops listening when nothing is subscribed; here every break is seen, and the
control channel stays for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog
from django.conf import settings
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from notifications.live import timing

log = structlog.get_logger(__name__)
CHUNK = 500  # channels in one SUBSCRIBE


class Wire:
    """Keeps subscriptions over broken connections; `on_restored` is called after each reconnection."""

    def __init__(
        self, control: str, *, on_message: Callable[[str, bytes], None], on_restored: Callable[[], None]
    ) -> None:
        self._control, self._on_message, self._on_restored = control, on_message, on_restored
        self._wanted: set[str] = set()
        self._live: set[str] = set()
        self._asked: dict[str, int] = {}  # SUBSCRIBEs not yet acknowledged: only the last one counts
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._commands: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()

    async def subscribe(self, channel: str) -> bool:
        """Ask for a channel and wait for Redis' word; False when it did not come in time (it will, later)."""
        if channel not in self._wanted:
            self._wanted.add(channel)
            self._asked[channel] = self._asked.get(channel, 0) + 1
            self._commands.put_nowait(("SUBSCRIBE", channel))
        if channel in self._live:
            return True
        waiting = self._waiting.setdefault(channel, asyncio.get_running_loop().create_future())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), timing.SUBSCRIBE)
        return channel in self._live

    def unsubscribe(self, channel: str) -> None:
        """Nobody follows this channel any more."""
        self._wanted.discard(channel)
        self._live.discard(channel)
        self._commands.put_nowait(("UNSUBSCRIBE", channel))

    async def run(self) -> None:
        """Listen for ever; after a break, connect again and take up every channel."""
        delay, first = timing.RECONNECT_FIRST, True
        while True:
            connection = _connection()
            try:
                await connection.connect()
                await self._take_up(connection)
                if not first:
                    self._on_restored()
                delay, first = timing.RECONNECT_FIRST, False
                await self._listen(connection)
            except (RedisError, OSError) as error:
                log.warning("live_redis_lost", error=type(error).__name__)
            finally:
                self._live.clear()
                with suppress(RedisError, OSError):
                    await connection.disconnect(nowait=True)
            await asyncio.sleep(delay)
            delay = min(delay * 2, timing.RECONNECT_MOST)

    async def _take_up(self, connection: AbstractConnection) -> None:
        """Subscribe to everything wanted and wait for each acknowledgement, so that heads are read after."""
        while not self._commands.empty():
            self._commands.get_nowait()  # `_wanted` already says it
        missing = {self._control, *self._wanted}
        self._asked = dict.fromkeys(missing, 1)
        for chunk in _chunks(missing):
            await connection.send_command("SUBSCRIBE", *chunk)
        while not self._live.issuperset(missing & {self._control, *self._wanted}):
            if (answer := await connection.read_response(timeout=timing.HEARTBEAT * 2)) is None:
                raise OSError("no word from Redis")
            self._heard(answer)

    async def _listen(self, connection: AbstractConnection) -> None:
        """Read until the connection breaks; write what others ask in between, in their order."""
        writer = asyncio.create_task(self._write(connection))
        try:
            while True:
                answer = await connection.read_response(timeout=timing.HEARTBEAT * 2)
                if answer is None or writer.done():
                    raise OSError("no word from Redis")
                self._heard(answer)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError, RedisError, OSError):
                await writer

    async def _write(self, connection: AbstractConnection) -> None:
        """Commands in order; a PING when there are none, so that a half-open connection is noticed."""
        while True:
            try:
                command = await asyncio.wait_for(self._commands.get(), timing.HEARTBEAT)
            except TimeoutError:
                command = ("PING",)
            await connection.send_command(*command)

    def _heard(self, answer: object) -> None:
        if not isinstance(answer, list) or len(answer) != 3:
            return
        kind, channel, body = answer
        name = channel.decode()
        if kind == b"message":
            self._on_message(name, body)
        elif kind == b"subscribe":
            self._acknowledged(name)

    def _acknowledged(self, name: str) -> None:
        left = self._asked.get(name, 1) - 1
        if left > 0:
            self._asked[name] = left
            return
        self._asked.pop(name, None)
        if name in self._wanted or name == self._control:
            self._live.add(name)
            waiting = self._waiting.pop(name, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)


def _connection() -> AbstractConnection:
    pool = ConnectionPool.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), socket_connect_timeout=2)
    return pool.make_connection()


def _chunks(channels: Iterable[str]) -> Iterable[list[str]]:
    names = sorted(channels)
    return (names[start : start + CHUNK] for start in range(0, len(names), CHUNK))
