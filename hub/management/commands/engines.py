"""`manage.py engines`: where PostgreSQL and Redis answer; `--hold` keeps the embedded ones up between commands."""

import json
import shlex
import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from hub.engines import ensure
from hub.engines.place import Place
from hub.engines.postgres import Postgres


class Command(BaseCommand):
    """Tells where the engines are. Addresses given by the environment are not repeated: they hold passwords."""

    help = "Where the embedded PostgreSQL and Redis answer."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--hold", action="store_true", help="keep them running until Ctrl-C")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            self.stdout.write("PostgreSQL and Redis are those of DATABASE_URL and REDIS_URL.")
            return
        place = Place.of(settings.VAR)
        found = {
            **ensure(settings.VAR).environment(),
            "DATA": str(place.home),
            "CONSOLE": shlex.join(Postgres(place, durable=True).psql("hub_app", "hub")),
        }
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write("\n".join(f"{name:22}{value}" for name, value in found.items()))
        if options["hold"]:
            self.stdout.flush()
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            try:
                signal.pause()
            except KeyboardInterrupt:
                return
