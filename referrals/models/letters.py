"""Letters about an appointment: the text a Département wrote, and what was written to one person."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hub.core.models import PersonalModel
from partners.models import Department, Membership, User
from referrals.models.appointments import Appointment
from referrals.models.beneficiaries import Beneficiary


class LetterKind(models.TextChoices):
    """What the letter says; each has an own text."""

    FIRST = "first", "Premier rendez-vous"
    REMINDER = "reminder", "Nouvelle proposition de rendez-vous"
    JOINT = "joint", "Rendez-vous commun à deux organismes"
    MOVED = "moved", "Changement de date"


class LetterChannel(models.TextChoices):
    POST = "post", "Par la poste"
    HAND = "hand", "À remettre en main propre"


class LetterTemplate(models.Model):
    """One version of one text, never changed: the latest is in use. Without any, the text shipped with the product.

    `original` marks a return to that text; `reason` says why words usually refused were kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=LetterKind.choices)
    version = models.PositiveIntegerField()
    subject = models.CharField("objet", max_length=120)
    body = models.TextField("texte", max_length=4000)
    original = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    saved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["department", "kind", "version"], name="one_letter_version"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · version {self.version}"


class Letter(PersonalModel):
    """What was written to one person, word for word (`content`), on which day: never changed.

    The words are kept, not the PDF: a file has no row-level security and would outlive an erasure; the same words
    give the same pages. `told_at` is the date of the appointment as the letter says it.
    """

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="letters")
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=10, choices=LetterKind.choices)
    template = models.ForeignKey(LetterTemplate, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=4, choices=LetterChannel.choices)
    content = models.JSONField()
    told_at = models.DateTimeField()
    sent_on = models.DateField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    batch = models.ForeignKey("LetterBatch", null=True, on_delete=models.PROTECT, related_name="letters")

    class Meta:
        verbose_name = "courrier"
        ordering = ["-made_at", "id"]
        indexes = [
            models.Index(fields=["appointment", "-made_at"], name="letter_appointment"),
            models.Index(fields=["beneficiary", "-made_at"], name="letter_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.sent_on}"


class BatchState(models.TextChoices):
    WAITING = "waiting", "En préparation"
    READY = "ready", "Prêt"
    FAILED = "failed", "Non préparé"
    EXPIRED = "expired", "Effacé"


class LetterBatch(PersonalModel):
    """Many letters in one PDF, made by the worker for whoever asked, and by his own rights; its file is soon erased.

    `held` holds, for each appointment without posted letter, its id and why.
    """

    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=LetterKind.choices, blank=True)
    appointments = ArrayField(models.UUIDField())
    state = models.CharField(max_length=8, choices=BatchState.choices, default=BatchState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    posted = models.PositiveIntegerField(default=0)
    held = models.JSONField(default=list)
    key = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(appointments__len__lte=500), name="letter_batch_size"),
        ]

    def __str__(self) -> str:
        return f"{len(self.appointments)} · {self.get_state_display()}"
