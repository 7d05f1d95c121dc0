"""What lives around services: their journal, what people suggest, the words searches know, searches one keeps."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from hub.core.models import PersonalModel
from partners.models.departments import Department
from partners.models.organizations import Organization
from partners.models.services import Service
from partners.models.users import User


class ServiceJournal(models.Model):
    """One line of the history of a service: append-only. `changes`: field → [before, after]."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department_id = models.UUIDField(editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="journal")
    name = models.CharField(max_length=20)
    source = models.CharField(max_length=10, blank=True)
    target = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    organization_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)  # of the file that said so
    reason = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["service", "-at"], name="service_history"),
            models.Index(fields=["job_id"], name="service_history_job", condition=models.Q(job_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d}"


class SuggestionState(models.TextChoices):
    OPEN = "open", "À lire"
    TAKEN = "taken", "Prise en compte"
    LEFT = "left", "Laissée de côté"


class ServiceSuggestion(models.Model):
    """What somebody proposes: a correction of a service, or a service that is missing (then without one)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, on_delete=models.CASCADE, related_name="suggestions")
    text = models.TextField("suggestion", max_length=1000)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=SuggestionState.choices, default=SuggestionState.OPEN)
    answer = models.CharField("réponse", max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-at", "id"]
        indexes = [models.Index(fields=["department", "state", "-at"], name="suggestion_queue")]

    def __str__(self) -> str:
        return self.text[:40]


class DirectoryWord(models.Model):
    """A word services are written with. `keys`: the word and the word less one letter, so that a word mistyped by one
    letter meets it by index (PostgreSQL has no trigrams here)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=30)
    keys = ArrayField(models.CharField(max_length=30))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "word"], name="one_directory_word")]
        indexes = [GinIndex(fields=["keys"], name="directory_word_keys")]

    def __str__(self) -> str:
        return self.word


class SavedSearch(PersonalModel):
    """A search a member keeps, as the address writes it; told of what is published since `seen_at`."""

    user_id = models.UUIDField()
    organization_id = models.UUIDField()
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=300)
    notify = models.BooleanField(default=True)
    seen_at = models.DateTimeField()  # what was published before is known

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "organization_id", "department_id", "name"], name="one_saved_search"
            ),
        ]

    def __str__(self) -> str:
        return self.name
