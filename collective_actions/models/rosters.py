"""Who is in which training, as rosters said; what a roster said of its session, whoever is known."""

from __future__ import annotations

import uuid

from django.db import models

from collective_actions.models.trainings import TrainingSession
from hub.core.models import PersonalModel
from partners.models import Department, ImportJob, Organization, User
from referrals.models import Beneficiary


class Roster(models.Model):
    """One file spoke of one session. Counted on the form of its lines alone, so that it says nothing of who is known:
    the Région may read it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="rosters")
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rosters")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")  # who brought it
    received_at = models.DateTimeField()
    lines = models.PositiveIntegerField()
    without_end = models.PositiveIntegerField(default=0)  # lines whose end of training nobody says

    class Meta:
        ordering = ["-received_at", "id"]
        constraints = [models.UniqueConstraint(fields=["job", "session"], name="one_roster_per_job_and_session")]
        indexes = [models.Index(fields=["session", "-received_at"], name="roster_latest")]

    def __str__(self) -> str:
        return f"{self.session} · {self.received_at:%d/%m/%Y}"


class Outcome(models.TextChoices):
    """How a training ended; the words of partners are not kept (health, family)."""

    COMPLETED = "completed", "Formation terminée"
    DROPPED_OUT = "dropped_out", "Abandon"
    JOB = "job", "Sortie en emploi"
    EXCLUDED = "excluded", "Exclusion"
    NEVER_STARTED = "never_started", "Jamais entrée en formation"
    CANCELLED = "cancelled", "Session annulée"
    OTHER = "other", "Autre motif"


class Interview(models.TextChoices):
    """What came of the interview that closes the follow-up."""

    PLACED = "placed", "En emploi"
    TRAINING = "training", "Nouvelle formation"
    SUPPORT = "support", "Accompagnement à poursuivre"
    REFERRAL = "referral", "Orientation à faire"
    UNREACHABLE = "unreachable", "Non joignable"
    OTHER = "other", "Autre suite"


class Trainee(PersonalModel):
    """A person known to the Département, enrolled in a session. Nobody else of a roster is ever stored.

    `ends_on` None: nobody knows yet. `left_on`: she left, before or on her planned end. The follow-up after the end is
    kept here: who takes charge, when to call back, the interview that closes it.
    """

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="trainings")
    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="trainees")
    roster = models.ForeignKey(Roster, null=True, on_delete=models.SET_NULL, related_name="trainees")  # the latest
    match_rule = models.CharField(max_length=30, blank=True)  # why the line was recognised
    starts_on = models.DateField("entrée")
    ends_on = models.DateField("fin prévue", null=True)
    left_on = models.DateField("sortie", null=True)
    outcome = models.CharField("issue", max_length=15, choices=Outcome.choices, blank=True)
    missing = models.BooleanField("absente de la nouvelle liste", default=False)
    session_end = models.DateField(null=True)  # of the session, when `ends_on` was last compared with it
    to_plan = models.BooleanField(default=True)  # its dates changed since its steps were planned
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    in_charge = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    in_charge_organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    call_back_on = models.DateField("à rappeler le", null=True)
    interview_on = models.DateField("entretien du", null=True)
    interview_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    interview_result = models.CharField("suite donnée", max_length=12, choices=Interview.choices, blank=True)
    next_step = models.CharField("prochaine étape", max_length=200, blank=True)

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["beneficiary", "session"], name="one_trainee_per_session"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")), name="trainee_order"
            ),
            models.CheckConstraint(
                condition=models.Q(interview_on=None) | ~models.Q(interview_result=""), name="interview_has_result"
            ),
        ]
        indexes = [
            models.Index(fields=["department_id", "ends_on", "id"], name="trainee_by_end"),
            models.Index(fields=["session"], name="trainee_of_session"),
            models.Index(fields=["department_id"], name="trainee_to_plan", condition=models.Q(to_plan=True)),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on:%d/%m/%Y}"


class Question(models.TextChoices):
    """What is asked of whoever gives or pays for a session; of its form only."""

    ROSTER = "roster", "Liste de stagiaires manquante"
    END = "end", "Date de fin inconnue"


class RosterQuestion(models.Model):
    """A question put once to the Région and the training body about one session, until a roster answers it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(TrainingSession, on_delete=models.CASCADE, related_name="questions")
    question = models.CharField(max_length=6, choices=Question.choices)
    asked_on = models.DateField()
    settled_on = models.DateField(null=True)

    class Meta:
        ordering = ["asked_on", "id"]
        constraints = [models.UniqueConstraint(fields=["session", "question"], name="one_question_of_a_session")]

    def __str__(self) -> str:
        return f"{self.question} {self.asked_on:%Y-%m-%d}"
