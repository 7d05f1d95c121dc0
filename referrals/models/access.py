"""The one access fact, and what a member does about his own access: a reasoned opening, a declared link."""

from __future__ import annotations

import pghistory
from django.db import models

from hub.core.models import PersonalModel
from partners.models import Organization, Team, User
from referrals.models.beneficiaries import Beneficiary


class Level(models.TextChoices):
    """How much of a person's file is open, least to most (see `referrals.disclosure`)."""

    MINIMAL = "minimal", "Prénom et initiale"
    PLACEMENT = "placement", "Placement"
    REFERRAL = "referral", "Orientation reçue"
    SUPPORT = "support", "Accompagnement"
    FULL = "full", "Dossier complet"


@pghistory.track()
class AccessGrant(PersonalModel):
    """Why an organisation (or one of its teams) may see a person, at which level, from when to when.

    Written only by `referrals.services.access`. One per source: the same source never opens twice.
    """

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="grants")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10, choices=Level.choices)
    reason = models.CharField(max_length=120)
    source_kind = models.CharField(max_length=30)
    source_id = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "beneficiary"],
                include=["starts_at", "ends_at", "level", "team", "department_id"],
                name="grant_lookup",
            ),
            models.Index(fields=["source_kind", "source_id"], name="grant_source"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id", "organization"],
                condition=models.Q(ends_at=None),
                name="one_open_grant_per_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.source_kind}"


class FileOpening(PersonalModel):
    """A file opened outside one's team and territory: the reason, kept, and reviewed by the manager."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="openings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("motif", max_length=300)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-opened_at", "id"]

    def __str__(self) -> str:
        return f"{self.opened_at:%Y-%m-%d}"


class DeclaredLink(PersonalModel):
    """A member knows the person privately (family, neighbour) and loses that file."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="declared_links")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["beneficiary", "user"], name="one_declared_link")]

    def __str__(self) -> str:
        return f"{self.declared_at:%Y-%m-%d}"
