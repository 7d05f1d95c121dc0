"""Bytes nobody needs any more: destroyed once the transaction that says so is committed, or by the sweep after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import Department, StoredFile

FORGOTTEN_AFTER = timedelta(days=1)  # a file whose upload was never committed; one may still be on its way before


def folder() -> Path:
    """Where the bytes of files to import are."""
    return Path(settings.MEDIA_ROOT) / "imports"


def path_of(file: StoredFile) -> Path:
    """Where the bytes of this one are."""
    return folder() / file.key


def destroy_bytes(actor: Actor, file: StoredFile) -> None:
    """Say that they are destroyed, and destroy them if this transaction commits: rolled back, the file is still there.

    A worker killed between COMMIT and the end leaves them to `sweep_leftovers`.
    """
    file.destroyed_at = actor.now
    file.save(update_fields=["destroyed_at"])
    path = path_of(file)
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def sweep_leftovers(now: datetime) -> int:
    """Destroy what a killed worker left: bytes said to be destroyed, and those no row ever knew. How many."""
    if not folder().is_dir():
        return 0
    found = {path.name: path for path in folder().iterdir()}
    kept, destroyed = _known(found, now)
    oldest = (now - FORGOTTEN_AFTER).timestamp()
    gone = [path for key, path in found.items() if key in destroyed or (key not in kept and _older(path, oldest))]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _known(keys: Iterable[str], now: datetime) -> tuple[set[str], set[str]]:
    """Of these keys, those some Département knows, and those whose bytes are said to be destroyed."""
    kept: set[str] = set()
    destroyed: set[str] = set()
    for department_id in Department.objects.values_list("pk", flat=True):
        with tenant(Actor.system(department_id, now)):
            rows = StoredFile.objects.filter(key__in=list(keys)).values_list("key", "destroyed_at")
            for key, destroyed_at in rows:
                (kept if destroyed_at is None else destroyed).add(key)
    return kept, destroyed


def _older(path: Path, than: float) -> bool:
    try:
        return path.stat().st_mtime < than
    except FileNotFoundError:
        return False
