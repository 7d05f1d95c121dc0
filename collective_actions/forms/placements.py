"""A job found, a job ended."""

from __future__ import annotations

from django import forms

from collective_actions.models import PlacementContract
from referrals.forms.fields import day


class PlacementForm(forms.Form):
    contract = forms.ChoiceField(label="Contrat", choices=[("", "Choisissez"), *PlacementContract.choices])
    starts_on = day("Premier jour travaillé", required=True)
    employer = forms.CharField(label="Employeur", required=False, max_length=120)


class EndForm(forms.Form):
    on = day("Dernier jour travaillé", required=True)
