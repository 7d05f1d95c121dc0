"""Ends of trainings for machines."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from collective_actions.models import Interview, Outcome
from collective_actions.selectors.endings import STATES, TO_SEE
from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from partners.models import Territory
from referrals.serializers.people import CardOutput


class TrainingEndQuery(PageQuery):
    state = serializers.ChoiceField(list(STATES.items()), required=False, default=TO_SEE)
    territory = VisibleField(Territory, required=False)
    mine = serializers.BooleanField(required=False, default=False, help_text="Prises en charge par vous.")


class TrainingEndOutput(serializers.Serializer[Any]):
    """A training that ends, and what was done about it."""

    id = serializers.UUIDField()
    person = CardOutput(allow_null=True)
    training = serializers.CharField()
    body = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True, help_text="La sortie, sinon la fin prévue.")
    outcome = serializers.ChoiceField(Outcome.choices, allow_blank=True)
    missing = serializers.BooleanField(help_text="Absente de la dernière liste de sa session.")
    in_charge = ReferenceSerializer(allow_null=True)
    call_back_on = serializers.DateField(allow_null=True)
    interview_on = serializers.DateField(allow_null=True)
    interview_result = serializers.ChoiceField(Interview.choices, allow_blank=True)
    next_step = serializers.CharField()


class CallBackInput(serializers.Serializer[Any]):
    on = serializers.DateField(required=False, help_text="Dans deux jours ouvrés si rien n'est dit.")


class InterviewInput(serializers.Serializer[Any]):
    on = serializers.DateField()
    result = serializers.ChoiceField(Interview.choices)
    next_step = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
