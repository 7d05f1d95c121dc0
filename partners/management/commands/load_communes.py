"""`manage.py load_communes 57`: communes and default territories of a Département, from `partners/data`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hub.core.actor import Actor
from partners.models import Department
from partners.services.territories import geography_of, load_communes


class Command(BaseCommand):
    help = "Create the missing communes and territories of a Département; attachments already made are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="code of the Département, such as 57")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["code"]
        department = Department.objects.filter(code=code).first()
        if department is None:
            raise CommandError(f"Le Département {code} n'est pas ouvert sur la plateforme.")
        geography = geography_of(code)
        if geography is None:
            raise CommandError(f"Aucune table de communes n'est livrée pour le Département {code}.")
        count = load_communes(Actor.system(department.pk), department=department, geography=geography)
        self.stdout.write(f"{count} communes")
