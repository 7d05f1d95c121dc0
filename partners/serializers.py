"""The network as machines read it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from partners.models import Organization


class TerritoryOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class TeamOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    organization_id = serializers.UUIDField()
    territory_id = serializers.UUIDField(allow_null=True)
    agency_code = serializers.CharField(help_text="Code de l'agence, 5 chiffres, ou vide.")


class OrganizationOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField(source="kind_id", help_text="Code stable, par exemple `udaf`, `siae`, `association`.")
    kind_label = serializers.CharField(source="kind.label")
    city = serializers.CharField()
    siret = serializers.CharField()
    rna = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    receives_referrals = serializers.BooleanField()
    active = serializers.BooleanField()


class MeOutput(serializers.Serializer[Any]):
    """The member behind the key or the session, and what he came to do."""

    user = ReferenceSerializer()
    email = serializers.CharField()
    membership_id = serializers.UUIDField()
    organization = OrganizationOutput()
    department = TerritoryOutput(help_text="Le Département : son code et son nom.")
    team = ReferenceSerializer(allow_null=True)
    role = serializers.CharField(help_text="`manager` ou `member`.")
    functions = serializers.ListField(child=serializers.CharField())
    territories = TerritoryOutput(many=True)


class OrganizationQuery(PageQuery):
    search = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=100,
        help_text="Mots du nom ou de la commune, sans accents.",
    )
    q = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=100, help_text="Autre nom de `search`."
    )
    kind = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=30, help_text="Code du genre."
    )


class OfOrganizationQuery(PageQuery):
    organization = VisibleField(Organization, required=False, help_text="Seulement ceux de cet organisme.")
