"""A process that uses the embedded engines, as a demo or a command does, and can be killed like one."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from hub.engines import Endpoints, locks
from hub.engines.place import Place

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from hub.engines import EnginesError, ensure
try:
    print(json.dumps(asdict(ensure(Path(sys.argv[1]), durable=False))), flush=True)
except EnginesError as error:
    raise SystemExit(str(error))
sys.stdin.read()
"""


class EngineUser:
    """Calls `ensure` in a process of its own and stays until closed or killed."""

    def __init__(self, var: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(var)],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.endswith("_URL")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def endpoints(self) -> Endpoints:
        """Waits for the engines; AssertionError with what the process said when there are none."""
        if not hasattr(self, "_endpoints"):
            line = self.process.stdout.readline()
            assert line, self.process.communicate()[1]
            self._endpoints = Endpoints(**json.loads(line))
        return self._endpoints

    def query(self, statement: str, role: str = "database_url") -> list[tuple]:
        """The rows that a statement of this role returns, [] when it returns none."""
        with psycopg.connect(getattr(self.endpoints, role), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @property
    def redis(self) -> redis.Redis:
        """A fresh client."""
        return redis.Redis.from_url(self.endpoints.redis_url)

    def refusal(self) -> str:
        """What the process says when it cannot have engines."""
        return self.process.communicate(timeout=60)[1]

    def close(self) -> None:
        """End in order."""
        if self.process.poll() is None:
            self.process.communicate(timeout=60)

    def kill(self) -> None:
        """End at once."""
        self.process.kill()
        self.process.communicate()


class Checkout:
    """A runtime directory and those who use it."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.place = Place.of(var)
        self.users: list[EngineUser] = []

    def user(self) -> EngineUser:
        """One more process that uses these engines."""
        self.users.append(EngineUser(self.var))
        return self.users[-1]

    def pid(self, name: str) -> int:
        """The process of `running` (the supervisor), `postgres` or `redis`."""
        return locks.signature(self.place.home, name)

    def kill(self, *names: str) -> None:
        """kill -9."""
        for name in names:
            os.kill(self.pid(name), signal.SIGKILL)

    def all_gone(self) -> bool:
        """True when neither the supervisor nor any process of the engines lives."""
        return not any(locks.held(self.place.home, name) for name in ("running", "postgres", "redis"))

    def close(self) -> None:
        """End the users, wait for the engines, leave nothing behind."""
        for user in self.users:
            user.close()
        if self.place.home.exists():
            eventually(self.all_gone)
        shutil.rmtree(self.place.home)
        shutil.rmtree(self.place.run, ignore_errors=True)


def eventually(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something holds; AssertionError when it does not."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, true
        time.sleep(0.05)


@contextmanager
def checkouts() -> Iterator[Callable[..., Checkout]]:
    """A factory of runtime directories that PostgreSQL's account can enter, all removed at the end."""
    root = Path(tempfile.mkdtemp(prefix="pacte-test-", dir="/tmp"))
    root.chmod(0o755)
    made: list[Checkout] = []

    def make(name: str = "var", mode: int = 0o755) -> Checkout:
        (root / name).parent.mkdir(mode=mode, parents=True, exist_ok=True)
        made.append(Checkout(root / name))
        return made[-1]

    try:
        yield make
    finally:
        for checkout in made:
            checkout.close()
        shutil.rmtree(root)
