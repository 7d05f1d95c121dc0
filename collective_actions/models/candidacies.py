"""Who is positioned on a session, by whom, and what came of it: presented, selected, entered, completed."""

from __future__ import annotations

from django.db import models

from collective_actions.models.trainings import TrainingSession
from hub.core.models import PersonalModel, TransitionLog
from partners.models import Organization, User
from referrals.models import Beneficiary, Referral


class CandidacyState(models.TextChoices):
    """The life of a prescription (positioned, presented, selected, entered, completed), each step with its contrary."""

    POSITIONED = "positioned", "Positionnée"
    PRESENTED = "presented", "Présente à l'information"
    NOT_PRESENTED = "not_presented", "Non présentée"
    SELECTED = "selected", "Retenue"
    NOT_SELECTED = "not_selected", "Non retenue"
    ENTERED = "entered", "Entrée en formation"
    NOT_ENTERED = "not_entered", "Non entrée"
    COMPLETED = "completed", "Formation achevée"
    INTERRUPTED = "interrupted", "Formation interrompue"
    WITHDRAWN = "withdrawn", "Retirée"


LIVING = (CandidacyState.POSITIONED, CandidacyState.PRESENTED, CandidacyState.SELECTED, CandidacyState.ENTERED)
CONTRARY = (
    CandidacyState.NOT_PRESENTED,
    CandidacyState.NOT_SELECTED,
    CandidacyState.NOT_ENTERED,
    CandidacyState.INTERRUPTED,
)


class Origin(models.TextChoices):
    REFERRAL = "referral", "Positionnée par un prescripteur"
    SELF = "self", "A candidaté elle-même"


class BodyReason(models.TextChoices):
    """Reasons of the training body."""

    NO_PLACE = "no_place", "Pas de place"
    PREREQUISITES = "prerequisites", "Prérequis non atteints"
    NOT_ELIGIBLE = "not_eligible", "Public non éligible"
    PROJECT = "project", "Projet à préciser"
    SESSION_CANCELLED = "session_cancelled", "Session annulée"
    OTHER = "other", "Autre motif de l'organisme"


class CandidateReason(models.TextChoices):
    """Reasons of the person, as those of referrals: never counted per person, never exported."""

    UNREACHABLE = "unreachable", "Injoignable"
    DID_NOT_COME = "did_not_come", "N'est pas venue"
    IN_EMPLOYMENT = "in_employment", "En emploi"
    IN_TRAINING = "in_training", "Dans une autre formation"
    NOT_MOBILE = "not_mobile", "Déplacement impossible"
    NOT_INTERESTED = "not_interested", "Pas intéressée"
    OTHER_PERSON = "other_person", "Autre motif de la personne"


class Candidacy(PersonalModel):
    """One person on one session: through a referral to the training body, or noted when she applied by herself.

    `organization` positions and follows, `receiver` answers (none for an application of her own).
    """

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="candidacies")
    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="candidacies")
    referral = models.OneToOneField(Referral, null=True, on_delete=models.PROTECT, related_name="candidacy")
    origin = models.CharField(max_length=10, choices=Origin.choices)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    state = models.CharField(max_length=15, choices=CandidacyState.choices, default=CandidacyState.POSITIONED)
    state_at = models.DateTimeField()
    reason = models.CharField(
        "motif", max_length=20, blank=True, choices=[*BodyReason.choices, *CandidateReason.choices]
    )
    entered_on = models.DateField("entrée le", null=True)

    class Meta:
        verbose_name = "candidature"
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["session", "created_at"], name="candidacy_session"),
            models.Index(fields=["beneficiary", "-created_at"], name="candidacy_person"),
            models.Index(
                fields=["department_id", "entered_on"], name="candidacy_entries",
                condition=models.Q(entered_on__isnull=False),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiary", "session"], condition=models.Q(state__in=LIVING), name="one_living_candidacy"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=CONTRARY, reason__gt="")
                | (~models.Q(state__in=CONTRARY) & models.Q(reason="")),
                name="contrary_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(origin=Origin.SELF, referral=None, receiver=None)
                | models.Q(origin=Origin.REFERRAL, referral__isnull=False, receiver__isnull=False),
                name="candidacy_origin",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["entered", "completed", "interrupted"], entered_on__isnull=False)
                | (~models.Q(state__in=["entered", "completed", "interrupted"]) & models.Q(entered_on=None)),
                name="entry_has_day",
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class CandidacyLog(TransitionLog):
    """Journal of a candidacy."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.PROTECT, related_name="log")

    class Meta(TransitionLog.Meta):
        indexes = [models.Index(fields=["candidacy", "at"], name="candidacy_log")]

    def __str__(self) -> str:
        return self.name
