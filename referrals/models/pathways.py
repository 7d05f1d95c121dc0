"""Which track was decided, who supports the person, what excuses from registering."""

from __future__ import annotations

import pghistory
from django.db import models

from hub.core.models import PersonalModel
from partners.models import Organization, Team, User
from referrals.models.beneficiaries import Beneficiary


class Track(models.TextChoices):
    PROFESSIONAL = "professional", "Professionnelle"
    SOCIO_PROFESSIONAL = "socio_professional", "Sociale à visée professionnelle"
    SOCIAL = "social", "Sociale"


# Tracks whose people must register (programme, 1.2).
OBLIGED_TRACKS = (Track.PROFESSIONAL, Track.SOCIO_PROFESSIONAL)


@pghistory.track()
class TrackDecision(PersonalModel):
    """An orientation decision (COREO). Periods never overlap; an error is voided, not closed."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="track_decisions")
    track = models.CharField("orientation", max_length=20, choices=Track.choices)
    decided_on = models.DateField("décidée le")
    effective_on = models.DateField("prend effet le")
    ended_on = models.DateField(null=True)
    motive = models.CharField("motif", max_length=300, blank=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    designated = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+", verbose_name="organisme référent"
    )
    informed_on = models.DateField("personne informée le", null=True, blank=True)
    recorded_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField("motif d'annulation", max_length=300, blank=True)

    class Meta:
        ordering = ["-effective_on", "-recorded_at"]
        indexes = [models.Index(fields=["department_id", "track", "beneficiary"], name="decision_track")]
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiary"], condition=models.Q(ended_on=None, voided_at=None), name="one_open_decision"
            ),
            models.CheckConstraint(
                condition=models.Q(effective_on__gte=models.F("decided_on")), name="effect_after_decision"
            ),
        ]

    def __str__(self) -> str:
        return self.get_track_display()


class AssignmentKind(models.TextChoices):
    SINGLE_REFERENT = "single_referent", "Référent unique"
    REINFORCED_GLOBAL = "reinforced_global", "Accompagnement global renforcé"
    REINFORCED_SOCIAL = "reinforced_social", "Accompagnement social individualisé renforcé"
    PATHWAY_REFERENT = "pathway_referent", "Référent de parcours"


@pghistory.track()
class SupportAssignment(PersonalModel):
    """Who supports the person; exactly one active single referent."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=20, choices=AssignmentKind.choices, default=AssignmentKind.SINGLE_REFERENT)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    referent = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(TrackDecision, null=True, on_delete=models.PROTECT, related_name="assignments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        ordering = ["-starts_on", "id"]
        indexes = [models.Index(fields=["organization", "referent", "beneficiary"], name="portfolio")]
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiary"],
                condition=models.Q(ends_on=None, kind="single_referent"),
                name="one_single_referent",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ExemptionReason(models.TextChoices):
    """Closed list, without any detail of health (domain §3)."""

    AGE = "age", "Âge de la retraite"
    CARE_OF_CHILD = "care_of_child", "Jeune enfant à charge"
    CARE_OF_RELATIVE = "care_of_relative", "Aide à un proche"
    UNAVAILABLE = "unavailable", "Indisponibilité reconnue"
    STUDIES = "studies", "Études ou formation longue"
    SELF_EMPLOYED = "self_employed", "Activité indépendante"
    OTHER = "other", "Autre, décidé par le Département"


class RegistrationExemption(PersonalModel):
    """The person need not be registered until a date."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="exemptions")
    reason = models.CharField("motif", max_length=20, choices=ExemptionReason.choices)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField("décidée le")
    until = models.DateField("jusqu'au")

    class Meta:
        ordering = ["-until", "id"]

    def __str__(self) -> str:
        return self.get_reason_display()
