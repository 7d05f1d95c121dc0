"""Doubtful lines and decisions, for machines of the Département."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hub.core.rest.fields import ReferenceSerializer
from referrals.models import MatchAnswer
from referrals.selectors.imports import line_name, sentences
from referrals.services.matches import proposed


class MatchOutput(serializers.Serializer[Any]):
    """A line that waits for a person to say who it is."""

    id = serializers.UUIDField()
    import_id = serializers.UUIDField(source="job_id")
    organization = ReferenceSerializer(source="job.organization", help_text="Qui a apporté le fichier.")
    line = serializers.IntegerField()
    name = serializers.SerializerMethodField()
    suggested = serializers.SerializerMethodField()
    candidates = serializers.SerializerMethodField()

    @extend_schema_field(str)
    def get_name(self, row: Any) -> str:
        """As the file writes it."""
        return line_name(row.data)

    @extend_schema_field(bool)
    def get_suggested(self, row: Any) -> bool:
        """True when no rule recognised anybody: people it only resembles."""
        return "candidates" not in row.data

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_candidates(self, row: Any) -> list[str]:
        """Whom it may be."""
        return [str(pk) for pk in proposed(row)]


class ComparedOutput(serializers.Serializer[Any]):
    compared = serializers.CharField(source="label", help_text="Ce qui est comparé : nom, date de naissance…")
    line = serializers.CharField(allow_blank=True)
    person = serializers.CharField(allow_blank=True)
    mark = serializers.ChoiceField(["same", "other", "unsaid"])


class CandidateOutput(serializers.Serializer[Any]):
    beneficiary_id = serializers.SerializerMethodField()
    values = ComparedOutput(many=True)

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_beneficiary_id(self, one: Any) -> str | None:
        """Null for somebody whose file the caller may not open."""
        return str(one.person.pk) if one.person else None


class DecisionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    answer = serializers.ChoiceField(MatchAnswer.choices)
    beneficiary_id = serializers.UUIDField(allow_null=True)
    import_id = serializers.UUIDField(source="job_id")
    line = serializers.IntegerField()
    organization = ReferenceSerializer(help_text="Pour les fichiers de qui elle vaut.")
    decided_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


class MatchRecordOutput(serializers.Serializer[Any]):
    """A line beside its candidates."""

    match = MatchOutput(source="row")
    sentences = serializers.SerializerMethodField()
    candidates = CandidateOutput(many=True)
    decision = DecisionOutput(allow_null=True)
    open = serializers.BooleanField(help_text="Attend une réponse.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_sentences(self, match: Any) -> list[str]:
        """Why it is doubtful."""
        return sentences(match.row)


class DecisionInput(serializers.Serializer[Any]):
    answer = serializers.ChoiceField(MatchAnswer.choices)
    beneficiary = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Une des personnes proposées, avec `person`."
    )
