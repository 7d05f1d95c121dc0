"""Campaigns of summonses and slots for machines."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from hub.core.access import visible
from hub.core.rest.fields import ReferenceSerializer, VisibleField, acting
from hub.core.rest.pages import PageQuery
from partners.models import Commune, Organization, Team, Territory
from referrals.models import AppointmentMode, CampaignState, Slot, Summons
from referrals.selectors.campaigns import STAGES
from referrals.serializers.appointments import kept_reason
from referrals.serializers.people import CardOutput, CommuneOutput
from referrals.services.campaigns.people import MOST

STAGE_CHOICES = [(key, label) for key, (label, *_) in STAGES.items()]


class SlotOutput(serializers.Serializer[Any]):
    """Seats at a place: it names nobody."""

    id = serializers.UUIDField()
    place = serializers.CharField()
    address = serializers.CharField()
    commune = CommuneOutput(allow_null=True)
    organization = ReferenceSerializer()
    team = ReferenceSerializer(allow_null=True)
    co_host = ReferenceSerializer(allow_null=True, help_text="Le partenaire d'une séance commune.")
    mode = serializers.ChoiceField(AppointmentMode.choices)
    starts_at = serializers.DateTimeField()
    duration = serializers.IntegerField(help_text="En minutes.")
    capacity = serializers.IntegerField()
    taken = serializers.IntegerField()
    free = serializers.IntegerField()
    closed = serializers.BooleanField()


class SlotQuery(PageQuery):
    place = serializers.CharField(required=False, max_length=120, help_text="Une partie du lieu.")
    team = VisibleField(Team, required=False)
    since = serializers.DateTimeField(required=False, help_text="À venir par défaut.")
    free = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="Avec des places libres.")


class SlotInput(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField(
        help_text="Du lundi au vendredi, entre 7 h et 20 h ; ni un jour férié, ni un jour de fermeture."
    )
    duration = serializers.IntegerField(min_value=5, max_value=480, default=30)
    capacity = serializers.IntegerField(min_value=1, max_value=MOST)
    place = serializers.CharField(max_length=120)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    commune = serializers.CharField(max_length=5, required=False, help_text="Code INSEE.")
    mode = serializers.ChoiceField(AppointmentMode.choices, default=AppointmentMode.ON_SITE)
    team = VisibleField(Team, required=False)
    co_host = VisibleField(Organization, required=False)

    def validate_commune(self, value: str) -> Commune:
        """The commune itself."""
        found = visible(acting(), Commune).filter(pk=value).first()
        if found is None:
            raise serializers.ValidationError("Commune inconnue dans le Département.")
        return found


class SlotChange(serializers.Serializer[Any]):
    capacity = serializers.IntegerField(min_value=1, max_value=MOST, required=False)
    closed = serializers.BooleanField(required=False, help_text="Fermé, il ne donne plus de place.")


class StageOutput(serializers.Serializer[Any]):
    key = serializers.ChoiceField(STAGE_CHOICES)
    name = serializers.CharField()
    count = serializers.IntegerField()


class CampaignLine(serializers.Serializer[Any]):
    """A campaign as a list shows it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(CampaignState.choices)
    state_label = serializers.CharField()
    territory = ReferenceSerializer(allow_null=True)
    motive = serializers.CharField()
    bring = serializers.CharField()
    contact = serializers.CharField()
    follows = serializers.UUIDField(allow_null=True, help_text="La campagne dont celle-ci est la seconde convocation.")
    created_by = ReferenceSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


class CampaignOutput(CampaignLine):
    people = serializers.IntegerField()
    stages = StageOutput(many=True, help_text="Où en sont les personnes ; qui est venu n'est compté que pour qui suit.")
    slots = SlotOutput(many=True)
    actions = serializers.ListField(child=serializers.CharField(), help_text="Gestes possibles dans cet état.")


class CampaignQuery(PageQuery):
    state = serializers.ChoiceField(CampaignState.choices, required=False)


class PeopleInput(serializers.Serializer[Any]):
    """People one sees; those of registration gaps keep their gap."""

    people = serializers.ListField(child=serializers.UUIDField(), max_length=MOST, required=False, default=list)
    gaps = serializers.ListField(child=serializers.UUIDField(), max_length=MOST, required=False, default=list)


class CampaignInput(PeopleInput):
    name = serializers.CharField(max_length=100)
    motive = serializers.CharField(max_length=300, help_text="Chaque personne le lira.")
    bring = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    contact = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    territory = VisibleField(Territory, required=False)
    reason = kept_reason()


class WordsChange(serializers.Serializer[Any]):
    """The words people read, and the name colleagues read."""

    name = serializers.CharField(max_length=100, required=False)
    motive = serializers.CharField(max_length=300, required=False, help_text="Chaque personne le lira.")
    bring = serializers.CharField(max_length=300, required=False, allow_blank=True)
    contact = serializers.CharField(max_length=120, required=False, allow_blank=True)
    reason = kept_reason()


class SummonsesInput(serializers.Serializer[Any]):
    summonses = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST)


class SecondInput(SummonsesInput, WordsChange):
    """Whom, and the words that change from the first summons."""


class SlotsInput(serializers.Serializer[Any]):
    slots = serializers.ListField(child=serializers.UUIDField(), max_length=MOST)


class SummonsInput(serializers.Serializer[Any]):
    """One person of the campaign."""

    summons = VisibleField(Summons)


class PlaceInput(SummonsInput):
    slot = VisibleField(Slot, required=False, allow_null=True, default=None)


class TellInput(SummonsInput):
    told_how = serializers.CharField(
        max_length=120, required=False, allow_blank=True, default="",
        help_text="Comment elle est prévenue, sans courrier ; vide : un courrier lui sera fait.",
    )  # fmt: skip


class MoveInput(SummonsInput):
    slot = VisibleField(Slot)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class SummonsOutput(serializers.Serializer[Any]):
    """One person of a campaign; `person` is null when her file is closed to you."""

    id = serializers.UUIDField()
    person = CardOutput(allow_null=True)
    stage = serializers.ChoiceField(STAGE_CHOICES)
    stage_label = serializers.CharField()
    slot = serializers.UUIDField(allow_null=True)
    appointment = serializers.UUIDField(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    place = serializers.CharField()
    not_written = serializers.CharField(help_text="Pourquoi aucun courrier ne lui est adressé, ou vide.")


class SummonsQuery(PageQuery):
    stage = serializers.ChoiceField(STAGE_CHOICES, required=False)
    slot = VisibleField(Slot, required=False)
