"""Truth kept by the kernel: a lock held is a process alive. No pid is ever guessed.

- `holders`: shared, one per process that uses the engines; the supervisor stops when it can take it alone.
- `starting`: alone, by whoever starts a supervisor, and handed to it until its engines answer.
- `running`: alone, by the supervisor while its engines are up.
- `postgres`, `redis`: alone, inherited by every process of the engine: free means that none is left.
"""

import fcntl
import os
import time
from pathlib import Path

from .place import EnginesError

SHARED, ALONE = fcntl.LOCK_SH, fcntl.LOCK_EX


def acquire(home: Path, name: str, kind: int, seconds: float) -> int:
    """The descriptor of the lock; closing it (in every process that inherited it) releases the lock.

    Raises EnginesError when it is not free within `seconds`."""
    lock = os.open(home / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    end = time.monotonic() + seconds
    while not _take(lock, kind):
        if time.monotonic() > end:
            os.close(lock)
            raise EnginesError(f"{home / name}.lock is still held after {seconds:.0f} s; logs are in {home}.")
        time.sleep(0.02)
    return lock


def attempt(home: Path, name: str, kind: int) -> int | None:
    """Like `acquire` without waiting: None when somebody holds it."""
    try:
        return acquire(home, name, kind, 0)
    except EnginesError:
        return None


def held(home: Path, name: str) -> bool:
    """True when some process holds the lock alone."""
    lock = attempt(home, name, SHARED)
    if lock is not None:
        os.close(lock)
    return lock is None


def sign(lock: int, pid: int) -> None:
    """Write whose lock it is, for people, tests and diagnosis."""
    os.truncate(lock, 0)
    os.pwrite(lock, str(pid).encode(), 0)


def signature(home: Path, name: str) -> int:
    """The pid that signed last, 0 when none did; it means something only while the lock is held."""
    try:
        return int((home / f"{name}.lock").read_text() or 0)
    except FileNotFoundError:
        return 0


def replaced(home: Path, name: str, lock: int) -> bool:
    """True when the file of a lock we hold was removed, with all the directory most likely."""
    try:
        return not os.path.samestat((home / f"{name}.lock").stat(), os.fstat(lock))
    except FileNotFoundError:
        return True


def _take(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
