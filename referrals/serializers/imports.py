"""Files for machines: what is sent, and what became of it."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hub.core.access import visible
from hub.core.rest.fields import UNKNOWN, ReferenceSerializer, acting
from hub.core.rest.pages import PageQuery
from partners.importers import STEPS
from partners.models import Territory
from partners.models.files import ImportKind, ImportState, ListNature, Verdict
from partners.services.coverage import sheets_of
from referrals.selectors.imports import current_step

# Other names of the kinds, and the nature they imply for a list.
ALIASES = {
    "people_table": (ImportKind.PEOPLE, ""),
    "registration_stock": (ImportKind.REGISTRATION, ListNature.COMPLETE),
    "registration_exits": (ImportKind.REGISTRATION, ListNature.EVENTS),
    "registration_snapshot": (ImportKind.REGISTRATION, ListNature.COMPLETE),
}
KINDS = [*ImportKind.choices, *((alias, kind.label) for alias, (kind, _) in ALIASES.items())]
MONTH = re.compile(r"(\d{4})-(\d{2})(?:-\d{2})?")


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d{2}$", "example": "2026-10"})
class MonthField(serializers.Field):
    """`YYYY-MM`, held as the first day of the month."""

    default_error_messages = {"invalid": "Écrivez le mois sous la forme AAAA-MM."}

    def to_internal_value(self, data: Any) -> date:
        found = MONTH.fullmatch(str(data))
        if found is None or not (1 <= int(found[2]) <= 12 and int(found[1]) >= 2000):
            self.fail("invalid")
        return date(int(found[1]), int(found[2]), 1)

    def to_representation(self, value: date) -> str:
        return f"{value:%Y-%m}"


@extend_schema_field(str)
class TerritoryField(serializers.Field):
    """A territory of one's Département, by code or id; unknown and foreign are the same."""

    def to_internal_value(self, data: Any) -> Territory:
        text = str(data).strip()
        named = {"pk": text} if _is_id(text) else {"code": text}
        known = text.isprintable()  # PostgreSQL refuses NUL
        found = visible(acting(), Territory).filter(**named).first() if known else None
        if found is None:
            raise serializers.ValidationError(UNKNOWN, code="unknown")
        return found


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class ImportInput(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(KINDS)
    file = serializers.FileField(allow_empty_file=True, max_length=200)
    month = MonthField(required=False, help_text="Mois de la liste (AAAA-MM) ; vide : proposé d'après le fichier.")
    territory = TerritoryField(
        required=False,
        help_text="Code ou identifiant ; vide : tout le Département quand `nature` est donnée, sinon proposé.",
    )
    nature = serializers.ChoiceField(
        ListNature.choices,
        required=False,
        help_text="Liste complète, ou événements seulement ; vide : proposée d'après le fichier.",
    )
    again = serializers.BooleanField(required=False, default=False, help_text="Reprendre un fichier déjà apporté.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Aliases become the kind they name, and the nature they imply."""
        kind, nature = ALIASES.get(attrs["kind"], (attrs["kind"], ""))
        return attrs | {"kind": str(kind), "nature": attrs.get("nature") or str(nature)}


class CoverageInput(serializers.Serializer[Any]):
    """What changes; what is not sent stays."""

    month = MonthField(required=False)
    territory = TerritoryField(required=False, allow_null=True, help_text="Code ou identifiant ; null : partout.")
    nature = serializers.ChoiceField(ListNature.choices, required=False)
    sheet = serializers.CharField(required=False, max_length=100, help_text="Nom de la feuille à lire (`sheets`).")


class ProposalOutput(serializers.Serializer[Any]):
    value = serializers.CharField(help_text="Mois AAAA-MM-01, identifiant de territoire (vide : partout) ou nature.")
    why = serializers.CharField(help_text="Ce qui, dans le fichier, le dit.")
    written = serializers.CharField(
        required=False, help_text="Présent quand un titre ou un nom le dit en toutes lettres."
    )


class ProgressOutput(serializers.Serializer[Any]):
    name = serializers.ChoiceField(list(STEPS.items()))
    done = serializers.IntegerField(help_text="Lignes lues.")
    total = serializers.IntegerField(allow_null=True, help_text="Lignes du fichier, à peu près ; null : inconnu.")


class CorrectionInput(serializers.Serializer[Any]):
    cells = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=500),
        allow_empty=False,
        help_text="Nom de colonne (last_name, first_names, birth_date, pes, nir…) → ce qu'elle aurait dû contenir.",
    )


class ConfirmInput(serializers.Serializer[Any]):
    conclude_absence = serializers.BooleanField(
        required=False, default=False, help_text="Je confirme que toutes les listes attendues pour ce mois sont là."
    )
    acknowledge_guards = serializers.ListField(
        child=serializers.CharField(max_length=30),
        required=False,
        default=list,
        max_length=10,
        help_text="Noms des alertes de `guards` que je confirme en connaissance de cause.",
    )
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=500, help_text="Pourquoi, si des alertes sont là."
    )


class UndoInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, help_text="Pourquoi cet import est annulé.")


class DiscardInput(serializers.Serializer[Any]):
    reason = serializers.CharField(
        max_length=300, required=False, help_text="Obligatoire pour le fichier de quelqu'un d'autre, qui est prévenu."
    )


class GuardOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ColumnOutput(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    title = serializers.CharField()
    samples = serializers.ListField(child=serializers.CharField(), help_text="Trois premières valeurs, NIR cachés.")
    understood_as = serializers.CharField(source="field", help_text="Vide : colonne non reprise.")


class MappingOutput(serializers.Serializer[Any]):
    """Which column is what; empty once the file is destroyed."""

    problem = serializers.CharField()
    repair = serializers.BooleanField()
    columns = ColumnOutput(many=True)
    choices = serializers.DictField(child=serializers.CharField(), help_text="Ce qu'une colonne peut être.")


class MappingInput(serializers.Serializer[Any]):
    columns = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=40),
        max_length=200,
        help_text="Le champ de chaque colonne, dans l'ordre du fichier ; vide : ne pas reprendre.",
    )
    repair = serializers.BooleanField(required=False, default=False, help_text="Réparer les accents abîmés.")


class FileOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Octets.")
    sha256 = serializers.CharField()


class RefusalOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class AudienceOutput(serializers.Serializer[Any]):
    organization = serializers.CharField()
    team = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField(help_text="Écarts dont elle serait prévenue.")
    to_correct = serializers.BooleanField(
        required=False, help_text="Personnes à vérifier de son côté, en une seule liste, plutôt que des écarts."
    )


class ImportOutput(serializers.Serializer[Any]):
    """received → analysing → analysed → (confirm) → applying → applied; or refused, or discarded.

    `unspecified`: titles were found but columns are missing; say them (`mapping/`), the analysis begins again.
    """

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(ImportKind.choices)
    state = serializers.ChoiceField(ImportState.choices)
    state_label = serializers.CharField(source="get_state_display")
    state_at = serializers.DateTimeField()
    file = FileOutput()
    organization = ReferenceSerializer()
    created_at = serializers.DateTimeField()
    created_by = serializers.SerializerMethodField()
    month = MonthField(allow_null=True)
    territory = ReferenceSerializer(allow_null=True)
    nature = serializers.ChoiceField(ListNature.choices, allow_blank=True)
    sheet = serializers.CharField(help_text="Feuille choisie par une personne ; vide : la première reconnue.")
    sheets = serializers.SerializerMethodField()
    stated = serializers.ListField(
        child=serializers.CharField(), help_text="Ce qu'une personne a indiqué ; le reste est proposé."
    )
    proposals = serializers.DictField(child=ProposalOutput(), help_text="Ce que le fichier semble être.")
    progress = serializers.SerializerMethodField()
    encoding = serializers.CharField()
    separator = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    counts = serializers.DictField(child=serializers.IntegerField())
    audience = serializers.SerializerMethodField()
    warnings = serializers.ListField(child=serializers.CharField())
    guards = GuardOutput(many=True, help_text="Ce qui surprend : à confirmer par écrit avant d'appliquer.")
    refusal = serializers.SerializerMethodField()
    conclude_absence = serializers.BooleanField()
    applied_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(ProgressOutput(allow_null=True))
    def get_progress(self, job: Any) -> dict[str, Any] | None:
        """How far the worker is, while it is at it."""
        told = current_step(job)
        return asdict(told) if told else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_sheets(self, job: Any) -> list[str]:
        """The sheets of a workbook, the one read first."""
        return sheets_of(job)

    @extend_schema_field(AudienceOutput(many=True))
    def get_audience(self, job: Any) -> list[dict[str, Any]]:
        """Whom applying would tell (Département); the view fills it."""
        return []

    @extend_schema_field(ReferenceSerializer(allow_null=True))
    def get_created_by(self, job: Any) -> dict[str, Any] | None:
        """The member who brought it."""
        return {"id": str(job.created_by_id), "name": str(job.created_by)} if job.created_by else None

    @extend_schema_field(RefusalOutput(allow_null=True))
    def get_refusal(self, job: Any) -> dict[str, str] | None:
        """Why the file was refused."""
        return {"code": job.refusal_code, "detail": job.refusal} if job.refusal_code else None


class RowQuery(PageQuery):
    verdict = serializers.ChoiceField(Verdict.choices, required=False)


class RowOutput(serializers.Serializer[Any]):
    """One line and its verdict; its cells stay on the screen of the Département, since they may hold a NIR."""

    line = serializers.IntegerField()
    verdict = serializers.ChoiceField(Verdict.choices)
    verdict_label = serializers.CharField(source="get_verdict_display")
    problems = serializers.JSONField()
    match_rule = serializers.CharField()
    beneficiary_id = serializers.UUIDField(allow_null=True)
