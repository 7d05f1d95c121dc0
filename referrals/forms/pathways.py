"""Forms of tracks, exemptions and referents."""

from __future__ import annotations

from typing import Any

from django import forms

from partners.forms.fields import rows_in
from partners.models import Team, User
from referrals.forms.fields import day, text
from referrals.models import Barrier, ExemptionReason, ExplanationKind, Track


class TrackForm(forms.Form):
    """An orientation decision (COREO) that designates an organisation already chosen."""

    track = forms.ChoiceField(label="Orientation", choices=[("", "Choisir…"), *Track.choices])
    designated_team = forms.ModelChoiceField(
        Team.objects.none(), label="Équipe", required=False, empty_label="Toutes les équipes"
    )
    decided_on = day("Décidée le", required=True)
    effective_on = day("Prend effet le", required=True)
    informed_on = day("Personne informée le", help_text="Le délai pour s'inscrire part de ce jour.")
    motive = text("Motif", rows=2, size=300)

    def __init__(self, *args: Any, teams: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows_in(self, "designated_team").queryset = teams
        if not teams.exists():
            del self.fields["designated_team"]


class BarriersForm(forms.Form):
    """The eight themes of the diagnosis."""

    barriers = forms.MultipleChoiceField(
        label="À travailler avec la personne",
        choices=Barrier.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class VoidForm(forms.Form):
    reason = forms.CharField(
        label="Erreur commise",
        max_length=300,
        help_text="La décision n'aura jamais compté, ce qu'elle avait fermé est rouvert, l'organisme est prévenu.",
    )


class ExemptionForm(forms.Form):
    reason = forms.ChoiceField(label="Motif", choices=[("", "Choisir…"), *ExemptionReason.choices])
    until = day("Jusqu'au", required=True)


class ExplanationForm(forms.Form):
    """Why the person is not registered, without any detail of health."""

    kind = forms.ChoiceField(label="Ce que vous savez", choices=[("", "Choisir…"), *ExplanationKind.choices])
    until = day("Jusqu'au (facultatif)", help_text="Sans date connue : six mois, ou le délai réglé ici.")
    note = text(
        "Précision (facultatif)", rows=2, size=300, help_text="Rien sur la santé. La personne peut lire ce texte."
    )


class ReferentForm(forms.Form):
    referent = forms.ModelChoiceField(User.objects.none(), label="Référent", empty_label="Choisir…")

    def __init__(self, *args: Any, members: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows_in(self, "referent").queryset = members
