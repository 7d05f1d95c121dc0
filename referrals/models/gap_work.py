"""What is kept around gaps: gestures still to be undone, steps of the clock taken, views of the list, series."""

from __future__ import annotations

import uuid

from django.db import models

from hub.core.models import PersonalModel
from partners.models import Department, Territory
from referrals.models.registration import RegistrationGap


class GapGesture(PersonalModel):
    """One gesture on several gaps: told once its 20 seconds are over, undone whole before that.

    `before` holds what each gap was, by id; it is emptied with the last moment it could be of use.
    """

    user_id = models.UUIDField()
    organization_id = models.UUIDField()
    name = models.CharField(max_length=20)
    at = models.DateTimeField()
    held_until = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)  # told, or undone
    undone = models.BooleanField(default=False)
    before = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["held_until"], condition=models.Q(settled_at=None), name="gap_gesture_held"),
        ]

    def __str__(self) -> str:
        return self.name


class GapStep(PersonalModel):
    """A reminder or an escalation of one gap, once per opening (`since`: the day it was opened or reopened)."""

    gap = models.ForeignKey(RegistrationGap, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12, choices=[("reminder", "Rappel"), ("escalation", "Remontée")])
    since = models.DateField()
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gap", "step", "since"], name="one_gap_step")]

    def __str__(self) -> str:
        return f"{self.step} {self.on}"


class GapView(PersonalModel):
    """Filters a member keeps under a name, as the address writes them; one of them may open the list by itself."""

    user_id = models.UUIDField()
    organization_id = models.UUIDField()
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=300)
    default = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "organization_id", "department_id", "name"], name="one_gap_view"
            ),
            models.UniqueConstraint(
                fields=["user_id", "organization_id", "department_id"],
                condition=models.Q(default=True),
                name="one_default_gap_view",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RegistrationMeasure(models.Model):
    """How many must be registered and are, one month in one territory (null: not known): counts, no person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    list_date = models.DateField()
    obliged = models.PositiveIntegerField(default=0)
    registered = models.PositiveIntegerField(default=0)
    in_gap = models.PositiveIntegerField(default=0)
    explained = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)  # within the delay to register
    unknown = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["month", "territory__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "month", "territory"], nulls_distinct=False, name="one_registration_measure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
