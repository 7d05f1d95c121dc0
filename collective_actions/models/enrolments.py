"""A place in a session: of a person somebody enrols, or of a professional who enrols himself."""

from __future__ import annotations

from django.db import models

from collective_actions.models.actions import Session
from hub.core.models import PersonalModel, TransitionLog
from partners.models import Organization, User
from referrals.models import Beneficiary, Referral


class EnrolmentState(models.TextChoices):
    WAITING = "waiting", "En liste d'attente"
    OFFERED = "offered", "Place proposée"
    ENROLLED = "enrolled", "Inscription"
    LAPSED = "lapsed", "Offre sans réponse"
    CANCELLED = "cancelled", "Inscription retirée"


class Attendance(models.TextChoices):
    PRESENT = "present", "Présence"
    EXCUSED = "excused", "Absence excusée"
    ABSENT = "absent", "Absence"


ACTIVE_STATES = (EnrolmentState.WAITING, EnrolmentState.OFFERED, EnrolmentState.ENROLLED)
_ACTIVE = models.Q(state__in=["waiting", "offered", "enrolled"])


class Enrolment(PersonalModel):
    """Exactly one of `beneficiary` and `member`. `referral`: the one it came with; none inside one organisation."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="enrolments")
    beneficiary = models.ForeignKey(Beneficiary, null=True, on_delete=models.PROTECT, related_name="enrolments")
    member = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, null=True, on_delete=models.PROTECT, related_name="enrolments")
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    prescriber = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    prescriber_team_id = models.UUIDField(null=True)
    prescriber_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    sensitive = models.BooleanField(default=False)
    informed_on = models.DateField("personne informée le", null=True)
    state = models.CharField(max_length=10, choices=EnrolmentState.choices)
    rank = models.PositiveIntegerField(null=True)  # the order in which people wait
    offered_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    attendance = models.CharField(max_length=8, choices=Attendance.choices, blank=True)
    rating = models.PositiveSmallIntegerField("avis", null=True)  # 1 to 4
    feedback = models.CharField("en quelques mots", max_length=500, blank=True)

    class Meta:
        verbose_name = "inscription"
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["session", "state", "rank"], name="enrolment_queue"),
            models.Index(fields=["beneficiary", "-created_at"], name="enrolment_person"),
            models.Index(fields=["offered_until"], condition=models.Q(state="offered"), name="enrolment_offered"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(beneficiary__isnull=True) ^ models.Q(member__isnull=True), name="enrolment_of_one"
            ),
            models.CheckConstraint(
                condition=models.Q(referral__isnull=False)
                | models.Q(member__isnull=False)
                | models.Q(prescriber=models.F("host")),
                name="enrolment_has_referral",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="waiting") | models.Q(rank__isnull=False), name="waiting_has_rank"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="offered") | models.Q(offered_until__isnull=False), name="offer_has_end"
            ),
            models.CheckConstraint(
                condition=models.Q(rating__isnull=True) | models.Q(rating__gte=1, rating__lte=4), name="rating_in_four"
            ),
            models.UniqueConstraint(
                fields=["session", "beneficiary"], condition=_ACTIVE & models.Q(sensitive=False), name="enrolled_once"
            ),
            # Of a sensitive action, nobody learns that another prescriber enrolled the same person.
            models.UniqueConstraint(
                fields=["session", "beneficiary", "prescriber"], condition=_ACTIVE, name="enrolled_once_by_prescriber"
            ),
            models.UniqueConstraint(fields=["session", "member"], condition=_ACTIVE, name="member_enrolled_once"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class EnrolmentLog(TransitionLog):
    """Journal of an enrolment."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="log")

    class Meta(TransitionLog.Meta):
        indexes = [models.Index(fields=["enrolment", "at"], name="enrolment_log")]

    def __str__(self) -> str:
        return self.name
