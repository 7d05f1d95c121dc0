"""A collective action: a service of the directory delivered in sessions with seats, by one or several hosts."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models

from partners.models import Department, Organization, Service, User


class ActionAudience(models.TextChoices):
    """For whom: people one accompanies, or those who accompany them."""

    PEOPLE = "people", "Personnes accompagnées"
    PROFESSIONALS = "professionals", "Professionnels"


class CollectiveAction(models.Model):
    """What the directory does not say of a service that is an action. Its state is that of the service.

    `series`: the sessions are one cycle, whoever comes is enrolled in all those to come.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    service = models.OneToOneField(Service, on_delete=models.PROTECT, related_name="collective_action")
    audience = models.CharField("pour qui", max_length=13, choices=ActionAudience.choices)
    series = models.BooleanField("les séances forment un cycle", default=False)
    need = models.TextField("besoin de départ", max_length=2000, blank=True)
    objective = models.TextField("objectif", max_length=2000, blank=True)
    evaluation = models.TextField("évaluation", max_length=2000, blank=True)
    sheet_title = models.CharField("titre de la feuille d'émargement", max_length=100, blank=True)
    co_hosts = models.ManyToManyField(Organization, blank=True, related_name="+", verbose_name="co-organisateurs")
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["department", "-created_at", "id"], name="action_recent")]

    def __str__(self) -> str:
        return self.service.name

    @property
    def state(self) -> str:
        """`draft`, `published`, `archived` or `cancelled`."""
        return "cancelled" if self.cancelled_at else self.service.state

    def get_state_display(self) -> str:
        """In French."""
        return "Annulée" if self.cancelled_at else self.service.get_state_display()

    @property
    def for_professionals(self) -> bool:
        return self.audience == ActionAudience.PROFESSIONALS


class Session(models.Model):
    """One date of an action. Seats are counted here, where everybody reads them; who sits there is protected.

    `taken`: seats given or held by an offer; `waiting`: how many wait; `last_rank`: the rank last given.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    action = models.ForeignKey(CollectiveAction, on_delete=models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField("quand")
    duration = models.PositiveSmallIntegerField("durée (minutes)", default=120)
    place = models.CharField("lieu", max_length=120)
    address = models.CharField("adresse", max_length=200, blank=True)
    meeting_point = models.CharField("point de rendez-vous", max_length=200, blank=True)
    capacity = models.PositiveSmallIntegerField("places")
    taken = models.PositiveSmallIntegerField(default=0)
    waiting = models.PositiveSmallIntegerField(default=0)
    last_rank = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)  # rises with what calendars show of it
    updated_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(null=True)  # when its attendance was written down
    present = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["action", "starts_at", "id"], name="session_of_action"),
            models.Index(fields=["department", "starts_at", "id"], name="session_agenda"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("capacity")), name="session_never_oversold"),
            models.CheckConstraint(condition=models.Q(capacity__gte=1, capacity__lte=500), name="session_capacity"),
            models.CheckConstraint(condition=models.Q(duration__gte=15, duration__lte=720), name="session_duration"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration)

    @property
    def free(self) -> int:
        """Seats somebody new may still be given: none while others wait."""
        return 0 if self.waiting or self.cancelled_at else max(0, self.capacity - self.taken)


class PrescriberQuota(models.Model):
    """How many seats of each session an organisation may fill (its waiting list included)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    action = models.ForeignKey(CollectiveAction, on_delete=models.CASCADE, related_name="quotas")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    seats = models.PositiveSmallIntegerField("places par séance")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "organization"], name="one_quota_per_prescriber"),
            models.CheckConstraint(condition=models.Q(seats__lte=500), name="quota_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.organization} : {self.seats}"
