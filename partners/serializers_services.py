"""Services of the directory as machines read and write them; codes are those of data·inclusion v1."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from partners.models import Organization
from partners.models.services import ServiceNature, ServiceState
from partners.selectors.directory.asked import DISTANCES
from partners.themes import THEME_LABELS
from partners.vocabulary import ACTION_MODES, AUDIENCES, FEES, KINDS, NETWORKS, RECEPTION, REFERRERS

KIND_CHOICES = sorted(KINDS.items())


def _codes(codes: dict[str, str], **options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.ChoiceField(choices=sorted(codes)), required=False, **options)


def _text(longest: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, required=False, allow_blank=True, **options)


class Located(serializers.Serializer[Any]):
    """Where a service or a structure is."""

    address = _text(200)
    address_extra = _text(200)
    postcode = _text(5)
    city = _text(80)
    insee = _text(5, help_text="Code INSEE de la commune.")
    latitude = serializers.FloatField(required=False, allow_null=True)
    longitude = serializers.FloatField(required=False, allow_null=True)


class Written(Located):
    """What one may write of a service."""

    description = _text(10_000)
    kind = serializers.ChoiceField(choices=KIND_CHOICES, required=False, allow_blank=True)
    themes = _codes(THEME_LABELS)
    audiences = _codes(AUDIENCES, help_text="`tous-publics` seul, ou les publics concernés.")
    audience_details = _text(1000)
    conditions = _text(1000)
    fee = serializers.ChoiceField(choices=sorted(FEES), required=False, allow_blank=True)
    fee_details = _text(500)
    reception = _codes(RECEPTION)
    zone = serializers.ListField(
        child=serializers.CharField(max_length=9),
        required=False,
        help_text="Codes de communes, d'EPCI, de départements, ou `france`.",
    )
    opening_hours = _text(300, help_text="Format OpenStreetMap : `Mo-Fr 08:30-12:30`.")
    phone = _text(20)
    email = _text(254)
    contact_name = _text(120)
    referrers = _codes(REFERRERS)
    action_modes = _codes(ACTION_MODES)
    action_url = _text(500)
    action_details = _text(1000)
    weekly_hours = serializers.FloatField(required=False, allow_null=True)
    weeks = serializers.IntegerField(required=False, allow_null=True)
    public = serializers.BooleanField(required=False, help_text="Publié dans l'annuaire ouvert.")


class ServiceEdit(Written):
    name = serializers.CharField(max_length=150, required=False)
    sensitive = serializers.BooleanField(required=False)


class ServiceInput(Written):
    organization = VisibleField(Organization)
    name = serializers.CharField(max_length=150)
    sensitive = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Par défaut, selon le thème."
    )
    draft = serializers.BooleanField(required=False, default=False)


class ServiceOutput(Written):
    id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=ServiceState.values)
    nature = serializers.ChoiceField(choices=ServiceNature.values)
    organization = ReferenceSerializer(
        allow_null=True, help_text="Organisme du réseau ; null pour une structure d'un fichier, pas encore rattachée."
    )
    provider = serializers.CharField(source="provider.name", help_text="Qui le propose.")
    sensitive = serializers.BooleanField(help_text="Une orientation vers ce service n'est connue que des deux parties.")
    verified_on = serializers.DateField(allow_null=True)
    updated_on = serializers.DateField(allow_null=True)


class StructureEdit(Located):
    """What one may write of a structure that a file brought, before it joins the network."""

    name = serializers.CharField(max_length=150, required=False)
    description = _text(10_000)
    siret = _text(14)
    phone = _text(20)
    email = _text(254)
    opening_hours = _text(300, help_text="Format OpenStreetMap : `Mo-Fr 08:30-12:30`.")
    website = _text(500)
    accessibility_url = _text(500)
    networks = _codes(NETWORKS)


class StructureOutput(StructureEdit):
    id = serializers.UUIDField()


class ServiceSearchPage(serializers.Serializer[Any]):
    """A page of the search, with how many services each other choice would give."""

    count = serializers.IntegerField(help_text="Nombre exact de services, toutes pages confondues.")
    next = serializers.URLField(allow_null=True)
    results = ServiceOutput(many=True)
    facets = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Nombre de services par valeur : `t:` thème, `c:` catégorie, `k:` type, `a:` public, `f:` frais, "
        "`r:` accueil, `z:` territoire, `n:` nature, "
        "`p:left` places restantes.",
    )
    instead = serializers.CharField(help_text="Mots cherchés à la place de ceux qui ne se trouvent nulle part.")


class ServiceQuery(PageQuery):
    """The search of the directory."""

    q = _text(100, default="", help_text="Mots, sans accents ; une faute de frappe est comprise.")
    theme = _text(120, default="", help_text="Un thème, ou une catégorie entière (`mobilite`).")
    kind = serializers.ChoiceField(choices=KIND_CHOICES, required=False)
    audience = serializers.ChoiceField(choices=sorted(AUDIENCES), required=False)
    fee = serializers.ChoiceField(choices=sorted(FEES), required=False)
    mode = serializers.ChoiceField(choices=sorted(RECEPTION), required=False)
    territory = serializers.UUIDField(required=False)
    commune = _text(80, default="", help_text="Nom ou code INSEE.")
    distance = serializers.ChoiceField(choices=DISTANCES, required=False, help_text="Kilomètres autour de la commune.")
    nature = serializers.ChoiceField(choices=ServiceNature.values, required=False, help_text="Ce qui est décrit.")
    places = serializers.ChoiceField(choices=["left"], required=False, help_text="Seulement ce qui a des places.")
    organization = VisibleField(Organization, required=False, help_text="Seulement ceux de cet organisme.")
