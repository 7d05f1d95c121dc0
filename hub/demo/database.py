"""The demo's database: is the demo in it, and the way back to an empty one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from redis import Redis

from hub.demo.story import Say, build
from hub.migrating import light_migrations
from partners.models import Department

VERSION = 4  # another story is another demo: it is built again
EMPTY = """
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


def folder() -> Path:
    """Where the demo keeps its files, logs and notes."""
    path = Path(settings.VAR) / "demo"
    path.mkdir(parents=True, exist_ok=True)
    return path


def prepare(people: int | None, say: Say) -> dict[str, Any]:
    """The summary of a demo of `people` people (None: as it is, or 600), built again when it is not that one."""
    say("Mise à jour de la base de données")
    migrate_or_empty()
    kept = _kept()
    if kept and people in (None, kept["people"]):
        return kept
    if Department.objects.exists():
        say("Remise à zéro de la démonstration")
        _forget()
        migrate_or_empty()
    summary = build(people=people or 600, folder=folder(), say=say).as_dict()
    _note().write_text(json.dumps({**summary, "version": VERSION, "department": _department()}, ensure_ascii=False))
    return _kept() or summary


def migrate_or_empty() -> None:
    """Bring the tables up to date; those of a version too far away are dropped: everything in them is invented."""
    try:
        _migrate()
    except DatabaseError:
        empty()
        _migrate()


def _migrate() -> None:
    with light_migrations():
        call_command("migrate", database="owner", verbosity=0, interactive=False)


def empty() -> None:
    """Drop every table. Only ever on embedded engines: they are the demo's own."""
    for alias in connections:
        connections[alias].close()
    with connections["owner"].cursor() as cursor:
        cursor.execute(EMPTY)
    connections["owner"].close()


def _kept() -> dict[str, Any] | None:
    """The note of the demo in the database: written last, so that a demo killed while it was built has none."""
    try:
        kept: dict[str, Any] = json.loads(_note().read_text())
    except (OSError, ValueError):
        return None
    same = kept.get("version") == VERSION and kept.get("department") == _department()
    files = all(Path(kept[name]).exists() for name in ("ready_people", "ready_list")) if same else False
    return kept if same and files else None


def _note() -> Path:
    return folder() / "built.json"


def _department() -> str:
    found = Department.objects.filter(code="57").first()
    return str(found.pk) if found else ""


def _forget() -> None:
    """Drop every table, file and queued task of the demo."""
    _note().unlink(missing_ok=True)
    empty()
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    Redis.from_url(settings.REDIS_URL).flushdb()
