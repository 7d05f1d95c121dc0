"""Forms of candidacies: positioning somebody, a result with its reason, a withdrawal."""

from __future__ import annotations

from typing import Any

from django import forms

from collective_actions.models.candidacies import BodyReason, CandidateReason
from partners.forms.fields import DateInput, choices_in

BY_REFERRAL, BY_HERSELF = "referral", "self"
REASONS = [
    ("", "Choisir un motif"),
    ("De l'organisme", BodyReason.choices),
    ("De la personne", CandidateReason.choices),
]


class PositionForm(forms.Form):
    """How a person comes to a session."""

    origin = forms.ChoiceField(
        label="Comment",
        choices=[
            (BY_REFERRAL, "Proposer sa candidature à l'organisme"),
            (BY_HERSELF, "Noter qu'elle a candidaté elle-même"),
        ],
        widget=forms.RadioSelect,
        initial=BY_REFERRAL,
    )
    informed_on = forms.DateField(
        label="Personne informée le", widget=DateInput(), required=False,
        help_text="Nécessaire pour proposer sa candidature.",
    )  # fmt: skip
    note = forms.CharField(
        label="Message à l'organisme", max_length=4000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="Ce qui aide à l'accueillir ; rien de sa santé ni de sa vie privée.",
    )  # fmt: skip

    def __init__(self, *args: Any, receiver: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        if receiver:
            label = f"Proposer sa candidature à {receiver}"
            choices = [(BY_REFERRAL, label), (BY_HERSELF, "Noter qu'elle a candidaté elle-même")]
        else:
            choices = [(BY_HERSELF, "Noter qu'elle a candidaté elle-même")]
            self.initial["origin"] = BY_HERSELF
        choices_in(self, "origin").choices = choices


class ContraryForm(forms.Form):
    """Why it came to nothing."""

    reason = forms.ChoiceField(label="Motif", choices=REASONS)
    note = forms.CharField(
        label="Précisions", max_length=200, required=False,
        help_text="Pour un motif de la personne : comment et quand elle a été jointe.",
    )  # fmt: skip
