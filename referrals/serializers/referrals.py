"""Referrals: what both parties read, and the body of each gesture."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from hub.core.rest.fields import ReferenceSerializer, VisibleField
from hub.core.rest.pages import PageQuery
from partners.models import Organization, Service, Team
from referrals.models import (
    AppointmentMode,
    Beneficiary,
    DeclineReason,
    Nature,
    Outcome,
    PersonReason,
    Referral,
    ReferralState,
)
from referrals.models.referrals import ContestReason
from referrals.serializers.people import BeneficiaryOutput, CardOutput

BOXES = [("received", "Reçues"), ("sent", "Envoyées"), ("late", "En retard")]
REASONS = [*DeclineReason.choices, *PersonReason.choices]


class ReferralLine(serializers.Serializer[Any]):
    """A referral, as lists show it."""

    id = serializers.UUIDField()
    nature = serializers.ChoiceField(Nature.choices)
    state = serializers.ChoiceField(ReferralState.choices)
    state_label = serializers.CharField(help_text="En français, à montrer.")
    person = CardOutput(allow_null=True, help_text="null quand le dossier ne vous est plus ouvert.")
    sender = ReferenceSerializer()
    sender_team = ReferenceSerializer(allow_null=True)
    receiver = ReferenceSerializer()
    receiver_team = ReferenceSerializer(allow_null=True)
    service = ReferenceSerializer(allow_null=True)
    sensitive = serializers.BooleanField()
    need = serializers.CharField()
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    first_sent_at = serializers.DateTimeField(
        allow_null=True, help_text="Premier envoi de la chaîne : le délai part de là."
    )
    seen_at = serializers.DateTimeField(allow_null=True)
    seen_by = ReferenceSerializer(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = ReferenceSerializer(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    late_on = serializers.DateField(allow_null=True)
    late = serializers.BooleanField()
    final_at = serializers.DateTimeField(allow_null=True)
    closed_loop_at = serializers.DateTimeField(allow_null=True)


class ReferralOutput(ReferralLine):
    """A referral whole, and what one may do with it now."""

    person = BeneficiaryOutput(allow_null=True, help_text="null quand le dossier ne vous est plus ouvert.")
    note = serializers.CharField()
    informed_on = serializers.DateField(allow_null=True)
    previous_id = serializers.UUIDField(allow_null=True, help_text="L'orientation dont celle-ci est la suite.")
    waitlist_rank = serializers.IntegerField(allow_null=True)
    review_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(
        help_text="Code du motif ; les motifs de la personne ne se montrent qu'aux deux parties et au référent."
    )
    met_how = serializers.CharField()
    answer_note = serializers.CharField()
    outcome = serializers.ChoiceField(Outcome.choices, allow_blank=True)
    redirect_to = ReferenceSerializer(allow_null=True, help_text="Organisme proposé par le destinataire.")
    redirect_note = serializers.CharField()
    first_appointment_on = serializers.DateField(allow_null=True)
    actions = serializers.ListField(
        child=serializers.CharField(),
        help_text="Gestes possibles pour vous dans cet état : `POST referrals/{id}/<geste>/`.",
    )


class ReferralQuery(PageQuery):
    box = serializers.ChoiceField(BOXES, required=False, help_text="Reçues, envoyées, ou en retard (des deux côtés).")
    state = serializers.ChoiceField(ReferralState.choices, required=False)
    nature = serializers.ChoiceField(Nature.choices, required=False)
    beneficiary = VisibleField(Beneficiary, required=False, help_text="Celles d'une personne.")


class ReferralInput(serializers.Serializer[Any]):
    beneficiary = VisibleField(Beneficiary, related=("territory", "commune"))  # the answer shows them
    receiver = VisibleField(Organization)
    receiver_team = VisibleField(Team, required=False, allow_null=True)
    service = VisibleField(Service, required=False, allow_null=True)
    need = serializers.CharField(max_length=200)
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    informed_on = serializers.DateField(
        required=False, allow_null=True, help_text="Jour où la personne a été informée : nécessaire pour envoyer."
    )
    previous = VisibleField(
        Referral,
        required=False,
        allow_null=True,
        related=("receiver", "service"),
        help_text="L'orientation terminée dont celle-ci est la suite.",
    )
    send = serializers.BooleanField(required=False, default=False, help_text="true : envoyer ; sinon, brouillon.")
    duplicate_reason = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="Pourquoi une autre, quand une est déjà ouverte."
    )


class Nothing(serializers.Serializer[Any]):
    """A gesture that needs no word."""


class NoteInput(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class NeededNoteInput(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=4000, help_text="Pourquoi.")


class SendInput(serializers.Serializer[Any]):
    duplicate_reason = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="Pourquoi une autre, quand une est déjà ouverte."
    )


class ContestInput(NoteInput):
    reason = serializers.ChoiceField(ContestReason.choices)


class WaitlistInput(NoteInput):
    """A rank or a date."""

    rank = serializers.IntegerField(min_value=1, max_value=9999, required=False, allow_null=True)
    review_on = serializers.DateField(required=False, allow_null=True)


class DeclineInput(NoteInput):
    reason = serializers.ChoiceField(REASONS)
    met_how = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="Nécessaire pour un motif de la personne."
    )


class RedirectInput(NoteInput):
    to = VisibleField(Organization, help_text="Organisme mieux placé ; il ne voit rien avant l'accord de l'émetteur.")
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class AppointmentInput(serializers.Serializer[Any]):
    on = serializers.DateField(help_text="Jour du premier rendez-vous.")
    at = serializers.TimeField(required=False, help_text="Heure en France ; 9 h par défaut.")
    duration = serializers.IntegerField(required=False, min_value=5, max_value=480, help_text="En minutes.")
    mode = serializers.ChoiceField(AppointmentMode.choices, required=False)
    place = serializers.CharField(required=False, max_length=120, allow_blank=True)


class StartInput(AppointmentInput):
    """Begun; with `on`, its first appointment is fixed too."""

    on = serializers.DateField(required=False, help_text="Jour du premier rendez-vous, s'il est à fixer.")


class PauseInput(serializers.Serializer[Any]):
    review_on = serializers.DateField(help_text="Jour où l'on regarde de nouveau, à venir.")
    note = serializers.CharField(max_length=4000, help_text="Pourquoi.")


class CompleteInput(NoteInput):
    outcome = serializers.ChoiceField(Outcome.choices)
