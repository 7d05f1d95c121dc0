"""An open post: a job somebody may be sent to, described as a service of the directory."""

from __future__ import annotations

from django.db import models

from partners.models import Service


class Contract(models.TextChoices):
    """What is signed; the first two are those of integration structures."""

    INTEGRATION = "integration", "CDD d'insertion (CDDI)"
    TEMPORARY = "temporary", "Contrat de mission ou de mise à disposition"
    FIXED_TERM = "fixed_term", "CDD"
    PERMANENT = "permanent", "CDI"
    APPRENTICESHIP = "apprenticeship", "Alternance"


class OpenPost(models.Model):
    """What the directory does not say of a service that is a post; hours and conditions are those of the service."""

    service = models.OneToOneField(Service, primary_key=True, on_delete=models.CASCADE, related_name="post")
    contract = models.CharField("contrat", max_length=14, choices=Contract.choices)
    months = models.PositiveSmallIntegerField("durée (mois)", null=True, blank=True)
    starts_on = models.DateField("à partir du", null=True, blank=True)
    prescribers = models.CharField("qui peut prescrire", max_length=200, blank=True)
    positions = models.PositiveSmallIntegerField("nombre de postes", default=1)
    filled = models.PositiveSmallIntegerField("pourvus", default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(filled__lte=models.F("positions")), name="post_not_overfilled"),
            models.CheckConstraint(condition=models.Q(positions__gte=1), name="post_positions"),
        ]

    def __str__(self) -> str:
        return self.service.name

    @property
    def left(self) -> int:
        return self.positions - self.filled
