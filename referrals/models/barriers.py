"""What stands in the way of a person, by the eight themes of the social and professional diagnosis (DSP)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hub.core.models import PersonalModel
from partners.models import Organization, User
from referrals.models.beneficiaries import Beneficiary


class Barrier(models.TextChoices):
    """A theme to work on. Of health only that it constrains, never why."""

    HOUSING = "housing", "Logement"
    CONSTRAINT = "constraint", "Santé : contrainte à prendre en compte"
    SOCIAL = "social", "Situation sociale"
    EMPLOYMENT = "employment", "Recherche d'emploi"
    SCHOOLING = "schooling", "Niveau d'études"
    SKILLS = "skills", "Compétences"
    MOBILITY = "mobility", "Mobilité"
    CHILDCARE = "childcare", "Mode de garde"


class BarrierNote(PersonalModel):
    """The barriers noted one day; the latest note is what is known. Never changed: another note follows it."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="barrier_notes")
    barriers = ArrayField(models.CharField(max_length=12, choices=Barrier.choices), default=list)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    noted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["-noted_at", "id"]
        indexes = [models.Index(fields=["beneficiary", "-noted_at"], name="barriers_latest")]

    def __str__(self) -> str:
        return f"{self.noted_at:%Y-%m-%d}"
