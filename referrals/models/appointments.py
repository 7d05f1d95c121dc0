"""A meeting with a person: when, where, with whom, about what, and what came of it (domain §3)."""

from __future__ import annotations

from django.db import models

from hub.core.models import PersonalModel, TransitionLog
from partners.models import Organization, Team, User
from referrals.models.beneficiaries import Beneficiary
from referrals.models.referrals import Referral
from referrals.models.registration import RegistrationGap


class AppointmentKind(models.TextChoices):
    """What the appointment is about."""

    ARRIVAL = "arrival", "Premier accueil"
    REFERRAL = "referral", "Premier rendez-vous d'une orientation"
    GAP = "gap", "Vérification de l'inscription"
    SUMMONS = "summons", "Convocation"
    FOLLOW_UP = "follow_up", "Suivi"


class AppointmentMode(models.TextChoices):
    ON_SITE = "on_site", "Sur place"
    PHONE = "phone", "Par téléphone"
    VIDEO = "video", "En visioconférence"


class AppointmentState(models.TextChoices):
    PLANNED = "planned", "Prévu"
    HELD = "held", "Tenu"
    EXCUSED = "excused", "Personne excusée"
    NOT_HELD = "not_held", "Non tenu"
    CANCELLED = "cancelled", "Annulé"


OUTCOMES = (AppointmentState.HELD, AppointmentState.EXCUSED, AppointmentState.NOT_HELD)
# For whom what came of it is not: a look that says only that the date has passed.
VEILED, PAST = "past", "Passé"


class Appointment(PersonalModel):
    """One meeting. What came of it is private to whoever receives the person and to her referent."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="appointments")
    kind = models.CharField("objet", max_length=10, choices=AppointmentKind.choices)
    state = models.CharField(max_length=10, choices=AppointmentState.choices, default=AppointmentState.PLANNED)
    starts_at = models.DateTimeField("quand")
    duration = models.PositiveSmallIntegerField("durée (minutes)", default=30)
    mode = models.CharField("comment", max_length=8, choices=AppointmentMode.choices, default=AppointmentMode.ON_SITE)
    place = models.CharField("lieu", max_length=120, blank=True)
    address = models.CharField("adresse du lieu", max_length=200, blank=True)
    contact = models.CharField("qui appeler", max_length=120, blank=True)
    motive = models.CharField("pourquoi", max_length=300, blank=True)
    bring = models.CharField("à apporter", max_length=300, blank=True)
    # Why a manager kept words that a letter usually does not hold.
    kept_because = models.CharField("pourquoi ces mots sont gardés", max_length=300, blank=True, default="")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    co_host = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, null=True, on_delete=models.PROTECT, related_name="appointments")
    gap = models.ForeignKey(RegistrationGap, null=True, on_delete=models.PROTECT, related_name="appointments")
    sensitive = models.BooleanField(default=False)  # of a sensitive referral: known to whoever receives, alone
    planned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # when its outcome was written down
    outcome_note = models.CharField("ce qu'il faut retenir", max_length=1000, blank=True)

    class Meta:
        verbose_name = "rendez-vous"
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["department_id", "organization", "starts_at", "id"], name="appointment_agenda"),
            models.Index(fields=["beneficiary", "-starts_at"], name="appointment_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="referral") | models.Q(referral__isnull=False), name="appointment_referral"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="gap") | models.Q(gap__isnull=False), name="appointment_gap"
            ),
            models.CheckConstraint(condition=models.Q(duration__gte=5, duration__lte=480), name="appointment_duration"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_state_display()}"


class AppointmentLog(TransitionLog):
    """Journal of an appointment: planned, moved (with the former date), what came of it, cancelled, by whom."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="log")

    class Meta(TransitionLog.Meta):
        indexes = [models.Index(fields=["appointment", "at"], name="appointment_log")]

    def __str__(self) -> str:
        return self.name


class ContractKind(models.TextChoices):
    """Which closes the duty depends on track and regime (domain §3)."""

    CER = "cer", "Contrat d'engagements réciproques"
    PPAE = "ppae", "Projet personnalisé d'accès à l'emploi"
    ENGAGEMENT = "engagement", "Contrat d'engagement"


class EngagementContract(PersonalModel):
    """A signed contract one knows of. None recorded means unknown, which is not none."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="contracts")
    kind = models.CharField("contrat", max_length=10, choices=ContractKind.choices)
    signed_on = models.DateField("signé le")
    until = models.DateField("jusqu'au", null=True, blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-signed_on", "id"]
        indexes = [models.Index(fields=["beneficiary", "-signed_on"], name="contract_person")]

    def __str__(self) -> str:
        return self.get_kind_display()
