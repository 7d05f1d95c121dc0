"""Registration gaps for machines."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from partners.models import Territory
from referrals.models import Beneficiary, GapClosing, GapKind, GapState
from referrals.serializers.people import CardOutput
from referrals.services.gaps import JUSTIFICATIONS

TO_CHECK = "to_check"  # what a partner reads in place of an exit whose motive is not his to know
KINDS = [*GapKind.choices, (TO_CHECK, "À vérifier avec la personne")]

JUSTIFICATION_CHOICES = [(reason.value, reason.label) for reason in JUSTIFICATIONS]


class GapOutput(serializers.Serializer[Any]):
    """A question to the professionals, never an accusation."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(KINDS)
    kind_label = serializers.CharField()
    state = serializers.ChoiceField(GapState.choices)
    state_label = serializers.CharField()
    month = serializers.DateField()
    person = CardOutput(allow_null=True)
    territory = ReferenceSerializer(allow_null=True)
    event_on = serializers.DateField(allow_null=True, help_text="null quand le motif ne vous est pas ouvert.")
    ends_on = serializers.DateField(allow_null=True)
    code = serializers.CharField()
    motive = serializers.CharField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closing = serializers.ChoiceField(GapClosing.choices, allow_blank=True)
    closing_note = serializers.CharField()
    justified_until = serializers.DateField(allow_null=True)
    in_charge = ReferenceSerializer(allow_null=True)
    in_charge_team = ReferenceSerializer(allow_null=True)
    actions = serializers.ListField(child=serializers.CharField(), help_text="Gestes possibles dans cet état.")


class GapQuery(PageQuery):
    open = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Encore ouverts, ou refermés."
    )
    state = serializers.ChoiceField(GapState.choices, required=False)
    kind = serializers.ChoiceField(KINDS, required=False)
    territory = VisibleField(Territory, required=False)
    beneficiary = VisibleField(Beneficiary, required=False)


class TallyOutput(serializers.Serializer[Any]):
    """A (name, count) pair as machines read it."""

    name = serializers.CharField()
    count = serializers.IntegerField()

    def to_representation(self, pair: tuple[str, int]) -> dict[str, Any]:
        return dict(zip(("name", "count"), pair, strict=True))


class DigestOutput(serializers.Serializer[Any]):
    """The last seven days, of the gaps one sees."""

    since = serializers.DateTimeField()
    opened = serializers.IntegerField()
    closed = TallyOutput(many=True, help_text="Par issue.")
    open = serializers.IntegerField()
    never_seen = serializers.IntegerField()
    mine = serializers.IntegerField(help_text="Que vous avez prises en charge, ou de vos suivis.")
    explained = serializers.IntegerField(help_text="Dont l'absence est déjà expliquée.")
    missing = serializers.ListField(child=serializers.CharField(), help_text="Listes du mois pas encore arrivées.")
    oldest = serializers.DateField(allow_null=True)
    partners = TallyOutput(many=True, help_text="Écarts ouverts par organisme référent.")
    rate = serializers.FloatField(allow_null=True, help_text="Part des personnes tenues de s'inscrire qui le sont, %.")
    list_date = serializers.DateField(allow_null=True)


class ResolveInput(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300, help_text="Le justificatif vu.")


class JustifyInput(serializers.Serializer[Any]):
    closing = serializers.ChoiceField(JUSTIFICATION_CHOICES)
    until = serializers.DateField(help_text="Aucune liste ne le rouvre avant ce jour.")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class BulkInput(serializers.Serializer[Any]):
    """One gesture on several gaps; `target`, `closing`, `until`, `note` as the gesture needs them."""

    gesture = serializers.ChoiceField(["acknowledge", "take_charge", "justify", "reassign"])
    gaps = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=100)
    target = serializers.CharField(
        required=False, help_text="reassign : `member:<id>`, `team:<id>` ou `department`.", max_length=60
    )
    closing = serializers.ChoiceField(JUSTIFICATION_CHOICES, required=False)
    until = serializers.DateField(required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)

    needed = {"reassign": ("target",), "justify": ("closing", "until")}
    takes = {"reassign": ("target", "note"), "justify": ("closing", "until", "note")}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in self.needed.get(attrs["gesture"], ()) if name not in attrs]
        if missing:
            raise serializers.ValidationError(dict.fromkeys(missing, "Ce champ est obligatoire pour ce geste."))
        return attrs


class RefusedOutput(serializers.Serializer[Any]):
    gap = serializers.UUIDField()
    message = serializers.CharField()


class BulkOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="À annuler par `gestures/<id>/undo/` jusqu'à `undo_until`.")
    done = serializers.ListField(child=serializers.UUIDField())
    refused = RefusedOutput(many=True)
    undo_until = serializers.DateTimeField()


class UndoOutput(serializers.Serializer[Any]):
    undone = serializers.IntegerField()
