"""What is offered to people, by whom and where: structures and services as data·inclusion v1 describes them."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from partners.models.departments import Department
from partners.models.organizations import Organization

# Themes whose mere mention says something intimate (domain: sensitive services). data·inclusion codes.
SENSITIVE_THEMES = frozenset(
    {
        "sante--addictions",
        "sante--sante-mentale",
        "sante--sante-sexuelle",
        "famille--surmonter-conflits-separation-violence",
        "difficultes-administratives-ou-juridiques--prendre-en-compte-une-problematique-judiciaire",
    }
)


class Described(models.Model):
    """What a structure and a service both say of themselves; codes of lists are those of `partners.vocabulary`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    source = models.CharField(max_length=60, blank=True)  # who wrote it first; empty: written here
    source_id = models.CharField(max_length=150, blank=True)
    source_url = models.URLField("page d'origine", max_length=500, blank=True)
    name = models.CharField("nom", max_length=150)
    description = models.TextField("description", max_length=10_000, blank=True)
    updated_on = models.DateField("dernière modification", null=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    address_extra = models.CharField("complément d'adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("commune", max_length=80, blank=True)
    insee = models.CharField("code de la commune", max_length=5, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    opening_hours = models.CharField("horaires", max_length=300, blank=True)

    class Meta:
        abstract = True


class Structure(Described):
    """Who offers, as a directory of elsewhere describes it; `organization`: who it is in the network, once known."""

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.SET_NULL, related_name="structures"
    )
    search_name = models.CharField(max_length=150)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    website = models.URLField("site web", max_length=500, blank=True)
    accessibility_url = models.URLField("accessibilité du lieu", max_length=500, blank=True)
    networks = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "source", "source_id"],
                condition=~models.Q(source_id=""),
                name="one_structure_by_source",
            ),
        ]
        indexes = [
            models.Index(fields=["department", "search_name"], name="structure_by_name"),
            models.Index(fields=["siret"], name="structure_by_siret", condition=~models.Q(siret="")),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publié"
    ARCHIVED = "archived", "Archivé"


class ServiceNature(models.TextChoices):
    """What stands behind an entry of the directory."""

    SERVICE = "service", "Services"
    ACTION = "action", "Actions collectives"
    PROFESSIONAL = "professional", "Actions entre professionnels"
    POST = "post", "Postes ouverts"


# To these a person is simply sent; in the others somebody enrols her, or himself, at a date.
SENT_TO = (ServiceNature.SERVICE, ServiceNature.POST)


class Service(Described):
    """One service in one Département: of an organisation of the network, of a structure known by a file, or both.

    `sensitive` closes referrals to it around two parties. The last columns are computed by `services.directory_index`.
    """

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="services"
    )
    structure = models.ForeignKey(Structure, null=True, blank=True, on_delete=models.PROTECT, related_name="services")
    state = models.CharField(max_length=10, choices=ServiceState.choices, default=ServiceState.PUBLISHED)
    nature = models.CharField(max_length=12, choices=ServiceNature.choices, default=ServiceNature.SERVICE)
    has_places = models.BooleanField(default=False)  # counted by who keeps its seats: `directory.places`
    kind = models.CharField("type", max_length=30, blank=True)
    themes = ArrayField(models.CharField(max_length=120), verbose_name="thèmes", default=list, blank=True)
    fee = models.CharField("frais", max_length=10, blank=True)
    fee_details = models.TextField("précisions sur les frais", blank=True)
    audiences = ArrayField(models.CharField(max_length=60), verbose_name="publics", default=list, blank=True)
    audience_details = models.TextField("précisions sur les publics", blank=True)
    conditions = models.TextField("conditions d'accès", blank=True)
    reception = ArrayField(models.CharField(max_length=20), verbose_name="accueil", default=list, blank=True)
    zone = ArrayField(models.CharField(max_length=9), verbose_name="zone d'éligibilité", default=list, blank=True)
    contact_name = models.CharField("personne à contacter", max_length=120, blank=True)
    action_url = models.URLField("lien pour en bénéficier", max_length=500, blank=True)
    action_modes = ArrayField(models.CharField(max_length=30), verbose_name="comment faire", default=list, blank=True)
    referrers = ArrayField(models.CharField(max_length=20), verbose_name="qui peut le faire", default=list, blank=True)
    action_details = models.TextField("précisions pour en bénéficier", blank=True)
    weekly_hours = models.FloatField("heures par semaine", null=True)
    weeks = models.PositiveSmallIntegerField("nombre de semaines", null=True)
    sensitive = models.BooleanField("service sensible", default=False)
    public = models.BooleanField("visible hors du réseau", default=False)
    verified_on = models.DateField("vérifié le", null=True)
    reminded_on = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    # What searches read.
    search_name = models.CharField(max_length=150, default="")
    same_key = models.CharField(max_length=200, default="")  # the same for what may be one service written twice
    keywords = models.TextField(blank=True)
    search = SearchVectorField(null=True)
    facets = ArrayField(models.CharField(max_length=130), default=list)
    lat = models.FloatField(null=True)  # its own place, else the middle of its commune
    lon = models.FloatField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "department", "name"],
                condition=models.Q(source_id="", merged_into=None),
                name="service_name",
            ),
            models.UniqueConstraint(
                fields=["department", "source", "source_id"],
                condition=~models.Q(source_id=""),
                name="one_service_by_source",
            ),
            models.CheckConstraint(
                condition=models.Q(organization__isnull=False) | models.Q(structure__isnull=False),
                name="service_offered_by_somebody",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="service_search"),
            GinIndex(fields=["facets"], name="service_facets"),
            models.Index(fields=["department", "state", "search_name", "id"], name="service_by_name"),
            models.Index(fields=["department", "same_key"], name="service_same"),
            models.Index(fields=["state", "verified_on"], name="service_freshness"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def provider(self) -> Organization | Structure:
        """Who offers it, as people know it: the structure when a file named one."""
        found = self.structure or self.organization
        assert found is not None  # a constraint of the table
        return found

    @property
    def theme(self) -> str:
        """The first theme, or nothing."""
        return self.themes[0] if self.themes else ""
