"""The product's processes beside each other, without containers: started, kept alive, stopped, never orphaned."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hub.engines.process import dies_with_us

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 12.0
QUICK_DEATH = 5.0  # a child that lived less is started again after a pause that doubles
LONGEST_PAUSE = 30.0
OWNERS = ("OWNER_DATABASE_URL", "KEEPER_DATABASE_URL")  # for migrations and the journal's keeper only

WORKER = ("celery", "-A", "hub", "worker", "--loglevel=WARNING", "--concurrency=2")
QUIET = ("--without-mingle", "--without-gossip", "--without-heartbeat")  # one worker has nobody to talk to
BEAT = ("celery", "-A", "hub", "beat", "--loglevel=WARNING", "--pidfile=")


def live(port: int) -> tuple[str, ...]:
    """Sockets, and pages too when nobody else serves them."""
    return (
        "uvicorn", "hub.asgi:application", "--host=127.0.0.1", f"--port={port}", "--ws=websockets-sansio",
        "--ws-per-message-deflate=false", "--loop=uvloop", "--http=httptools", "--no-access-log",
        "--log-level=warning", "--timeout-graceful-shutdown=3",
    )  # fmt: skip


def web(port: int, workers: int = 1) -> tuple[str, ...]:
    """Pages and the API, as production serves them."""
    return (
        "gunicorn", "hub.wsgi", f"--bind=127.0.0.1:{port}", "--worker-class=gthread", f"--workers={workers}",
        "--threads=8", "--log-level=warning",
    )  # fmt: skip


def beat(schedule: Path) -> tuple[str, ...]:
    """The clock; `schedule` is where it remembers what it sent."""
    return (*BEAT, f"--schedule={schedule}")


def environment(urls: Mapping[str, str], **more: str) -> dict[str, str]:
    """What a child sees: the application's own role, never the owner's."""
    kept = {name: value for name, value in os.environ.items() if name not in OWNERS}
    return {**kept, **{name: url for name, url in urls.items() if name not in OWNERS}, "MALLOC_ARENA_MAX": "2", **more}


@dataclass(slots=True)
class Child:
    """One process of the set."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    restarts: int = 0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass(slots=True)
class ProcessSet:
    """Children with one environment; their words go to `<logs>/<name>.log`. Start it from the main thread."""

    commands: Mapping[str, Sequence[str]]
    environment: Mapping[str, str]
    logs: Path
    children: dict[str, Child] = field(default_factory=dict)

    def start(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        for name, command in self.commands.items():
            self.children[name] = Child(name, command)
            self._spawn(self.children[name])

    def revive(self) -> list[str]:
        """Start again the children that died, and name them; one that dies at once waits longer each time."""
        revived = []
        for child in self.children.values():
            if child.alive:
                continue
            lived = time.monotonic() - child.started
            if lived < child.pause:
                continue
            child.pause = min(max(1.0, child.pause * 2), LONGEST_PAUSE) if lived < QUICK_DEATH + child.pause else 0.0
            child.restarts += 1
            self._spawn(child)
            revived.append(child.name)
        return revived

    def stop(self) -> None:
        """Ask every child to end, then insist."""
        for child in self.children.values():
            if child.process is not None and child.alive:
                child.process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def words(self, name: str, lines: int = 15) -> str:
        """The end of what a child said."""
        log = self.logs / f"{name}.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""

    def _spawn(self, child: Child) -> None:
        with (self.logs / f"{child.name}.log").open("ab") as log:
            child.process = subprocess.Popen(  # noqa: S603  (our own commands)
                [sys.executable, "-m", *child.command],
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the parent, which stops its children in order
                preexec_fn=dies_with_us(signal.SIGTERM),
            )
        child.started = time.monotonic()


def is_free(port: int) -> bool:
    """May we listen there?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def first_free(start: int) -> int:
    """The first port from `start` on where we may listen. Raises OSError when a thousand are taken."""
    found = next((port for port in range(start, start + 1000) if is_free(port)), None)
    if found is None:
        raise OSError(f"no free port from {start} on")
    return found
