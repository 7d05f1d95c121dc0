"""Ends of trainings: filters of the board, the interview, the day to call back."""

from __future__ import annotations

from typing import Any

from django import forms

from collective_actions.models import Interview
from collective_actions.selectors.endings import STATES, TO_SEE
from hub.core.access import visible
from hub.core.actor import Actor
from partners.models import Territory
from referrals.forms.fields import day


class BoardFilter(forms.Form):
    """`state` is a tab; the others narrow it."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False, widget=forms.HiddenInput)
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label="Territoire", required=False, empty_label="Tous les territoires"
    )
    mine = forms.BooleanField(label="Prises en charge par moi", required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["territory"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = visible(actor, Territory).order_by("code")

    def asked(self) -> dict[str, Any]:
        """What the board is asked; an unknown value asks for nothing."""
        given = self.cleaned_data if self.is_valid() else {}
        territory = given.get("territory")
        return {
            "state": given.get("state") or TO_SEE,
            "territory": territory.pk if territory else None,
            "mine": bool(given.get("mine")),
        }


class InterviewForm(forms.Form):
    on = day("Jour de l'entretien", required=True)
    result = forms.ChoiceField(label="Suite donnée", choices=[("", "Choisissez"), *Interview.choices])
    next_step = forms.CharField(
        label="Prochaine étape",
        required=False,
        max_length=200,
        help_text="Ce qui est convenu avec la personne, sans détail de santé ni de vie privée.",
    )
