"""A database of the bench: migrated, with the demo's network and as many people as asked. Made once, then kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

django.setup()

from django.db import connections  # noqa: E402

from hub.demo.database import empty, migrate_or_empty  # noqa: E402
from hub.demo.story import build  # noqa: E402
from partners.models import Department  # noqa: E402


def main(people: int) -> None:
    folder = Path(os.environ["PACTE_VAR"]) / "bench" / connections["owner"].settings_dict["NAME"]
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "made"
    migrate_or_empty()
    if made.exists() and Department.objects.exists():
        return
    empty()
    migrate_or_empty()
    build(people=people, folder=folder, say=lambda text: print(f"  {text}", flush=True))
    made.touch()


if __name__ == "__main__":
    main(int(sys.argv[1]))
