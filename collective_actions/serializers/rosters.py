"""Lists of trainees for machines: verdicts on form only, whoever the lists name."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from hub.core.rest.fields import ReferenceSerializer
from partners.models.files import ImportState


class RosterInput(serializers.Serializer[Any]):
    file = serializers.FileField()
    again = serializers.BooleanField(required=False, default=False, help_text="Le même fichier, sciemment.")


class RosterOutput(serializers.Serializer[Any]):
    """What the form of a file says; nothing here depends on who is known to the Département."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    organization = ReferenceSerializer(allow_null=True)
    state = serializers.ChoiceField(ImportState.choices)
    created_at = serializers.DateTimeField()
    lines = serializers.IntegerField()
    sessions = serializers.IntegerField()
    rejected = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    without_end = serializers.IntegerField(help_text="Lignes dont la fin de formation n'est pas dite.")
    faults = serializers.ListField(child=serializers.CharField())
    refusal = serializers.CharField()
