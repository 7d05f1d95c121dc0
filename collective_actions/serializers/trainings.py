"""Trainings, sessions and candidacies as machines read and write them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from collective_actions.formacode import THEMES
from collective_actions.models import CandidacyState, EntryMode, Recruitment, Remuneration
from collective_actions.models.candidacies import BodyReason, CandidateReason, Origin
from collective_actions.models.trainings import LEVELS
from collective_actions.services.candidacies.results import RESULTS
from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from referrals.models import Beneficiary

NUMBER: dict[str, Any] = {"required": False, "allow_null": True, "min_value": 0, "max_value": 9999}


def _text(longest: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, required=False, allow_blank=True, **options)


class SessionWritten(serializers.Serializer[Any]):
    """What one may write of a session and of its training."""

    starts_on = serializers.DateField(required=False, allow_null=True, help_text="null : date à préciser.")
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="null : fin inconnue ou ouverte.")
    place = _text(150)
    address = _text(200)
    postcode = _text(5)
    city = _text(80)
    places = serializers.IntegerField(**NUMBER)
    free_places = serializers.IntegerField(**NUMBER)
    recruitment = serializers.ChoiceField(Recruitment.choices, required=False, allow_blank=True)
    info_dates = serializers.ListField(child=serializers.DateField(), required=False, max_length=10)
    registration = _text(1000)
    objective = _text(3000)
    conditions = _text(1000)
    theme = serializers.ChoiceField(sorted(THEMES), required=False, allow_blank=True)
    level_out = serializers.ChoiceField(sorted(LEVELS), required=False, allow_null=True)
    hours = serializers.IntegerField(**NUMBER)
    entry = serializers.ChoiceField(EntryMode.choices, required=False, allow_blank=True)
    remuneration = serializers.ChoiceField(Remuneration.choices, required=False, allow_blank=True)
    contact_name = _text(120)
    contact_phone = _text(20)
    contact_email = serializers.EmailField(required=False, allow_blank=True)


class TrainingSessionEdit(SessionWritten):
    title = serializers.CharField(max_length=255, required=False)
    body_name = serializers.CharField(max_length=150, required=False)


class TrainingSessionInput(SessionWritten):
    title = serializers.CharField(max_length=255)
    body_name = serializers.CharField(max_length=150, help_text="Organisme de formation.")


class TrainingSessionOutput(serializers.Serializer[Any]):
    """A session with what is said of its training."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    title = serializers.CharField(source="training.title")
    body = serializers.CharField(source="training.body", help_text="Qui enseigne.")
    organization = ReferenceSerializer(source="training.organization", allow_null=True)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    place = serializers.CharField()
    address = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    territory = ReferenceSerializer(allow_null=True)
    places = serializers.IntegerField(allow_null=True)
    free_places = serializers.IntegerField(allow_null=True)
    recruitment = serializers.CharField()
    info_dates = serializers.ListField(child=serializers.DateField())
    registration = serializers.CharField()
    cancelled_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
    theme = serializers.CharField(source="training.theme")
    level_in = serializers.IntegerField(source="training.level_in", allow_null=True)
    level_out = serializers.IntegerField(source="training.level_out", allow_null=True)
    objective = serializers.CharField(source="training.objective")
    conditions = serializers.CharField(source="training.conditions")
    hours = serializers.IntegerField(source="training.hours", allow_null=True)
    remuneration = serializers.CharField(source="training.remuneration")
    formacodes = serializers.ListField(child=serializers.CharField(), source="training.formacodes")
    rncp = serializers.ListField(child=serializers.CharField(), source="training.rncp")
    certif_info = serializers.ListField(child=serializers.CharField(), source="training.certif_info")


class TrainingSessionQuery(PageQuery):
    """The filters of the calendar."""

    territory = serializers.UUIDField(required=False)
    theme = serializers.ChoiceField(sorted(THEMES), required=False)
    level = serializers.ChoiceField(sorted(LEVELS), required=False, help_text="Niveau de sortie, 0 à 8.")
    places = serializers.BooleanField(required=False, default=False, help_text="Avec des places libres seulement.")
    paid = serializers.BooleanField(required=False, default=False, help_text="Rémunérées seulement.")


class CandidacyInput(serializers.Serializer[Any]):
    beneficiary = VisibleField(Beneficiary)
    origin = serializers.ChoiceField(Origin.choices, default=Origin.REFERRAL, required=False)
    informed_on = serializers.DateField(required=False, allow_null=True, default=None)
    note = _text(4000, default="")


class CandidacyOutput(serializers.Serializer[Any]):
    """A candidacy as its two sides know it; the person by identifier."""

    id = serializers.UUIDField()
    beneficiary = serializers.UUIDField(source="beneficiary_id")
    session = serializers.UUIDField(source="session_id")
    referral = serializers.UUIDField(source="referral_id", allow_null=True)
    origin = serializers.ChoiceField(Origin.choices)
    state = serializers.ChoiceField(CandidacyState.choices)
    state_at = serializers.DateTimeField()
    reason = serializers.CharField()
    entered_on = serializers.DateField(allow_null=True)
    organization = ReferenceSerializer()
    receiver = ReferenceSerializer(allow_null=True)


class ResultInput(serializers.Serializer[Any]):
    result = serializers.ChoiceField(RESULTS)
    reason = serializers.ChoiceField(
        [*BodyReason.choices, *CandidateReason.choices], required=False, allow_blank=True, default=""
    )
    note = _text(200, default="")


class WithdrawalInput(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300)
