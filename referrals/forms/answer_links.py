"""What somebody without an account types: the code received, and who he is."""

from __future__ import annotations

from django import forms


class OpenForm(forms.Form):
    """The code of the box, and who opens: kept with the answer."""

    code = forms.CharField(
        label="Code reçu par courriel",
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text="Six chiffres, envoyés dans la boîte de votre organisation.",
    )
    name = forms.CharField(label="Prénom et nom", max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    function = forms.CharField(
        label="Fonction", max_length=120, widget=forms.TextInput({"autocomplete": "organization-title"})
    )
