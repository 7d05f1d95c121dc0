"""Processes of a measurement: started here, their processor time and memory read from /proc, stopped here."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from hub.demo.server import ProcessSet, first_free

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024


@contextmanager
def serving(command: Sequence[str], port: int, *, probe: str = "", **environment: str) -> Iterator[int]:
    """The pid of a server of ours or of a peer (`python -m …`) once its port answers."""
    logs = Path(os.environ["PACTE_VAR"]) / "bench" / "logs"
    processes = ProcessSet({f"{command[0]}-{port}": command}, {**os.environ, **environment}, logs)
    processes.start()
    (child,) = processes.children.values()
    assert child.process is not None
    try:
        _wait(port, probe, processes, child.name)
        yield child.process.pid
    finally:
        processes.stop()


@contextmanager
def running(program: Sequence[str], port: int) -> Iterator[int]:
    """The same for a program that is not Python."""
    process = subprocess.Popen(program, stdin=subprocess.DEVNULL)
    try:
        _wait(port, "", None, program[0])
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    return first_free(18_000)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of its children."""
    total = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def rss_kib(pid: int) -> int:
    """Resident memory of one process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_KIB


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _wait(port: int, probe: str, processes: ProcessSet | None, name: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if processes is not None and not processes.children[name].alive:
            break
        try:
            if probe:
                with urlopen(f"http://127.0.0.1:{port}{probe}", timeout=5):
                    return
            else:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
    said = processes.words(name) if processes is not None else ""
    raise RuntimeError(f"{name} does not answer\n{said}")
