"""Forms of the referral: writing it, answering it, telling what became of it."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms

from hub.core.actor import Actor
from partners.forms.fields import rows_in
from partners.models import Organization, Service, Team
from referrals.forms.fields import day, hour, text
from referrals.models import AppointmentMode, DeclineReason, Nature, Outcome, PersonReason, Referral, ReferralState
from referrals.models.referrals import ContestReason

CHOOSE = ("", "Choisir…")
NINE = time(9)
REASONS = [
    CHOOSE,
    ("Motifs de la structure", list(DeclineReason.choices)),
    ("Motifs de la personne", list(PersonReason.choices)),
]
STATE_CHOICES = [("", "Ouvertes"), ("all", "Toutes"), *[c for c in ReferralState.choices if c[0] != "draft"]]


class InboxFilters(forms.Form):
    """Filters of the inbox; they live in the URL."""

    box = forms.CharField(required=False, widget=forms.HiddenInput)
    state = forms.ChoiceField(label="État", choices=STATE_CHOICES, required=False)


class ComposeForm(forms.Form):
    """A referral to an organisation already chosen."""

    receiver_team = forms.ModelChoiceField(Team.objects.none(), label="Équipe", required=False, empty_label="Toutes")
    service = forms.ModelChoiceField(
        Service.objects.none(), label="Service", required=False, empty_label="Aucun en particulier"
    )
    need = forms.CharField(
        label="Besoin de la personne",
        max_length=200,
        help_text="En une phrase : ce que vous attendez. Par exemple « Un premier emploi en chantier d'insertion ».",
    )
    note = text(
        "Message au destinataire",
        help_text="La personne peut lire ce message. Ni santé, ni justice, ni religion.",
    )
    informed_on = day(
        "Personne informée le",
        help_text="Le jour où vous avez parlé de cette orientation avec la personne. Nécessaire pour envoyer.",
    )
    duplicate_reason = forms.CharField(
        label="Pourquoi en envoyer une autre",
        max_length=300,
        required=False,
        help_text="Une orientation vers ce destinataire est encore ouverte pour cette personne.",
    )

    def __init__(
        self, *args: Any, actor: Actor, receiver: Organization, teams: Any, services: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        rows_in(self, "receiver_team").queryset = teams
        rows_in(self, "service").queryset = services
        inside = receiver.pk == actor.organization_id
        self.fields["receiver_team"].required = inside
        if not teams.exists():
            del self.fields["receiver_team"]
        if not services.exists():
            del self.fields["service"]

    def ask_duplicate_reason(self, *, required: bool) -> None:
        """Keep the field only once a duplicate was found."""
        if not required:
            del self.fields["duplicate_reason"]


class NothingForm(forms.Form):
    """A gesture that needs nothing."""


class NoteForm(forms.Form):
    note = text("Message (facultatif)", rows=2)


class CancelForm(forms.Form):
    note = text("Pourquoi", rows=2, required=True)


class ReasonForm(forms.Form):
    """Both lists of reasons; those of the person need how and when she was met."""

    reason = forms.ChoiceField(label="Motif", choices=REASONS)
    met_how = forms.CharField(
        label="Comment et quand la personne a été jointe",
        max_length=200,
        required=False,
        help_text="Nécessaire pour un motif de la personne. Seuls l'émetteur et le référent le lisent.",
    )
    note = text("Message (facultatif)", rows=2)


class ContestForm(forms.Form):
    reason = forms.ChoiceField(label="Motif", choices=[CHOOSE, *ContestReason.choices])
    note = text("Explication (facultatif)", rows=2)


class WaitlistForm(forms.Form):
    rank = forms.IntegerField(label="Rang", min_value=1, max_value=9999, required=False)
    review_on = day("À revoir le", help_text="Un rang ou une date, au choix.")
    note = text("Message (facultatif)", rows=2)


class AppointmentForm(forms.Form):
    on = day("Jour du premier rendez-vous", required=True)
    at = hour("Heure")
    mode = forms.ChoiceField(label="Comment", choices=AppointmentMode.choices)
    place = forms.CharField(label="Lieu", max_length=120, required=False)


class StartForm(AppointmentForm):
    """Begun, with or without a first appointment to come."""

    on = day("Jour du premier rendez-vous (s'il est à fixer)")
    at = hour("Heure", required=False, initial=NINE)

    def clean(self) -> dict[str, Any]:
        """An hour nobody chose is nine o'clock."""
        cleaned = super().clean() or {}
        return cleaned | {"at": cleaned.get("at") or NINE}


class PauseForm(forms.Form):
    review_on = day("À revoir le", required=True)
    note = text("Pourquoi", rows=2, required=True)


class CompleteForm(forms.Form):
    outcome = forms.ChoiceField(label="Résultat", choices=[CHOOSE, *Outcome.choices])
    note = text("Message (facultatif)", rows=2)


class AppointmentHeldForm(forms.Form):
    """A designation ends when the first appointment is held."""

    outcome = forms.ChoiceField(
        label="Résultat",
        choices=[(Outcome.FIRST_APPOINTMENT.value, Outcome.FIRST_APPOINTMENT.label)],
        initial=Outcome.FIRST_APPOINTMENT,
    )
    note = text("Message (facultatif)", rows=2)


GESTURE_FORMS: dict[str, type[forms.Form]] = {
    "accept": NoteForm,
    "acknowledge": NoteForm,
    "confirm_redirect": NothingForm,
    "refuse_redirect": NoteForm,
    "maintain": NoteForm,
    "acknowledge_outcome": NothingForm,
    "start": StartForm,
    "resume": NothingForm,
    "complete": CompleteForm,
    "waitlist": WaitlistForm,
    "decline": ReasonForm,
    "contest": ContestForm,
    "appointment": AppointmentForm,
    "pause": PauseForm,
    "fail": ReasonForm,
    "cancel": CancelForm,
    "enter_in_error": NoteForm,
}


def gesture_form(name: str, referral: Referral, data: Any = None) -> forms.Form:
    """The form of one gesture, with field ids of its own so that several stand on one page."""
    kind = GESTURE_FORMS[name]
    if name == "complete" and referral.nature == Nature.DESIGNATION:
        kind = AppointmentHeldForm
    if name == "start" and referral.first_appointment_on:
        kind = NothingForm
    return kind(data, auto_id=f"id_{name}_%s")
