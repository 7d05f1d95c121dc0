"""What time asks for around the end of a training, and what people did about it."""

from __future__ import annotations

import uuid

from django.db import models

from collective_actions.models.rosters import Trainee
from hub.core.models import PersonalModel
from partners.models import Department, Organization, Territory, User
from referrals.models import Beneficiary


class Step(models.TextChoices):
    """Steps around the end of a training, in order."""

    FIRST = "first", "Fin dans un mois : préparer la sortie"
    SECOND = "second", "Fin dans une semaine"
    ENDED = "ended", "Formation terminée : à revoir"
    REMINDER = "reminder", "Toujours pas revue depuis la fin"


class FollowUpStep(PersonalModel):
    """A step of one trainee, planned, then told once. Its row is what keeps it from being told twice.

    `skipped`: its day was past with a later one when its dates became known, or its dates do not ask for it any more.
    """

    trainee = models.ForeignKey(Trainee, on_delete=models.CASCADE, related_name="steps")
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10, choices=Step.choices)
    due_on = models.DateField()
    told_on = models.DateField(null=True)
    skipped = models.BooleanField(default=False)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [models.UniqueConstraint(fields=["trainee", "step"], name="one_step_once")]
        indexes = [
            models.Index(
                fields=["department_id", "due_on"],
                name="step_due",
                condition=models.Q(told_on=None, skipped=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.due_on:%Y-%m-%d}"


class ContactKind(models.TextChoices):
    TAKEN = "taken", "Prise en charge"
    CALL_BACK = "call_back", "À rappeler"
    NOT_NOW = "not_now", "Pas maintenant"
    INTERVIEW = "interview", "Entretien"


class FollowUpContact(PersonalModel):
    """What somebody did about the end of a training: append-only."""

    trainee = models.ForeignKey(Trainee, on_delete=models.CASCADE, related_name="contacts")
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ContactKind.choices)
    on = models.DateField()
    again_on = models.DateField(null=True)
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "id"]
        indexes = [models.Index(fields=["trainee", "-at"], name="contacts_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on:%Y-%m-%d}"


class TrainingFigure(models.Model):
    """What became of trainees of a year, as the Région may read it: once a month, rounded to 5, nothing below 5.

    Frozen, so that bringing somebody's name changes no figure one could look at before and after.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, null=True, on_delete=models.CASCADE, related_name="+")
    until = models.DateField()  # trainings that ended in the year before this day, included
    followed = models.PositiveIntegerField(null=True)  # people; None: fewer than 5
    seen = models.PositiveIntegerField(null=True)
    placed = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-until", "territory__code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "territory", "until"], name="one_figure_by_place_and_month",
                nulls_distinct=False,
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.until:%Y-%m}"
