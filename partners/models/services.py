"""What an organisation offers to people: the target of a referral."""

from __future__ import annotations

import uuid

from django.db import models

from partners.models.departments import Department
from partners.models.organizations import Organization

# Themes whose mere mention says something intimate (domain: sensitive services). data·inclusion codes.
SENSITIVE_THEMES = frozenset(
    {
        "sante--addictions",
        "sante--sante-mentale",
        "sante--sante-sexuelle",
        "famille--surmonter-conflits-separation-violence",
        "difficultes-administratives-ou-juridiques--prendre-en-compte-une-problematique-judiciaire",
    }
)


class Service(models.Model):
    """One service of one organisation in one Département; `sensitive` closes referrals to it around two parties."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="services")
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    name = models.CharField("nom", max_length=150)
    theme = models.CharField("thème", max_length=120, blank=True)
    sensitive = models.BooleanField("service sensible", default=False)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "department", "name"], name="service_name"),
        ]

    def __str__(self) -> str:
        return self.name
