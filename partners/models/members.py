"""Who may act for an organisation, in which team, with which functions; invitations and tokens."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partners.models.departments import Department, Territory
from partners.models.organizations import Organization, Team
from partners.models.users import User


class Function(models.TextChoices):
    """What a member comes to do; rights come from functions and relations, never from the kind of organisation."""

    COORDINATION = "coordination", "Coordination d'un territoire"
    SOCIAL_WORK = "social_work", "Travail social : premiers entretiens et décisions d'orientation"
    SUPERVISION = "supervision", "Encadrement"
    RECRUITMENT = "recruitment", "Qualification et recrutement"
    JOB_DEVELOPMENT = "job_development", "Développement de l'emploi"
    COUNSELLING = "counselling", "Accompagnement : répond aux orientations"
    PEOPLE_IMPORT = "people_import", "Import de personnes"
    REGISTRATION_LISTS = "registration_lists", "Dépôt des listes mensuelles"
    ROSTERS = "rosters", "Dépôt des listes de stagiaires"
    NEEDS = "needs", "Publication de besoins de bénévolat"
    NETWORK_LEAD = "network_lead", "Tête de réseau"
    ADMINISTRATION = "administration", "Administration de la plateforme"
    CONTROL = "control", "Contrôle"


# Whoever may be asked to follow somebody: neither control, nor administration, nor recruitment.
FOLLOWING = (
    Function.COORDINATION,
    Function.SOCIAL_WORK,
    Function.SUPERVISION,
    Function.COUNSELLING,
    Function.JOB_DEVELOPMENT,
)


class Role(models.TextChoices):
    MANAGER = "manager", "Responsable"
    MEMBER = "member", "Membre"


class Membership(models.Model):
    """One user, one organisation, one Département. Read again at every request."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, verbose_name="équipe")
    role = models.CharField("rôle", max_length=10, choices=Role.choices, default=Role.MEMBER)
    functions = ArrayField(models.CharField(max_length=30, choices=Function.choices), default=list, blank=True)
    territories = models.ManyToManyField(Territory, blank=True, verbose_name="territoires")
    working_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)  # 0 Monday … 6 Sunday
    active = models.BooleanField("actif", default=True)

    class Meta:
        ordering = ["user__last_name", "user__first_name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "organization", "department"], name="one_membership"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization}"


class Absence(models.Model):
    """Days when a member is away; what asks him to act also reaches his stand-in, else his team."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="absences")
    stand_in = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="absence_order")
        ]

    def __str__(self) -> str:
        return f"{self.starts_on:%d/%m/%Y} – {self.ends_on:%d/%m/%Y}"


class Invitation(models.Model):
    """A single-use link sent to one address; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("adresse e-mail")
    first_name = models.CharField("prénom", max_length=80, blank=True)
    last_name = models.CharField("nom", max_length=80, blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, verbose_name="équipe")
    role = models.CharField("rôle", max_length=10, choices=Role.choices, default=Role.MEMBER)
    functions = ArrayField(models.CharField(max_length=30, choices=Function.choices), default=list, blank=True)
    territories = models.ManyToManyField(Territory, blank=True, verbose_name="territoires")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)  # null until the mail has left: what the sweep looks for
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-sent_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "organization", "department"],
                condition=models.Q(accepted_at=None),
                name="one_pending_invitation",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class ApiToken(models.Model):
    """A machine's key to one membership: hashed, named, expiring, revocable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField("nom de la clé", max_length=80)
    prefix = models.CharField(max_length=8)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"
