"""What a person decided about a line no rule could settle: remembered for the following months."""

from __future__ import annotations

from django.db import models

from hub.core.models import PersonalModel
from partners.models import ImportJob, Organization, User
from referrals.models.beneficiaries import Beneficiary


class MatchAnswer(models.TextChoices):
    PERSON = "person", "C'est cette personne"
    NOBODY = "nobody", "Ce n'est personne que nous connaissons"
    UNSURE = "unsure", "Je ne sais pas encore"


class MatchDecision(PersonalModel):
    """Who a line is, as somebody said; for one source, and one identity as that source writes it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    identity = models.CharField(max_length=64)
    answer = models.CharField(max_length=10, choices=MatchAnswer.choices)
    beneficiary = models.ForeignKey(Beneficiary, null=True, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(ImportJob, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-decided_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department_id", "organization", "identity"],
                condition=models.Q(revoked_at=None),
                name="one_decision_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(answer="person", beneficiary__isnull=False)
                | (~models.Q(answer="person") & models.Q(beneficiary__isnull=True)),
                name="decision_names_its_person",
            ),
        ]

    def __str__(self) -> str:
        return self.answer
