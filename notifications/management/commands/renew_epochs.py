"""After a backup is restored, numbers have gone back: every client must read its list again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Func, UUIDField

from notifications.models import NotificationCursor


class Command(BaseCommand):
    help = "Give every user's cursor a new epoch; run once after restoring a backup."

    def handle(self, *args: Any, **options: Any) -> None:
        """Clients that come back with the old epoch get `reset`."""
        count = NotificationCursor.objects.update(epoch=Func(function="gen_random_uuid", output_field=UUIDField()))
        self.stdout.write(f"{count} curseurs renouvelés.")
