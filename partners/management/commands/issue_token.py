"""`manage.py issue_token --email … --organization … [--department 57] [--days 90] [--label …]`: prints only the key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hub.core.errors import DomainError
from hub.core.text import fold
from partners.actors import actor_from
from partners.models import Membership
from partners.services.tokens import create_token


class Command(BaseCommand):
    help = "Make a key for one membership and print it, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="address of the account")
        parser.add_argument("--organization", required=True, help="name, SIRET or id of the organisation")
        parser.add_argument("--department", default="", help="code, when the organisation works in several")
        parser.add_argument("--days", type=int, default=90, help="life of the key, 365 at most")
        parser.add_argument("--label", default="Clé de ligne de commande")

    def handle(self, *args: Any, **options: Any) -> None:
        membership = _membership(options["email"], options["organization"], options["department"])
        actor = actor_from(membership, datetime.now(UTC))
        try:
            _, text = create_token(actor, label=options["label"], days=options["days"])
        except DomainError as error:
            raise CommandError(" ".join(error.fields.values()) or error.message) from error
        self.stdout.write(text)


def _membership(email: str, organization: str, department: str) -> Membership:
    mine = Membership.objects.filter(
        user__email=email.strip().lower(), active=True, user__is_active=True, organization__active=True
    ).select_related("organization", "department", "user", "team")
    if department:
        mine = mine.filter(department__code=department)
    named = [m for m in mine if organization in (str(m.organization_id), m.organization.siret)]
    named = named or [m for m in mine if m.organization.search_name == fold(organization.strip())]
    if not named:
        raise CommandError(f"Aucun membre actif {email} dans « {organization} ».")
    if len(named) > 1:
        codes = ", ".join(m.department.code for m in named)
        raise CommandError(f"Plusieurs Départements possibles ({codes}) : précisez --department.")
    return named[0]
