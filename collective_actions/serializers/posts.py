"""Open posts and models of action as machines read and write them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from collective_actions.models import ActionModel, Contract
from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from partners.models import Organization


class PostWritten(serializers.Serializer[Any]):
    """What one may write of a post."""

    months = serializers.IntegerField(min_value=1, max_value=60, required=False, allow_null=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    prescribers = serializers.CharField(max_length=200, required=False, allow_blank=True)
    weekly_hours = serializers.FloatField(min_value=0, max_value=48, required=False, allow_null=True)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    conditions = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    city = serializers.CharField(max_length=80, required=False, allow_blank=True)
    insee = serializers.CharField(max_length=5, required=False, allow_blank=True)


class PostInput(PostWritten):
    organization = VisibleField(Organization)
    name = serializers.CharField(max_length=150)
    contract = serializers.ChoiceField(Contract.choices)
    positions = serializers.IntegerField(min_value=1, max_value=100, default=1)


class PostEdit(PostWritten):
    name = serializers.CharField(max_length=150, required=False)
    contract = serializers.ChoiceField(Contract.choices, required=False)
    positions = serializers.IntegerField(min_value=1, max_value=100, required=False)
    filled = serializers.IntegerField(min_value=0, max_value=100, required=False, help_text="Postes pourvus.")


class PostOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="service_id", help_text="Aussi l'identifiant du service du répertoire.")
    name = serializers.CharField(source="service.name")
    organization = ReferenceSerializer(source="service.organization", allow_null=True)
    contract = serializers.ChoiceField(Contract.choices)
    months = serializers.IntegerField(allow_null=True)
    starts_on = serializers.DateField(allow_null=True)
    prescribers = serializers.CharField()
    positions = serializers.IntegerField()
    filled = serializers.IntegerField()
    weekly_hours = serializers.FloatField(source="service.weekly_hours", allow_null=True)
    conditions = serializers.CharField(source="service.conditions")


class PostQuery(PageQuery):
    left = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="Encore à pourvoir.")


class ModelInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=150)
    shared = serializers.BooleanField(required=False, default=False, help_text="Avec tout le Département.")


class ModelOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    shared = serializers.BooleanField()
    content = serializers.DictField(help_text="Ce que dit l'action : besoin, objectif, publics…")


class FromModelInput(serializers.Serializer[Any]):
    model = VisibleField(ActionModel)
    organization = VisibleField(Organization)
    name = serializers.CharField(max_length=150)
