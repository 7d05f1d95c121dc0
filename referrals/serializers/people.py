"""People: fields by level of access (see `referrals.disclosure`), what the Département writes, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from partners.models import Organization, Team, Territory
from referrals.models import CafRole, Level, RightsState, Sex, Track


class LevelledSerializer(serializers.Serializer[Any]):
    """Shows only the fields it is given: what a level does not open is absent, not empty."""

    def to_representation(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        shown = self.fields
        return {
            name: None if value is None else shown[name].to_representation(value)
            for name, value in instance.items()
            if name in shown
        }


class CommuneOutput(serializers.Serializer[Any]):
    insee = serializers.CharField()
    name = serializers.CharField()


class CardOutput(LevelledSerializer):
    """A person as a list names her."""

    id = serializers.UUIDField()
    level = serializers.ChoiceField(
        Level.choices, help_text="Ce que votre relation avec la personne ouvre de son dossier."
    )
    first_name = serializers.CharField()
    initial = serializers.CharField()
    last_name = serializers.CharField(required=False)
    first_names = serializers.CharField(required=False)
    birth_date = serializers.DateField(required=False, allow_null=True)
    sex = serializers.ChoiceField(Sex.choices, required=False, allow_blank=True)
    died = serializers.BooleanField(required=False)


class OpenGapOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.CharField()


class PathwayOutput(serializers.Serializer[Any]):
    """The track in force, who supports the person, her open registration gap."""

    track = serializers.ChoiceField(Track.choices, allow_null=True)
    effective_on = serializers.DateField(allow_null=True)
    referent_organization = ReferenceSerializer(allow_null=True)
    referent_team = ReferenceSerializer(allow_null=True)
    referent = ReferenceSerializer(allow_null=True)
    open_gap = OpenGapOutput(allow_null=True)


class BeneficiaryOutput(CardOutput):
    """A person's file, as far as the level opens it. The NIR is never in it."""

    phone = serializers.CharField(required=False)
    email = serializers.CharField(required=False)
    postcode = serializers.CharField(required=False)
    city = serializers.CharField(required=False)
    territory = ReferenceSerializer(required=False, allow_null=True)
    do_not_call = serializers.BooleanField(required=False, help_text="À lire avant tout contact.")
    do_not_write = serializers.BooleanField(required=False, help_text="À lire avant tout contact.")
    confidential_address = serializers.BooleanField(required=False, help_text="L'adresse n'est alors jamais donnée.")
    contact_through = serializers.CharField(required=False, help_text="À lire avant tout contact.")
    birth_name = serializers.CharField(required=False)
    birth_date_partial = serializers.CharField(required=False)
    address = serializers.CharField(required=False)
    commune = CommuneOutput(required=False, allow_null=True)
    caf_fund = serializers.CharField(required=False)
    caf_organization = serializers.CharField(required=False)
    caf_number = serializers.CharField(required=False)
    caf_role = serializers.ChoiceField(CafRole.choices, required=False, allow_blank=True)
    pes_id = serializers.CharField(required=False)
    internal_id = serializers.CharField(required=False)
    rights_state = serializers.ChoiceField(RightsState.choices, required=False)
    rights_opened_on = serializers.DateField(required=False, allow_null=True)
    subject_to_obligations = serializers.BooleanField(required=False, allow_null=True)
    restricted = serializers.BooleanField(required=False)
    created_at = serializers.DateTimeField(required=False)
    updated_at = serializers.DateTimeField(required=False)
    pathway = PathwayOutput(required=False)


class BeneficiaryQuery(PageQuery):
    q = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=100,
        help_text="Débuts de mots du nom, sans accents (2 lettres au moins), ou un identifiant exact (Département).",
    )
    territory = VisibleField(Territory, required=False, help_text="Identifiant du territoire.")
    track = serializers.ChoiceField(Track.choices, required=False, help_text="Orientation en cours.")
    referent = VisibleField(Organization, required=False, help_text="Organisme référent unique.")
    rights_state = serializers.ChoiceField(RightsState.choices, required=False)
    open_gap = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Écart d'inscription ouvert."
    )


class BeneficiaryInput(serializers.Serializer[Any]):
    """What the Département writes; a field left out is left as it is (PATCH) or empty (POST)."""

    last_name = serializers.CharField(max_length=80)
    birth_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    first_names = serializers.CharField(max_length=80)
    sex = serializers.ChoiceField(Sex.choices, required=False, allow_blank=True)
    birth_date = serializers.DateField(required=False, allow_null=True)
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=5, required=False, allow_blank=True)
    city = serializers.CharField(max_length=80, required=False, allow_blank=True)
    commune = serializers.CharField(
        max_length=5,
        required=False,
        allow_null=True,
        source="commune_id",
        help_text="Code INSEE, jamais le code postal.",
    )
    caf_fund = serializers.CharField(max_length=3, required=False, allow_blank=True)
    caf_organization = serializers.CharField(max_length=3, required=False, allow_blank=True)
    caf_number = serializers.CharField(max_length=15, required=False, allow_blank=True)
    caf_role = serializers.ChoiceField(CafRole.choices, required=False, allow_blank=True)
    pes_id = serializers.CharField(max_length=20, required=False, allow_blank=True)
    internal_id = serializers.CharField(max_length=40, required=False, allow_blank=True)
    rights_state = serializers.ChoiceField(RightsState.choices, required=False)
    rights_opened_on = serializers.DateField(required=False, allow_null=True)
    subject_to_obligations = serializers.BooleanField(required=False, allow_null=True)
    nir = serializers.CharField(
        max_length=30, required=False, allow_blank=True, write_only=True, help_text="Écrit, jamais relu ici."
    )


class NewBeneficiary(BeneficiaryInput):
    """A file to open."""

    confirmed = serializers.BooleanField(
        required=False, default=False, help_text="C'est une autre personne que celle du même nom, née le même jour."
    )


class BeneficiaryChange(BeneficiaryInput):
    """The same, every field optional."""

    last_name = serializers.CharField(max_length=80, required=False)
    first_names = serializers.CharField(max_length=80, required=False)
    version = serializers.DateTimeField(
        required=False,
        help_text="Le `updated_at` que vous avez lu : 409 `stale`, sans rien changer, si la fiche a changé depuis.",
    )


class SafeContactInput(serializers.Serializer[Any]):
    do_not_call = serializers.BooleanField()
    do_not_write = serializers.BooleanField()
    confidential_address = serializers.BooleanField()
    contact_through = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ReasonInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, help_text="Dix caractères au moins ; votre responsable le lira.")


class NirInput(serializers.Serializer[Any]):
    nir = serializers.CharField(max_length=30, help_text="13 caractères, ou 15 avec la clé.")


class NirOutput(serializers.Serializer[Any]):
    nir = serializers.CharField(help_text="13 caractères. Cette lecture est journalisée.")


class TrackDecisionOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    track = serializers.ChoiceField(Track.choices)
    decided_on = serializers.DateField()
    effective_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)
    motive = serializers.CharField()
    designated = ReferenceSerializer(allow_null=True, help_text="Organisme référent.")
    informed_on = serializers.DateField(allow_null=True)
    recorded_at = serializers.DateTimeField()
    voided_at = serializers.DateTimeField(allow_null=True)


class TrackDecisionInput(serializers.Serializer[Any]):
    track = serializers.ChoiceField(Track.choices)
    decided_on = serializers.DateField()
    effective_on = serializers.DateField(help_text="Le jour de la décision, ou après.")
    designated = VisibleField(
        Organization, help_text="Organisme qui devient référent unique : une désignation lui part."
    )
    designated_team = VisibleField(Team, required=False, allow_null=True)
    motive = serializers.CharField(max_length=300, required=False, allow_blank=True)
    informed_on = serializers.DateField(
        required=False, allow_null=True, help_text="Jour où la personne a été informée."
    )


class VoidInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, help_text="L'erreur commise.")
