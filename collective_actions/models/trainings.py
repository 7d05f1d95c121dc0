"""What training bodies offer: a training (LHEO: formation and action) and its dated sessions. Nothing about people."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from collective_actions.formacode import THEMES
from partners.models import Department, Organization, Territory


class Goal(models.TextChoices):
    """LHEO `objectif-general-formation`."""

    CERTIFICATION = "certification", "Certification"
    PROFESSIONAL = "professional", "Professionnalisation"
    QUALIFYING = "qualifying", "Préparation à la qualification"
    BASICS = "basics", "Remise à niveau"
    REMOBILISATION = "remobilisation", "Remobilisation"
    IMPROVEMENT = "improvement", "Perfectionnement"
    CREATION = "creation", "Création d'entreprise"


class TeachingMode(models.TextChoices):
    """LHEO `modalites-enseignement`."""

    ON_SITE = "on_site", "En présentiel"
    MIXED = "mixed", "En partie à distance"
    REMOTE = "remote", "À distance"


class EntryMode(models.TextChoices):
    """LHEO `modalites-entrees-sorties`."""

    FIXED = "fixed", "À dates fixes"
    PERMANENT = "permanent", "Entrées et sorties permanentes"


class Remuneration(models.TextChoices):
    PAID = "paid", "Rémunérée"
    UNPAID = "unpaid", "Non rémunérée"


class Recruitment(models.TextChoices):
    """LHEO `etat-recrutement`; blank when nobody said."""

    OPEN = "open", "Recrutement ouvert"
    CLOSED = "closed", "Recrutement fermé"
    SUSPENDED = "suspended", "Recrutement suspendu"


LEVELS = {
    0: "Sans niveau particulier",
    1: "Niveau 1 (savoirs de base)",
    2: "Niveau 2 (socle de compétences)",
    3: "Niveau 3 (CAP, BEP)",
    4: "Niveau 4 (baccalauréat)",
    5: "Niveau 5 (bac + 2)",
    6: "Niveau 6 (licence)",
    7: "Niveau 7 (master)",
    8: "Niveau 8 (doctorat)",
}
"""Levels of the national framework of certifications (décret 2019-14)."""


class Training(models.Model):
    """What one body teaches, as LHEO 2.3 says it: a `formation` in one of its `actions`.

    Matched by the numbers of both when a file gives them, else by SIRET and title (`key`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    number = models.CharField("numéro de formation", max_length=80, blank=True)
    action_number = models.CharField("numéro d'action", max_length=80, blank=True)
    key = models.CharField(max_length=180)  # SIRET (else name) of the body and title, without accents
    source = models.CharField("source", max_length=60, blank=True)  # who wrote it first; empty: written here
    title = models.CharField("intitulé", max_length=255)
    search_title = models.CharField(max_length=255)
    objective = models.TextField("objectif", max_length=3000, blank=True)
    content = models.TextField("contenu", max_length=3000, blank=True)
    conditions = models.TextField("conditions d'accès", max_length=1000, blank=True)
    goal = models.CharField("but", max_length=20, choices=Goal.choices, blank=True)
    theme = models.CharField("thème", max_length=20, choices=list(THEMES.items()), blank=True)
    formacodes = ArrayField(models.CharField(max_length=5), verbose_name="Formacode", default=list, blank=True)
    rncp = ArrayField(models.CharField(max_length=10), verbose_name="RNCP", default=list, blank=True)
    rs = ArrayField(models.CharField(max_length=10), verbose_name="RS", default=list, blank=True)
    certif_info = ArrayField(models.CharField(max_length=10), verbose_name="Certif Info", default=list, blank=True)
    certifying = models.BooleanField("certifiante", null=True)
    level_in = models.PositiveSmallIntegerField("niveau d'entrée", null=True, choices=list(LEVELS.items()))
    level_out = models.PositiveSmallIntegerField("niveau de sortie", null=True, choices=list(LEVELS.items()))
    teaching = models.CharField("modalité", max_length=10, choices=TeachingMode.choices, blank=True)
    entry = models.CharField("entrées", max_length=10, choices=EntryMode.choices, blank=True)
    remuneration = models.CharField("rémunération", max_length=10, choices=Remuneration.choices, blank=True)
    costs_covered = models.BooleanField("prise en charge des frais possible", null=True)
    funders = ArrayField(models.CharField(max_length=2), verbose_name="financeurs", default=list, blank=True)
    hours = models.PositiveIntegerField("durée en heures", null=True)
    url = models.URLField("page de la formation", max_length=500, blank=True)
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.SET_NULL, related_name="trainings"
    )  # the body, once it is in the network
    publisher = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.SET_NULL, related_name="published_trainings"
    )  # who brought it here: the Région, the body, the Département
    body_name = models.CharField("organisme de formation", max_length=150)
    body_siret = models.CharField("SIRET", max_length=14, blank=True)
    contact_name = models.CharField("contact", max_length=120, blank=True)
    contact_phone = models.CharField("téléphone", max_length=20, blank=True)
    contact_email = models.EmailField("adresse e-mail", blank=True)

    class Meta:
        ordering = ["search_title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "number", "action_number"],
                condition=~models.Q(action_number=""),
                name="one_training_by_number",
            ),
            models.UniqueConstraint(
                fields=["department", "key"], condition=models.Q(action_number=""), name="one_training_by_key"
            ),
        ]
        indexes = [models.Index(fields=["department", "search_title"], name="training_by_title")]

    def __str__(self) -> str:
        return self.title

    @property
    def body(self) -> str:
        """Who teaches, as the network names it when it knows it."""
        return self.organization.name if self.organization else self.body_name


class TrainingSession(models.Model):
    """One session: its dates, its place, its seats. `starts_on` or `ends_on` empty: unknown or open (LHEO 00000000 and
    99999999)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="sessions")
    number = models.CharField("numéro de session", max_length=80, blank=True)
    starts_on = models.DateField("début", null=True)
    ends_on = models.DateField("fin", null=True)
    place = models.CharField("lieu", max_length=150, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("commune", max_length=80, blank=True)
    insee = models.CharField("code de la commune", max_length=5, blank=True)
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    places = models.PositiveSmallIntegerField("places", null=True)
    free_places = models.PositiveSmallIntegerField("places libres", null=True)  # as the body last said
    recruitment = models.CharField("recrutement", max_length=10, choices=Recruitment.choices, blank=True)
    info_dates = ArrayField(models.DateField(), verbose_name="réunions d'information", default=list, blank=True)
    registration = models.TextField("comment s'inscrire", max_length=1000, blank=True)
    url = models.URLField("page de la session", max_length=500, blank=True)
    cancelled_at = models.DateTimeField("annulée le", null=True)
    version = models.PositiveIntegerField(default=0)  # how often what a calendar shows of it has changed
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["training", "number"], condition=~models.Q(number=""), name="one_session_by_number"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="training_session_order",
            ),
            models.CheckConstraint(
                condition=models.Q(places=None)
                | models.Q(free_places=None)
                | models.Q(free_places__lte=models.F("places")),
                name="training_session_places",
            ),
        ]
        indexes = [
            models.Index(fields=["department", "starts_on", "id"], name="session_by_start"),
            models.Index(fields=["department", "ends_on"], name="session_by_end"),
            models.Index(fields=["department", "number"], name="session_by_number"),
        ]

    def __str__(self) -> str:
        start = f"{self.starts_on:%d/%m/%Y}" if self.starts_on else "date à préciser"
        return f"{self.training.title} · {start}"


class TrainingJournal(models.Model):
    """One line of the history of a training, or of one of its sessions: append-only. `changes`: field → [before,
    after]."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department_id = models.UUIDField(editable=False)
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="journal")
    session = models.ForeignKey(TrainingSession, null=True, on_delete=models.CASCADE, related_name="journal")
    name = models.CharField(max_length=20)
    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    organization_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)  # of the file that said so
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["training", "-at"], name="training_history"),
            models.Index(fields=["session", "-at"], name="training_session_history"),
            models.Index(fields=["job_id"], name="training_history_job", condition=models.Q(job_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d}"
