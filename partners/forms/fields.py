"""Fields shared by several forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hub.core.identifiers import BadIdentifier, phone, siret, spoken_phone


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SearchField(forms.CharField):
    """Words to look for: what no name holds is left out, so that a search is never taken for no search."""

    def __init__(self, *, longest: int = 80, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.longest = longest

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\0", "")[: self.longest]


class PhoneField(forms.CharField):
    """A telephone number, kept in E.164."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40, "required": False, "label": "Téléphone", **options})
        self.widget.input_type = "tel"

    def prepare_value(self, value: Any) -> Any:
        """As one dials it in France; what cannot be read stays as it was written."""
        return spoken_phone(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return phone(text) or ""
        except BadIdentifier as error:
            raise ValidationError("Ce numéro n'a pas la forme attendue, par exemple 03 87 00 00 00.") from error


class SiretField(forms.CharField):
    """A SIRET whose key is right."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return siret(text) or ""
        except BadIdentifier as error:
            raise ValidationError("Ce SIRET est faux : 14 chiffres, recopiez-le depuis un document.") from error


def choices_in(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """A field of this form known to be a choice: what it offers depends on who asks."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


def rows_in(form: forms.BaseForm, name: str) -> forms.ModelChoiceField[Any]:
    """The same for a choice among rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field
