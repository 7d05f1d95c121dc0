"""Jobs followed, for machines."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from collective_actions.models import PlacementContract, PlacementStepKind, Trainee
from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from referrals.serializers.people import CardOutput


class PlacementQuery(PageQuery):
    mine = serializers.BooleanField(required=False, default=False, help_text="Ceux que vous suivez.")


class PlacementInput(serializers.Serializer[Any]):
    training_end = VisibleField(Trainee, help_text="La sortie de formation dont l'emploi est la suite.")
    contract = serializers.ChoiceField(PlacementContract.choices)
    starts_on = serializers.DateField()
    employer = serializers.CharField(required=False, allow_blank=True, default="", max_length=120)


class PlacementEndInput(serializers.Serializer[Any]):
    on = serializers.DateField(help_text="Dernier jour travaillé. Aucun motif n'est demandé.")


class PlacementStepOutput(serializers.Serializer[Any]):
    step = serializers.ChoiceField(PlacementStepKind.choices)
    due_on = serializers.DateField()
    done_on = serializers.DateField(allow_null=True)


class PlacementOutput(serializers.Serializer[Any]):
    """A job followed: six months at most."""

    id = serializers.UUIDField()
    person = CardOutput(allow_null=True)
    contract = serializers.ChoiceField(PlacementContract.choices)
    employer = serializers.CharField()
    starts_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)
    difficulty_on = serializers.DateField(allow_null=True, help_text="Une médiation est demandée depuis ce jour.")
    organization = ReferenceSerializer(help_text="Qui suit cet emploi.")
    steps = PlacementStepOutput(many=True)
