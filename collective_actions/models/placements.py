"""A job found: followed for six months at most, helped when something goes wrong, ended without blame."""

from __future__ import annotations

from django.db import models

from collective_actions.models.rosters import Trainee
from hub.core.models import PersonalModel
from partners.models import Organization, User
from referrals.models import Beneficiary


class PlacementContract(models.TextChoices):
    """Kinds of contract, as the indicators of the programme count them (3.1)."""

    SHORT = "short", "CDD ou intérim de moins de 6 mois"
    LONG = "long", "CDD de 6 mois ou plus"
    PERMANENT = "permanent", "CDI"
    INTEGRATION = "integration", "Insertion par l'activité économique"


class Placement(PersonalModel):
    """Somebody works since a day. `difficulty_on`: a mediation is asked for, until somebody says it is settled.

    Why a job ended is neither asked nor kept.
    """

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="placements")
    trainee = models.ForeignKey(Trainee, null=True, on_delete=models.SET_NULL, related_name="placements")
    contract = models.CharField("contrat", max_length=12, choices=PlacementContract.choices)
    employer = models.CharField("employeur", max_length=120, blank=True)
    starts_on = models.DateField("début")
    ended_on = models.DateField("fin", null=True)
    difficulty_on = models.DateField("difficulté signalée le", null=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    to_explain = models.BooleanField(default=True)  # what explains her absence from the lists must follow

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiary"], condition=models.Q(ended_on=None), name="one_placement_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("starts_on")),
                name="placement_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_contract_display()} {self.starts_on:%d/%m/%Y}"


class PlacementStepKind(models.TextChoices):
    WEEK = "week", "8 jours"
    MONTH = "month", "1 mois"
    QUARTER = "quarter", "3 mois"
    HALF = "half", "6 mois"
    REGISTRATION = "registration", "Inscription à vérifier avec la personne"


class PlacementStep(PersonalModel):
    """A moment to ask how it goes: planned, told once, done by somebody. After an end, the question of registration."""

    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="steps")
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=12, choices=PlacementStepKind.choices)
    due_on = models.DateField()
    told_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["placement", "step"], name="one_placement_step_once")]
        indexes = [
            models.Index(
                fields=["department_id", "due_on"], name="placement_step_due",
                condition=models.Q(told_on=None, done_on=None),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.step} {self.due_on:%Y-%m-%d}"
