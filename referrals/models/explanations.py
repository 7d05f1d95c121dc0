"""Why somebody is not registered, and until when: known to the hub, so that nobody asks her again."""

from __future__ import annotations

from django.db import models

from hub.core.models import PersonalModel
from partners.models import User
from referrals.models.beneficiaries import Beneficiary


class ExplanationKind(models.TextChoices):
    """Without any detail of health (domain §5)."""

    JOB = "job", "En emploi"
    TRAINING = "training", "En formation"
    PLACEMENT = "placement", "En structure d'insertion"
    UNAVAILABLE = "unavailable", "Indisponible"
    MOVE = "move", "A déménagé"
    EXEMPTION = "exemption", "Dispensée"
    OTHER = "other", "Absence expliquée"


class EndAnswer(models.TextChoices):
    """What the referent says once an explanation has ended, other than that it goes on."""

    REGISTERED = "registered", "Réinscrite"
    TO_CHECK = "to_check", "À vérifier"


class AbsenceExplanation(PersonalModel):
    """Explains a person's absence from the lists until its own end. What lists tell is in `RegistrationStatus`."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="explanations")
    kind = models.CharField(max_length=12, choices=ExplanationKind.choices)
    starts_on = models.DateField("depuis le")
    until = models.DateField("jusqu'au")
    note = models.CharField("précision", max_length=300, blank=True)
    source = models.CharField(max_length=30, default="hand")  # by hand, or the application that knows
    asked_on = models.DateField(null=True)  # the day its end was put as a question to the referent
    answer = models.CharField(max_length=10, choices=EndAnswer.choices, blank=True)  # to the question of its end
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-until", "id"]
        indexes = [
            models.Index(fields=["beneficiary", "-until"], name="explanation_person"),
            models.Index(fields=["answered_on"], name="explanation_to_check", condition=models.Q(answer="to_check")),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gte=models.F("starts_on")), name="explanation_order"),
            models.CheckConstraint(
                condition=models.Q(answer="") | models.Q(answered_on__isnull=False), name="answer_has_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} jusqu'au {self.until:%d/%m/%Y}"
