"""A crowd of WebSocket clients in one process, cheap enough not to hide the server (picows)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

Said = Callable[[bytes], None]
AT_ONCE = 50


class Ear(WSListener):
    """Hears the frames of one socket."""

    def __init__(self, said: Said) -> None:
        self.said = said
        self.transport: WSTransport | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.said(frame.get_payload_as_bytes())

    def say(self, text: str) -> None:
        assert self.transport is not None
        self.transport.send(WSMsgType.TEXT, text.encode())


class Crowd:
    """Sockets opened together; counts the frames that hold `wanted`, and when each number was heard last."""

    def __init__(self, wanted: bytes) -> None:
        self.ears: list[Ear] = []
        self.heard = 0
        self.last = 0.0
        self._wanted = wanted
        self._goal = 0
        self._reached = asyncio.Event()

    async def open(self, url: str, headers: Sequence[dict[str, str]]) -> None:
        """One socket for each set of headers."""
        for start in range(0, len(headers), AT_ONCE):
            chunk = headers[start : start + AT_ONCE]
            opened = [ws_connect(lambda: Ear(self._said), url, extra_headers=one) for one in chunk]
            self.ears += [listener for _, listener in await asyncio.gather(*opened)]

    def say(self, text: str) -> None:
        for ear in self.ears:
            ear.say(text)

    async def until(self, count: int, seconds: float = 60.0) -> None:
        """Wait until that many frames were heard in all. Raises TimeoutError."""
        self._goal = count
        self._reached.clear()
        if self.heard < count:
            await asyncio.wait_for(self._reached.wait(), seconds)

    async def close(self) -> None:
        for ear in self.ears:
            if ear.transport is not None:
                ear.transport.disconnect()
        self.ears.clear()
        await asyncio.sleep(0.5)

    def _said(self, text: bytes) -> None:
        if self._wanted in text:
            self.heard += 1
            self.last = time.perf_counter()
            if self.heard >= self._goal > 0:
                self._reached.set()
