"""A model of action: what was designed once, for others to start from."""

from __future__ import annotations

import uuid

from django.db import models

from partners.models import Department, Organization, User


class ActionModel(models.Model):
    """What an action says of itself, without dates nor partners; `shared`: with everybody of the Département."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    name = models.CharField("nom du modèle", max_length=150)
    shared = models.BooleanField("partagé dans le Département", default=False)
    content = models.JSONField(default=dict)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["department", "organization", "name"], name="action_model_name")]

    def __str__(self) -> str:
        return self.name
