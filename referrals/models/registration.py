"""Pôle emploi's monthly lists, what they say of each person, and the gaps between what should be and what is."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hub.core.models import PersonalModel, TransitionLog
from partners.models import Department, ImportJob, Team, Territory, User
from referrals.models.beneficiaries import Beneficiary


class ExitCode(models.Model):
    """Motive of a cessation or radiation, and whether it alerts: an editable table (formats §2.4)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="exit_codes")
    code = models.CharField(max_length=3)
    label = models.CharField("libellé", max_length=120)
    nature = models.CharField(max_length=10, choices=[("ceased", "Cessation"), ("struck_off", "Radiation")])
    alerting = models.BooleanField("ouvre un écart", default=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["department", "code"], name="one_exit_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class ExpectedList(models.Model):
    """A list a Département waits for every month (agencies are not territories)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="expected_lists")
    label = models.CharField("liste", max_length=100)
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agencies = ArrayField(models.CharField(max_length=5), default=list, blank=True, verbose_name="codes des agences")
    active = models.BooleanField(default=True)
    alerted_month = models.DateField(null=True)  # the month whose silence was told

    class Meta:
        ordering = ["label"]
        constraints = [models.UniqueConstraint(fields=["department", "label"], name="expected_label")]

    def __str__(self) -> str:
        return self.label


class RegistrationList(PersonalModel):
    """One applied list of one month."""

    job = models.OneToOneField(ImportJob, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, related_name="+")
    nature = models.CharField(max_length=10)
    concludes_absence = models.BooleanField(default=False)
    applied_at = models.DateTimeField()
    people = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-month", "-applied_at"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ImportChange(PersonalModel):
    """What a row was before an import changed it, so that the import can be taken back."""

    job = models.ForeignKey(ImportJob, on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    before = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["job", "subject_kind"], name="import_change")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"


class EntryState(models.TextChoices):
    REGISTERED = "registered", "Inscription"
    CEASED = "ceased", "Cessation"
    STRUCK_OFF = "struck_off", "Radiation"


class RegistrationEntry(PersonalModel):
    """One event of one person as a list told it; the same event told twice is one row.

    Written as the rows of `RegistrationMonth`, it asks for no second proof of its keys either; its unique constraint
    is the index by person.
    """

    beneficiary = models.ForeignKey(
        Beneficiary, on_delete=models.PROTECT, related_name="registration_entries", db_index=False, db_constraint=False
    )
    list = models.ForeignKey(RegistrationList, on_delete=models.PROTECT, related_name="entries", db_constraint=False)
    state = models.CharField(max_length=10, choices=EntryState.choices)
    on = models.DateField()
    code = models.CharField(max_length=3, blank=True)
    motive = models.CharField(max_length=250, blank=True)
    category = models.CharField(max_length=3, blank=True)
    ends_on = models.DateField(null=True)

    class Meta:
        ordering = ["-on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["beneficiary", "state", "on", "code"], name="one_registration_event"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.on}"


class RegistrationStatus(PersonalModel):
    """What is known of a person's registration now; recomputed when a list is applied."""

    beneficiary = models.OneToOneField(Beneficiary, on_delete=models.PROTECT, related_name="registration")
    state = models.CharField(max_length=10, choices=EntryState.choices)
    since = models.DateField()
    code = models.CharField(max_length=3, blank=True)
    motive = models.CharField(max_length=250, blank=True)
    category = models.CharField(max_length=3, blank=True)
    ends_on = models.DateField(null=True)
    alerting = models.BooleanField(default=False)  # a cessation or radiation that opens a gap
    explained_until = models.DateField(null=True)  # a benign exit explains absence until then
    last_listed = models.DateField(null=True)  # month of the last list of the registered the person was on

    def __str__(self) -> str:
        return self.state


class MonthState(models.TextChoices):
    """What one list says of somebody for its month, strongest first: what another list of the month says yields."""

    LISTED = "listed", "Présente sur la liste"
    REGISTERED = "registered", "Inscription signalée"
    LEFT = "left", "Sortie signalée"
    EXPLAINED = "explained", "Absence expliquée"
    WAITING = "waiting", "Dans le délai pour s'inscrire"
    ABSENT = "absent", "Absente de la liste"


class RegistrationMonth(PersonalModel):
    """What one applied list said of one person for its month, written with it and withdrawn with it.

    `line` is the line of the list's own file that told it; none when the list concluded an absence. A row a person a
    list: written in bulk from rows that hold both keys, it asks PostgreSQL for no second proof of them (a half of
    what it costs).
    """

    beneficiary = models.ForeignKey(
        Beneficiary, on_delete=models.PROTECT, related_name="registration_months", db_constraint=False
    )
    list = models.ForeignKey(
        RegistrationList, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    month = models.DateField()
    state = models.CharField(max_length=10, choices=MonthState.choices)
    agency = models.CharField(max_length=5, blank=True)
    line = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-month", "id"]
        constraints = [
            models.UniqueConstraint(fields=["list", "beneficiary"], name="one_month_of_a_list"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.state}"


class GapKind(models.TextChoices):
    STRUCK_OFF = "struck_off", "Radiation"
    CEASED = "ceased", "Cessation d'inscription"
    DISAPPEARED = "disappeared", "N'apparaît plus sur la liste"
    NOT_REREGISTERED = "not_reregistered", "Non réinscrite"
    NEVER_REGISTERED = "never_registered", "Jamais inscrite"
    CATEGORY_GAP = "category_gap", "Catégorie à mettre à jour"


# Highest first: the open gap of a person takes the strongest kind (domain §5).
GAP_PRECEDENCE = ("struck_off", "ceased", "disappeared", "not_reregistered", "never_registered", "category_gap")


class GapState(models.TextChoices):
    OPEN = "open", "À vérifier"
    ACKNOWLEDGED = "acknowledged", "Vue"
    IN_PROGRESS = "in_progress", "En cours de vérification"
    RESOLVED = "resolved", "Régularisée"
    JUSTIFIED = "justified", "Justifiée"
    LAPSED = "lapsed", "Sans objet"
    VOID = "void", "Annulée"


OPEN_GAP_STATES = ("open", "acknowledged", "in_progress")


class GapClosing(models.TextChoices):
    """How a gap ended, or why it has no object any more."""

    LISTED = "listed", "Inscription vue sur une liste"
    PROVEN = "proven", "Justificatif vu"
    RIGHTS_CLOSED = "rights_closed", "Droit clos"
    SOCIAL_TRACK = "social_track", "Orientation sociale"
    NOT_SUBJECT = "not_subject", "N'est plus soumise à l'obligation"
    MOVED = "moved", "A quitté le Département"
    DIED = "died", "Dossier clos"
    EXEMPTED = "exempted", "Dispense"
    EMPLOYMENT = "employment", "En emploi"
    TRAINING = "training", "En formation"
    EXPLAINED = "explained", "L'absence est expliquée"
    ERROR = "error", "Erreur de liste"
    OTHER = "other", "Autre"


class RegistrationGap(PersonalModel):
    """Someone who must be registered and is not. A question to the professionals, never an accusation."""

    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="gaps")
    kind = models.CharField(max_length=20, choices=GapKind.choices)
    state = models.CharField(max_length=12, choices=GapState.choices, default=GapState.OPEN)
    month = models.DateField()
    event_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    code = models.CharField(max_length=3, blank=True)
    motive = models.CharField(max_length=250, blank=True)
    opened_at = models.DateTimeField()
    opened_by_list = models.ForeignKey(RegistrationList, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by_list = models.ForeignKey(RegistrationList, null=True, on_delete=models.PROTECT, related_name="+")
    closing = models.CharField("issue", max_length=15, choices=GapClosing.choices, blank=True)
    closing_note = models.CharField("précision", max_length=300, blank=True)
    justified_until = models.DateField("justifiée jusqu'au", null=True)
    in_charge = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    in_charge_team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "écart d'inscription"
        indexes = [
            models.Index(fields=["department_id", "state", "-opened_at", "id"], name="gap_recent"),
            models.Index(fields=["beneficiary", "-opened_at"], name="gap_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["beneficiary"],
                condition=models.Q(state__in=["open", "acknowledged", "in_progress"]),
                name="one_open_gap",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="justified") | models.Q(justified_until__isnull=False),
                name="justified_has_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_state_display()}"


class GapLog(TransitionLog):
    """Journal of a gap."""

    gap = models.ForeignKey(RegistrationGap, on_delete=models.PROTECT, related_name="log")

    class Meta(TransitionLog.Meta):
        indexes = [models.Index(fields=["gap", "at"], name="gap_log")]

    def __str__(self) -> str:
        return self.name
