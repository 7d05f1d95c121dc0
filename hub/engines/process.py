"""One engine as a process: started behind its lock, stopped with its supervisor however that one ends."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from . import locks
from .place import EnginesError, Place

START_SECONDS = 60.0  # recovery after a kill included
STOP_SECONDS = 20.0
FREE_SECONDS = 30.0  # for the last process of a killed engine to go
CLEAN = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}  # PGPORT, PGOPTIONS… of this machine are not for us
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def dies_with_us(wish: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `wish` to the child when the calling thread dies, kill -9 included.

    Linux only, nothing elsewhere. Popen runs it after changing the account, which would clear the setting."""
    parent = os.getpid()

    def arm() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(wish))
            if os.getppid() != parent:
                os._exit(1)

    return arm


class Engine(ABC):
    """What PostgreSQL and Redis have in common."""

    name: str
    stop_signal: signal.Signals

    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place = place
        self.durable = durable
        self.data = place.home / self.name
        self.log = place.home / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Make the data directory ready; runs while no process of this engine lives."""

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """The command line of the server."""

    @abstractmethod
    def answers(self) -> bool:
        """True when the server takes requests."""

    def start(self) -> None:
        """Start the server and return when it answers. Raises EnginesError with the end of its log."""
        self._ask_leftover_to_stop()
        lock = locks.acquire(self.place.home, self.name, locks.ALONE, FREE_SECONDS)
        try:
            self.lock = lock
            self.log.write_bytes(b"")
            with self.log.open("ab") as log:
                self.prepare()
                self.process = self.popen(self.command(), log)
            locks.sign(lock, self.process.pid)
        finally:
            os.close(lock)
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if not self.alive() or time.monotonic() > end:
                raise self.failure("did not start")
            time.sleep(0.02)

    def popen(self, command: Sequence[str | Path], log: IO[bytes], **more: Any) -> "subprocess.Popen[bytes]":
        """Run a program as the engines' account, holding this engine's lock, in a clean environment."""
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=CLEAN,
            pass_fds=[self.lock],
            umask=0o077,
            preexec_fn=dies_with_us(self.stop_signal),
            **{"stdin": subprocess.DEVNULL, **self.account(), **more},
        )

    def account(self) -> dict[str, Any]:
        """Popen arguments for the account that the server runs as."""
        return self.place.as_engine()

    def alive(self) -> bool:
        """True while the server we started runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop the server in order, then by force."""
        for wish, seconds in ((self.stop_signal, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
            if self.process is not None and self.alive():
                self.process.send_signal(wish)
                try:
                    self.process.wait(seconds)
                except subprocess.TimeoutExpired:
                    continue

    def failure(self, what: str) -> EnginesError:
        """An error that quotes the end of the log."""
        tail = self.log.read_text(errors="replace").splitlines()[-8:]
        return EnginesError("\n".join([f"{self.name} {what}; end of {self.log}:", *tail]))

    def _ask_leftover_to_stop(self) -> None:
        """Where the kernel has no death signal (macOS), a killed supervisor leaves its engine behind: stop that one.

        The lock tells that it lives; its command line tells that the pid is still its own."""
        if not locks.held(self.place.home, self.name):
            return
        pid = locks.signature(self.place.home, self.name)
        try:
            line = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
            if pid and str(self.data) in line.stdout:
                os.kill(pid, self.stop_signal)
        except OSError:
            return  # no `ps`, or gone meanwhile: the wait for the lock decides
