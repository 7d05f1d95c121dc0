"""What people type about their own account."""

from __future__ import annotations

from django import forms

from partners.forms.fields import PhoneField
from partners.services.tokens import LONGEST_DAYS


class TokenForm(forms.Form):
    """A key for a machine."""

    label = forms.CharField(label="Nom de la clé", max_length=80, help_text="Le logiciel ou la tâche qui s'en servira.")
    days = forms.IntegerField(
        label="Durée de validité (jours)", min_value=1, max_value=LONGEST_DAYS, initial=90, help_text="Un an au plus."
    )


class PhoneForm(forms.Form):
    """My own number at work."""

    phone = PhoneField(label="Téléphone professionnel")
