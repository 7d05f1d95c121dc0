"""Private addresses of the shared calendar, for calendars elsewhere. They are read before a tenant is known."""

from __future__ import annotations

import uuid

from django.db import models

from partners.models import Membership


class CalendarFeed(models.Model):
    """A member's subscription to the shared calendar with some filters: hashed, named, revocable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="calendar_feeds")
    label = models.CharField("nom de l'abonnement", max_length=80)
    query = models.CharField(max_length=300, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["membership", "-created_at"], name="calendar_feeds_of_member")]

    def __str__(self) -> str:
        return self.label
