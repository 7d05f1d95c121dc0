"""A client that follows the protocol: it knows its cursor, comes back with it, and keeps all it was shown."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

from django.conf import settings
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from partners.models import Membership
from tests.cast import client
from tests.notifications.servers import LiveServer


def cookie_of(member: Membership) -> str:
    """The session cookie of a browser signed in as this member."""
    return client(member).cookies[settings.SESSION_COOKIE_NAME].value


def headers(server: LiveServer, cookie: str) -> dict[str, str]:
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Origin": server.origin}


def socket(server: LiveServer, cookie: str, **options: Any) -> ClientConnection:
    """An open socket, as a browser opens it."""
    given = headers(server, cookie)
    origin = given.pop("Origin")
    return connect(server.address, additional_headers=given, origin=origin, compression=None, **options)


def frames(connection: ClientConnection, *, until: int | None = None, within: float = 15) -> list[dict[str, Any]]:
    """Frames received until the user frame numbered `until`, or until nothing comes for `within` seconds."""
    found: list[dict[str, Any]] = []
    end = time.monotonic() + within
    while (left := end - time.monotonic()) > 0:
        try:
            found.append(json.loads(connection.recv(timeout=left)))
        except TimeoutError:
            break
        if until is not None and found[-1].get("seq") == until:
            break
    return found


def numbers(found: list[dict[str, Any]]) -> list[int]:
    """The numbers of the user frames."""
    return [frame["seq"] for frame in found if "seq" in frame]


class Listener(threading.Thread):
    """Reconnects for ever with its cursor; `shown` holds every user frame it was shown, in order."""

    def __init__(self, server: LiveServer, cookie: str) -> None:
        super().__init__(daemon=True)
        self.server, self.cookie = server, cookie
        self.shown: list[dict[str, Any]] = []
        self.pulses: list[dict[str, Any]] = []
        self.connections = 0
        self.resets = 0
        self.closed_with: list[int] = []
        self.cursor, self.epoch = 0, ""
        self.ready = threading.Event()
        self._ended = threading.Event()
        self.connection: ClientConnection | None = None
        self.tokens: list[str] = []

    def __enter__(self) -> Listener:
        self.start()
        assert self.ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self.connection is not None:
            self.connection.close()
        self.join(10)

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.shown]

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                with socket(self.server, self.cookie, close_timeout=1) as self.connection:
                    self._follow(self.connection)
            except (OSError, InvalidHandshake, TimeoutError):
                pass
            except ConnectionClosed as closed:
                self.closed_with.append(closed.rcvd.code if closed.rcvd else 1006)
            time.sleep(0.1)

    def _follow(self, connection: ClientConnection) -> None:
        connection.send(json.dumps({"op": "resume", "cursor": self.cursor, "epoch": self.epoch}))
        connection.send(json.dumps({"op": "follow", "tokens": self.tokens}))
        self.connections += 1
        for text in connection:
            self._take(json.loads(text))

    def _take(self, frame: dict[str, Any]) -> None:
        if frame.get("op") in ("resumed", "reset"):
            self.cursor, self.epoch = frame["head"], frame["epoch"]
            self.resets += frame["op"] == "reset"
            self.ready.set()
        elif "seq" in frame:
            self.shown.append(frame)
            self.cursor = frame["seq"]
        elif "topic" in frame:
            self.pulses.append(frame)
