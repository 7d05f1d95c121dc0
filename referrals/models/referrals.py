"""A referral: one organisation entrusts a person to another, and learns what became of the person."""

from __future__ import annotations

from django.db import models

from hub.core.models import PersonalModel, TransitionLog
from partners.models import Organization, Service, Team, User
from referrals.models.beneficiaries import Beneficiary
from referrals.models.pathways import TrackDecision


class Nature(models.TextChoices):
    DESIGNATION = "designation", "Désignation"
    PROPOSAL = "proposal", "Proposition"


class ReferralState(models.TextChoices):
    """States and their FHIR Task equivalents: domain §4."""

    DRAFT = "draft", "Brouillon"
    SENT = "sent", "Envoyée"
    ACCEPTED = "accepted", "Acceptée"
    CONTESTED = "contested", "Contestée"
    WAITLISTED = "waitlisted", "En liste d'attente"
    IN_PROGRESS = "in_progress", "En cours"
    PAUSED = "paused", "Suspendue"
    DECLINED = "declined", "Refusée"
    REDIRECTED = "redirected", "Réorientée"
    UNANSWERED = "unanswered", "Sans réponse"
    CANCELLED = "cancelled", "Annulée"
    COMPLETED = "completed", "Aboutie"
    NOT_COMPLETED = "not_completed", "Non aboutie"
    ENTERED_IN_ERROR = "entered_in_error", "Saisie par erreur"


OPEN_STATES = ("draft", "sent", "accepted", "contested", "waitlisted", "in_progress", "paused")
FINAL_STATES = tuple(state for state in ReferralState.values if state not in OPEN_STATES)


class DeclineReason(models.TextChoices):
    """Reasons of the organisation."""

    NO_PLACE = "no_place", "Pas de place"
    CONVENTION_FULL = "convention_full", "Convention complète"
    NOT_ELIGIBLE = "not_eligible", "Public non éligible"
    OUTSIDE_AREA = "outside_area", "Hors de notre secteur"
    INCOMPLETE = "incomplete", "Dossier incomplet"
    DUPLICATE = "duplicate", "En double"
    ALREADY_KNOWN = "already_known", "Déjà suivie par nous"
    WRONG_SERVICE = "wrong_service", "Mauvais service"
    POST_CONDITIONS = "post_conditions", "Conditions du poste"
    IAE_CRITERIA = "iae_criteria", "Critères IAE à vérifier"
    CLOSED = "closed", "Structure fermée"
    OTHER = "other", "Autre motif de la structure"


class PersonReason(models.TextChoices):
    """Reasons of the person: shown to sender and referent only, never counted per person, never exported."""

    UNREACHABLE = "unreachable", "Injoignable"
    DID_NOT_COME = "did_not_come", "Ne s'est pas présentée"
    IN_EMPLOYMENT = "in_employment", "En emploi"
    IN_TRAINING = "in_training", "En formation"
    NOT_MOBILE = "not_mobile", "Déplacement impossible"
    LANGUAGE = "language", "Langue"
    MOVED = "moved", "A déménagé"
    NOT_INTERESTED = "not_interested", "Pas intéressée"
    OTHER_PERSON = "other_person", "Autre motif de la personne"


class ContestReason(models.TextChoices):
    CAPACITY = "capacity", "Capacité atteinte"
    OUTSIDE_AREA = "outside_area", "Hors de notre secteur"
    ALREADY_ELSEWHERE = "already_elsewhere", "Déjà suivie ailleurs"
    WRONG_TRACK = "wrong_track", "Orientation à revoir"
    OTHER = "other", "Autre"


class Outcome(models.TextChoices):
    STARTED = "started", "Action commencée"
    SERVICE_RECEIVED = "service_received", "Service rendu"
    JOB_SHORT = "job_short", "Emploi de moins de 6 mois"
    JOB_LONG = "job_long", "Emploi de 6 mois et plus"
    JOB_PERMANENT = "job_permanent", "Emploi durable (CDI)"
    IAE_ENTRY = "iae_entry", "Entrée en IAE"
    TRAINING = "training", "Entrée en formation"
    RIGHTS_OPENED = "rights_opened", "Droits ouverts"
    VOLUNTEERING = "volunteering", "Bénévolat commencé"
    FIRST_APPOINTMENT = "first_appointment", "Premier rendez-vous tenu"
    OTHER = "other", "Autre"


class Referral(PersonalModel):
    """Designation or proposal; `subject_*` names what upper apps attach to it (a session, a mission)."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="referrals")
    nature = models.CharField(max_length=12, choices=Nature.choices)
    state = models.CharField(max_length=20, choices=ReferralState.choices, default=ReferralState.DRAFT)
    sender = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    sender_team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    sender_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="destinataire")
    receiver_team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    receiver_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sensitive = models.BooleanField(default=False)
    decision = models.ForeignKey(TrackDecision, null=True, on_delete=models.PROTECT, related_name="designations")
    joint_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=30, blank=True)
    subject_id = models.UUIDField(null=True)
    subject_label = models.CharField(max_length=150, blank=True)

    need = models.CharField("besoin", max_length=200)
    note = models.TextField("message au destinataire", blank=True, max_length=4000)
    informed_on = models.DateField("personne informée le", null=True)
    duplicate_reason = models.CharField(max_length=300, blank=True)
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="following")

    created_at = models.DateTimeField()
    first_sent_at = models.DateTimeField(null=True)  # of the whole chain: a redirection does not restart the delay
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True)  # when the other side was told of the last answer
    held_until = models.DateTimeField(null=True)  # nobody is told of the answer before
    state_before_answer = models.CharField(max_length=20, blank=True)

    waitlist_rank = models.PositiveSmallIntegerField("rang", null=True)
    review_on = models.DateField("à revoir le", null=True)
    reason = models.CharField("motif", max_length=20, blank=True)
    met_how = models.CharField("comment la personne a été jointe", max_length=200, blank=True)
    answer_note = models.TextField(blank=True, max_length=4000)
    outcome = models.CharField("résultat", max_length=20, choices=Outcome.choices, blank=True)
    redirect_to = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    redirect_note = models.TextField(blank=True, max_length=2000)
    first_appointment_on = models.DateField("premier rendez-vous", null=True)
    final_at = models.DateTimeField(null=True)
    closed_loop_at = models.DateTimeField(null=True)

    # Clocks, computed when the referral moves so that lists can sort and filter on them.
    due_on = models.DateField(null=True)  # the present step is expected by this day
    late_on = models.DateField(null=True)  # from this day on it is late

    class Meta:
        verbose_name = "orientation"
        indexes = [
            models.Index(fields=["receiver", "state", "-sent_at", "id"], name="referral_received"),
            models.Index(fields=["sender", "state", "-created_at", "id"], name="referral_sent"),
            models.Index(fields=["beneficiary", "-created_at"], name="referral_person"),
            models.Index(fields=["held_until"], condition=models.Q(told_at=None), name="referral_held"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(
                    nature="designation", state__in=["declined", "waitlisted", "unanswered", "redirected"]
                ),
                name="designation_never_declined",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="completed") | ~models.Q(outcome=""), name="completed_has_outcome"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["declined", "not_completed"]) | ~models.Q(reason=""),
                name="refusal_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(sent_at__isnull=False) | models.Q(state="cancelled"),
                name="sent_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} · {self.get_state_display()}"

    def get_state_display(self) -> str:  # type: ignore[no-redef]  # Django keeps the one a model defines
        """A designation is not accepted but taken into account."""
        if self.nature == Nature.DESIGNATION and self.state == ReferralState.ACCEPTED:
            return "Prise en compte"
        return ReferralState(self.state).label


class ReferralLog(TransitionLog):
    """Journal of a referral: every transition, and the facts that change no state."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="log")

    class Meta(TransitionLog.Meta):
        indexes = [models.Index(fields=["referral", "at"], name="referral_log")]

    def __str__(self) -> str:
        return self.name
