"""Where the engines of one checkout live, and as whom they run.

Traps this file answers: PostgreSQL refuses to run as root; an unprivileged account cannot enter /root nor a private
virtual environment; a socket path holds at most 108 bytes; /tmp belongs to everybody; root may have passed before.
"""

import hashlib
import os
import pwd
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOT_TO_RUN = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")  # most of the files, half of the weight


class EnginesError(RuntimeError):
    """The embedded engines cannot start; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """`home` holds locks, logs and data; `run` holds the sockets; `uid` and `gid` are the account of the engines."""

    home: Path
    run: Path
    uid: int
    gid: int

    @classmethod
    def of(cls, var: Path) -> "Place":
        """The place of this runtime directory, created when missing."""
        var = var.resolve()
        me = os.geteuid()
        name = f"pacte-{me}-{hashlib.sha256(os.fsencode(var)).hexdigest()[:12]}"
        account = pwd.getpwnam("nobody") if me == 0 else None
        uid, gid = (account.pw_uid, account.pw_gid) if account else (me, os.getegid())
        home = _home_in(var) or _home_beside(var, Path("/var/tmp", name))
        return cls(home=home, run=Path("/tmp", name), uid=uid, gid=gid)

    @property
    def drops_privileges(self) -> bool:
        """True when root starts the engines as another account."""
        return self.uid != os.geteuid()

    def as_engine(self) -> dict[str, Any]:
        """Arguments of `subprocess.Popen` that run a program as the engines' account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.drops_privileges else {}

    def own(self, path: Path) -> Path:
        """Create a directory that only the engines' account enters.

        Raises EnginesError when somebody else made it first."""
        return _private(path, self.uid, 0o700)

    def within_reach(self, site: Path, parts: tuple[str, ...], label: str) -> Path:
        """`site`, or a copy of its `parts` when the engines' account cannot read them there.

        Parts that do not exist are left out; `label` names the copy, so that another version makes another one."""
        present = [part for part in parts if (site / part).exists()]
        if not self.drops_privileges or all(_readable_by_all(site / part) for part in present):
            return site
        copy = self.home / "binaries" / label
        if not copy.exists():
            draft = copy.with_name(label + ".new")
            shutil.rmtree(draft, ignore_errors=True)
            for part in present:
                shutil.copytree(site / part, draft / part, symlinks=True, ignore=NOT_TO_RUN)
            for path in [draft.parent, draft, *draft.rglob("*")]:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)
            draft.rename(copy)
        return copy


def _home_mode() -> int:
    return 0o711 if os.geteuid() == 0 else 0o700


def _home_in(var: Path) -> Path | None:
    """`var/engines`, unless it is another user's, cannot be made or made private, or is out of the engines' reach."""
    home = var / "engines"
    try:
        var.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0 and not _entered_by_all(var):
            return None
        home.mkdir(mode=_home_mode(), exist_ok=True)
        if home.stat().st_uid != os.geteuid():
            return None
        home.chmod(_home_mode())
        keeps_modes = stat.S_IMODE(home.stat().st_mode) == _home_mode()  # a folder shared with another system may not
    except OSError:
        return None
    return home if keeps_modes else None


def _home_beside(var: Path, home: Path) -> Path:
    """A directory outside the checkout, and where possible a link that tells where it is."""
    _private(home, os.geteuid(), _home_mode())
    with suppress(OSError):
        (var / "engines").symlink_to(home)
    return home


def _entered_by_all(directory: Path) -> bool:
    return all(path.stat().st_mode & stat.S_IXOTH for path in (directory, *directory.parents))


def _readable_by_all(tree: Path) -> bool:
    some = next((path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()), tree)
    wanted = stat.S_IROTH | (some.stat().st_mode & stat.S_IXUSR and stat.S_IXOTH)
    return _entered_by_all(some.parent.resolve()) and some.stat().st_mode & wanted == wanted


def _private(path: Path, uid: int, mode: int) -> Path:
    """A directory in a place open to everybody, which nobody may have prepared for us."""
    try:
        path.mkdir(mode=mode, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
            raise EnginesError(f"{path} belongs to somebody else: remove it, or choose another runtime directory.")
        if found.st_uid != uid:
            os.chown(path, uid, -1, follow_symlinks=False)
        path.chmod(mode)
    except OSError as error:
        raise EnginesError(f"{path} cannot be prepared for the embedded engines: {error.strerror}.") from error
    return path
