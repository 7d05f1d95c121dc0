"""Organisations, the kinds they are of, their teams, and the Départements they work in."""

from __future__ import annotations

import uuid

from django.db import models

from partners.models.departments import Department, Territory


class OrganizationKind(models.Model):
    """A row, not an enumeration: a Département may add its own."""

    code = models.CharField(primary_key=True, max_length=30)
    label = models.CharField("libellé", max_length=80)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label


class Organization(models.Model):
    """A tenant. Identified by SIRET, RNA or (local law of Moselle) tribunal, volume and folio; none is required."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.ForeignKey(OrganizationKind, on_delete=models.PROTECT)
    name = models.CharField("nom", max_length=150)
    search_name = models.CharField(max_length=150, db_index=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    rna = models.CharField("RNA", max_length=10, blank=True)
    tribunal = models.CharField("tribunal", max_length=80, blank=True)
    volume = models.CharField("volume", max_length=20, blank=True)
    folio = models.CharField("folio", max_length=20, blank=True)
    email = models.EmailField("adresse e-mail", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    city = models.CharField("commune", max_length=80, blank=True)
    receives_referrals = models.BooleanField("reçoit des orientations", default=True)
    answers_by_mail = models.BooleanField("reçoit aussi les orientations par courriel", default=False)
    active = models.BooleanField(default=True)
    departments = models.ManyToManyField(Department, through="Presence", related_name="organizations")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["siret"], condition=~models.Q(siret=""), name="organization_siret"),
            models.UniqueConstraint(fields=["rna"], condition=~models.Q(rna=""), name="organization_rna"),
        ]

    def __str__(self) -> str:
        return self.name


class Presence(models.Model):
    """An organisation works in a Département; a Région or Pôle emploi may work in several, and nothing crosses."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE)
    department = models.ForeignKey(Department, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "department"], name="one_presence")]

    def __str__(self) -> str:
        return f"{self.organization} · {self.department}"


class Team(models.Model):
    """A CMS, an agency, a branch, a service of an organisation in one Département."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="teams")
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    name = models.CharField("nom", max_length=100)
    territory = models.ForeignKey(Territory, null=True, blank=True, on_delete=models.PROTECT, verbose_name="territoire")
    agency_code = models.CharField("code de l'agence (5 chiffres)", max_length=5, blank=True)
    sees_people = models.BooleanField("voit des personnes accompagnées", default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organization", "department", "name"], name="team_name")]

    def __str__(self) -> str:
        return self.name


class ClosingPeriod(models.Model):
    """Days when an organisation is closed: its clocks stop."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="closing_periods")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="closing_order")
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"
