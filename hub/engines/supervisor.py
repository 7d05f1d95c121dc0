"""The small process that owns the engines: it starts them, revives them, and stops them with their last user.

It runs in a session of its own (Ctrl-C in a terminal is not for it) and lives as long as some process holds `holders`.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from . import locks
from .place import EnginesError, Place
from .postgres import Postgres
from .process import Engine
from .redis import Redis

READY = "ready"
LOOK_SECONDS = 0.2


class Stop(Exception):
    """The machine, or a person, asks the supervisor to end."""


def main() -> None:
    """Arguments: the runtime directory, `durable` or `fast`, and the descriptor of the lock `starting`."""
    if os.fork():  # an orphan: nobody has to wait for us, nobody's death is ours
        os._exit(0)
    var, speed, starting = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    for wish in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(wish, _stop)
    place = Place.of(var)
    redis = Redis(place, durable=speed == "durable")
    engines: list[Engine] = [redis, Postgres(place, durable=speed == "durable")]
    try:
        with suppress(Stop):
            for engine in engines:
                engine.start()
            running = locks.acquire(place.home, "running", locks.ALONE, 10)
            locks.sign(running, os.getpid())
            if redis.notice:
                _report(redis.notice)
            _report(READY)
            _let_go(starting)
            watch(place, engines, running)
    except (EnginesError, OSError) as error:
        _report(str(error))
        print(error, file=sys.stderr)
        raise SystemExit(1) from error
    finally:
        for wish in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(wish, signal.SIG_IGN)
        for engine in engines:
            engine.stop()
        with suppress(OSError):  # they removed their sockets: leave nothing in a directory that is everybody's
            place.run.rmdir()


def watch(place: Place, engines: list[Engine], running: int) -> None:
    """Return when nobody uses the engines any more, or when one of their directories was removed.

    The lock taken on `holders` is kept until we exit: who comes meanwhile waits, then starts afresh."""
    while locks.attempt(place.home, "holders", locks.ALONE) is None:
        time.sleep(LOOK_SECONDS)
        if locks.replaced(place.home, "running", running) or not place.run.exists():
            return
        for engine in engines:
            if not engine.alive():
                engine.start()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


def _report(line: str) -> None:
    with suppress(OSError):  # who started us may be gone
        os.write(sys.stdout.fileno(), f"{line}\n".encode())


def _let_go(starting: int) -> None:
    """Our engines answer: whoever waits may look, and whoever reads our report is done."""
    os.close(starting)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
