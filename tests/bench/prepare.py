"""A database of the bench: migrated, with the demo's network and as many people as asked. Made once, then kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from hub.demo.database import EMPTY  # noqa: E402
from hub.demo.story import build  # noqa: E402
from partners.models import Department  # noqa: E402


def main(people: int) -> None:
    folder = Path(os.environ["PACTE_VAR"]) / "bench" / connections["owner"].settings_dict["NAME"]
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "made"
    call_command("migrate", database="owner", verbosity=0)
    if made.exists() and Department.objects.exists():
        return
    with connections["owner"].cursor() as cursor:
        cursor.execute(EMPTY)
    call_command("migrate", database="owner", verbosity=0)
    build(people=people, folder=folder, say=lambda text: print(f"  {text}", flush=True))
    made.touch()


if __name__ == "__main__":
    main(int(sys.argv[1]))
