"""The Départements that share the platform, their territories and communes, and the settings each may change."""

from __future__ import annotations

import uuid

from django.db import models

from partners.delays import DELAYS


class Department(models.Model):
    """A Département: the wall nothing crosses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=3, unique=True)
    name = models.CharField("nom", max_length=80)
    employment_service_name = models.CharField(
        "nom du service public de l'emploi", max_length=60, default="Pôle emploi"
    )
    category_mode = models.BooleanField("suivre les catégories F et G (régime de 2025)", default=False)
    gap_motive_shared = models.BooleanField("motif des écarts d'inscription ouvert à l'UDAF", default=False)
    delays = models.JSONField("délais", default=dict, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def choices(self) -> dict[str, int]:
        """What this Département chose, for its actors: its own delays, 1 for each switch that is on."""
        return {**self.delays, **({"gap_motive_shared": 1} if self.gap_motive_shared else {})}

    def delay(self, name: str) -> int:
        """The delay called `name` (see `partners.delays`), as this Département set it."""
        return int(self.delays.get(name, DELAYS[name].default))


class Territory(models.Model):
    """A territory of insertion; communes are attached by INSEE code, never by postal code."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="territories")
    code = models.CharField(max_length=20)
    name = models.CharField("nom", max_length=80)
    verified = models.BooleanField("limites confirmées par le Département", default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["department", "code"], name="territory_code")]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune by INSEE code, and the territory the Département attached it to."""

    insee = models.CharField(primary_key=True, max_length=5)
    name = models.CharField("nom", max_length=80)
    search_name = models.CharField(max_length=80, db_index=True)
    postcodes = models.CharField(max_length=200, blank=True)
    population = models.PositiveIntegerField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="communes")
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, related_name="communes")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
