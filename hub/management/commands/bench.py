"""`manage.py bench [--only 2,7]`: the speed goals beside their peers, on databases of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

ENGINES = ("DATABASE_URL", "OWNER_DATABASE_URL", "KEEPER_DATABASE_URL")


class Command(BaseCommand):
    """Hands over to `tests.bench`, which is not part of what production installs."""

    help = "Mesure les objectifs de vitesse à côté de leurs pairs."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", default="", help="objectifs à mesurer, par exemple 2,7")

    def handle(self, *args: Any, only: str, **options: Any) -> None:
        if settings.PRODUCTION or not settings.EMBEDDED:
            raise CommandError("Les mesures ont leurs propres moteurs : ni en production, ni avec DATABASE_URL.")
        environment = {name: value for name, value in os.environ.items() if name not in ENGINES}
        done = subprocess.run(  # noqa: S603  (our own module)
            [sys.executable, "-m", "tests.bench", "--only", only],
            cwd=settings.BASE_DIR,
            env={**environment, "PACTE_VAR": str(settings.VAR)},
            check=False,
        )
        if done.returncode:
            raise CommandError("Certains objectifs n'ont pas pu être mesurés.")
