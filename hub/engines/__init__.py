"""A real PostgreSQL and a real Redis for the demo, development and tests, with nothing to install on the machine.

`ensure` is all there is to know. The first process that calls it starts a supervisor which owns both servers; others
join; the supervisor stops them when the last process that called `ensure` has ended, however it ended. Standard
library only: settings call this before Django is there. Linux and macOS.
"""

import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from . import locks
from .place import EnginesError, Place
from .postgres import PORT, Postgres
from .redis import Redis
from .supervisor import READY

__all__ = ["Endpoints", "EnginesError", "ensure"]

WAIT_SECONDS = 120.0
# `hub` itself is not imported: its __init__ may load the settings, which call us. Appended, so that no module of hub
# hides one of the standard library.
BOOT = "import sys; sys.path.append(sys.argv.pop(1)); from engines.supervisor import main; main()"
_held: dict[Path, int] = {}


@dataclass(frozen=True)
class Endpoints:
    """Where the engines answer, one URL per database role (`hub_app`, `hub_migrate`, `hub_keeper`)."""

    database_url: str
    owner_database_url: str
    keeper_database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """The same by the names of the variables that the settings read."""
        return {name.upper(): url for name, url in asdict(self).items()}


def ensure(var: Path, *, durable: bool = True) -> Endpoints:
    """Endpoints of the engines of this runtime directory, started when nobody runs them yet.

    The calling process counts as their user until it ends. `durable=False` gives up what a crash of the whole machine
    would need (fsync), for tests; it has no effect on engines that already run. Raises EnginesError."""
    place = Place.of(var)
    if place.home not in _held:
        _held[place.home] = locks.acquire(place.home, "holders", locks.SHARED, WAIT_SECONDS)
    engines = (Postgres(place, durable=durable), Redis(place, durable=durable))
    end = time.monotonic() + WAIT_SECONDS
    while not (locks.held(place.home, "running") and all(engine.answers() for engine in engines)):
        if time.monotonic() > end:
            raise EnginesError(f"The embedded engines do not answer; logs are in {place.home}.")
        _start(place, var, durable=durable)
        time.sleep(0.05)
    host = f"hub?host={place.run}"
    return Endpoints(
        database_url=f"postgres://hub_app@:{PORT}/{host}",
        owner_database_url=f"postgres://hub_migrate@:{PORT}/{host}",
        keeper_database_url=f"postgres://hub_keeper@:{PORT}/{host}",
        redis_url=f"unix://{engines[1].socket}",
    )


def _start(place: Place, var: Path, *, durable: bool) -> None:
    """Start a supervisor and wait until it is ready, unless another process just did."""
    starting = locks.acquire(place.home, "starting", locks.ALONE, WAIT_SECONDS)
    try:
        if locks.held(place.home, "running"):
            return
        arguments = [str(var.resolve()), "durable" if durable else "fast", str(starting)]
        with (place.home / "supervisor.log").open("wb") as log:
            supervisor = subprocess.Popen(
                [sys.executable, "-I", "-c", BOOT, str(Path(__file__).parents[1]), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd="/",
                pass_fds=[starting],
                start_new_session=True,
            )
        report, _ = supervisor.communicate()
    finally:
        os.close(starting)
    *said, last = report.decode().splitlines() or [f"The embedded engines ended at once: see {log.name}."]
    if last != READY:
        raise EnginesError("\n".join([*said, last]))
    for notice in said:
        print(f"pacte: {notice}", file=sys.stderr)
