"""`manage.py demo_accounts`: who one may be in the demo, with a fresh API token each; refused anywhere else."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hub.demo.accounts import accounts, table, with_tokens
from hub.demo.network import PASSWORD


class Command(BaseCommand):
    """A table for people, JSON (with tokens) for programs."""

    help = "Les comptes inventés de la démonstration."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="pour des programmes, avec des clés d'API")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Ces comptes n'existent que dans une démonstration : lancez d'abord `make demo`.")
        if options["json"]:
            self.stdout.write(json.dumps(with_tokens(), ensure_ascii=False, indent=1))
        else:
            self.stdout.write(f"{table(accounts())}\nMot de passe de tous les comptes : {PASSWORD}")
