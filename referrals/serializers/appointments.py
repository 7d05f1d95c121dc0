"""Appointments for machines: what came of one is told to those who may know it, the others read that it has passed."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from partners.models import Organization, Team
from referrals.models import (
    AppointmentKind,
    AppointmentMode,
    AppointmentState,
    Beneficiary,
    Referral,
    RegistrationGap,
)
from referrals.models.appointments import PAST, VEILED
from referrals.serializers.people import CardOutput
from referrals.services.appointments.planning import WORDS


def kept_reason() -> serializers.CharField:
    """Why a manager keeps words that a letter to a person usually does not hold (domain §5)."""
    said = "Pourquoi un responsable garde un mot refusé d'ordinaire."
    return serializers.CharField(max_length=300, required=False, allow_blank=True, help_text=said)


STATES = [*AppointmentState.choices, (VEILED, PAST)]


class AppointmentOutput(serializers.Serializer[Any]):
    """One meeting, as this member may read it."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(AppointmentKind.choices)
    state = serializers.ChoiceField(
        STATES, help_text=f"`{VEILED}` : la date est passée, et ce qui en est résulté ne vous est pas ouvert."
    )
    state_label = serializers.CharField(help_text="En français, à montrer.")
    person = CardOutput(allow_null=True, help_text="null quand le dossier ne vous est plus ouvert.")
    starts_at = serializers.DateTimeField()
    duration = serializers.IntegerField(help_text="Minutes.")
    mode = serializers.ChoiceField(AppointmentMode.choices)
    place = serializers.CharField()
    address = serializers.CharField()
    contact = serializers.CharField()
    motive = serializers.CharField()
    bring = serializers.CharField()
    organization = ReferenceSerializer()
    team = ReferenceSerializer(allow_null=True)
    member = ReferenceSerializer(allow_null=True)
    co_host = ReferenceSerializer(allow_null=True)
    planned_at = serializers.DateTimeField()
    outcome_note = serializers.CharField(help_text="Vide quand ce qui en est résulté ne vous est pas ouvert.")
    actions = serializers.ListField(child=serializers.CharField(), help_text="Gestes possibles à présent, par vous.")


class AppointmentQuery(PageQuery):
    """No filter by outcome: a filter must not tell what a field hides."""

    since = serializers.DateTimeField(required=False, help_text="À partir de cet instant.")
    until = serializers.DateTimeField(required=False, help_text="Avant cet instant.")
    mine = serializers.BooleanField(default=False, help_text="Seulement les vôtres, et ceux de votre équipe sans nom.")
    cancelled = serializers.BooleanField(default=False, help_text="Avec ceux qui sont annulés.")
    beneficiary = VisibleField(Beneficiary, required=False)


class AppointmentPlanInput(serializers.Serializer[Any]):
    """A meeting to fix; without `organization`, with one's own team."""

    beneficiary = VisibleField(Beneficiary)
    kind = serializers.ChoiceField(AppointmentKind.choices)
    starts_at = serializers.DateTimeField()
    duration = serializers.IntegerField(min_value=5, max_value=480, default=30, help_text="Minutes.")
    mode = serializers.ChoiceField(AppointmentMode.choices, default=AppointmentMode.ON_SITE)
    organization = VisibleField(Organization, required=False)
    team = VisibleField(Team, required=False)
    member = serializers.UUIDField(required=False, help_text="Membre de l'organisme qui reçoit.")
    referral = VisibleField(Referral, required=False, help_text="Pour `kind: referral`.")
    gap = VisibleField(RegistrationGap, required=False, help_text="Pour `kind: gap`.")
    place = serializers.CharField(max_length=WORDS["place"], required=False, allow_blank=True)
    address = serializers.CharField(max_length=WORDS["address"], required=False, allow_blank=True)
    contact = serializers.CharField(max_length=WORDS["contact"], required=False, allow_blank=True)
    motive = serializers.CharField(
        max_length=WORDS["motive"], required=False, allow_blank=True, help_text="La personne le lira."
    )
    bring = serializers.CharField(max_length=WORDS["bring"], required=False, allow_blank=True)
    reason = kept_reason()


class AppointmentMoveInput(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    duration = serializers.IntegerField(min_value=5, max_value=480, required=False, help_text="Minutes.")
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class OutcomeInput(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, help_text="Ce qu'il faut retenir.")
