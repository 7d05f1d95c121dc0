"""Files partners bring, and the life of an import: one pipeline for every kind of file."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hub.core.models import PersonalModel
from partners.models.departments import Territory
from partners.models.organizations import Organization
from partners.models.users import User


class StoredFile(PersonalModel):
    """Bytes kept outside the database under an opaque key; destroyed once the import is applied."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=80, unique=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    destroyed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key


class ImportKind(models.TextChoices):
    PEOPLE = "people", "Personnes (tableau)"
    CAF_FLOW = "caf_flow", "Bénéficiaires (flux mensuel CAF ou MSA)"
    REGISTRATION = "registration", "Liste d'inscription du service public de l'emploi"
    DIRECTORY = "directory", "Répertoire : structures et services"
    ROSTER = "roster", "Liste de stagiaires"
    TRAININGS = "trainings", "Formations : offre et sessions"


class ImportState(models.TextChoices):
    RECEIVED = "received", "Reçu"
    UNSPECIFIED = "unspecified", "Colonnes à préciser"
    ANALYSING = "analysing", "En cours d'analyse"
    ANALYSED = "analysed", "Analysé : rien n'est encore appliqué"
    APPLYING = "applying", "En cours d'application"
    APPLIED = "applied", "Appliqué"
    REFUSED = "refused", "Refusé"
    DISCARDED = "discarded", "Abandonné"
    UNDOING = "undoing", "Annulation en cours"
    UNDONE = "undone", "Annulé : ce qu'il avait changé est revenu comme avant"


# What these files say counts; one being taken back still does until it is.
IN_FORCE = (ImportState.APPLIED, ImportState.UNDOING)


class ListNature(models.TextChoices):
    COMPLETE = "complete", "Liste complète des inscrits"
    EVENTS = "events", "Événements seulement"


class ImportJob(PersonalModel):
    """One file of one kind: received, analysed (dry run), confirmed by a person, applied."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.RECEIVED)
    state_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # For lists: what they cover.
    month = models.DateField("mois", null=True)
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, verbose_name="territoire")
    nature = models.CharField(max_length=10, choices=ListNature.choices, blank=True)
    sheet = models.CharField("feuille", max_length=100, blank=True)  # of a workbook of several
    # Which of these a person stated; the others are what the file seems to be: name → {value, why}.
    stated = ArrayField(models.CharField(max_length=10), default=list)
    proposals = models.JSONField(default=dict)
    # How to read it: the columns a person chose, remembered for files with the same titles (`signature`, `fields`).
    mapping = models.JSONField(default=dict)
    repair = models.BooleanField("réparer les accents", default=False)
    # Titles, first values, what each was understood as; the values go with the file.
    survey = models.JSONField(default=dict)
    # What the analysis found.
    analysed_at = models.DateTimeField(null=True)
    encoding = models.CharField(max_length=20, blank=True)
    separator = models.CharField(max_length=5, blank=True)
    columns = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    # What is strange with it: [{name, message}]; a person must say why it is applied all the same.
    guards = models.JSONField(default=list)
    guard_reason = models.CharField(max_length=500, blank=True)
    agencies = ArrayField(models.CharField(max_length=5), default=list)  # whose people a list contains
    content_key = models.CharField(max_length=64, blank=True)  # of its lines, in any order
    again = models.BooleanField(default=False)  # the person knows that it was already brought
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal = models.TextField(blank=True)
    conclude_absence = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    applied_at = models.DateTimeField(null=True)
    # Who gave it up before it was applied, and why when somebody else had brought it.
    discarded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    discard_reason = models.CharField(max_length=300, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undo_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["department_id", "-created_at"], name="import_recent")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d}"


class Verdict(models.TextChoices):
    CREATED = "created", "Nouvelle"
    CHANGED = "changed", "Modifiée"
    UNCHANGED = "unchanged", "Inchangée"
    MATCHED = "matched", "Reconnue"
    DUPLICATE = "duplicate", "En double dans le fichier"
    AMBIGUOUS = "ambiguous", "À vérifier par une personne"
    UNKNOWN = "unknown", "Personne non trouvée"
    REJECTED = "rejected", "Rejetée"


class ImportRow(PersonalModel):
    """One line of a file and what became of it; read by the Département only.

    `data` holds the normalised values of the line, `problems` its remarks in plain French, `match_rule` why the
    person was recognised. A plain UUID names the person, since this table stands below people.
    """

    # No constraint nor index of its own: rows are written with their job locked, and read by its verdicts.
    job = models.ForeignKey(
        ImportJob, on_delete=models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    line = models.PositiveIntegerField()
    raw = ArrayField(models.TextField(), default=list)
    data = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    problems = models.JSONField(default=list)
    match_rule = models.CharField(max_length=30, blank=True)
    beneficiary_id = models.UUIDField(null=True)
    identity = models.CharField(max_length=64, blank=True)  # of a line somebody must decide on: the same every month

    class Meta:
        ordering = ["line", "id"]
        indexes = [
            models.Index(fields=["job", "verdict", "line"], name="importrow_verdict"),
            models.Index(fields=["identity"], name="importrow_identity", condition=~models.Q(identity="")),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.verdict}"


class LineCorrection(PersonalModel):
    """What a person corrected in one line before it was applied, by name of column; `ImportRow.raw` keeps the former.

    Never changed: a second correction is a second row. A number of social security is kept as ciphertext.
    """

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="corrections")
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.line}"
