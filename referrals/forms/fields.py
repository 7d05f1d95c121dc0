"""Fields shared by the forms, and the road of a refusal back into the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from hub.core.errors import Conflict, DomainError, Invalid


def day(label: str, *, required: bool = False, **options: Any) -> forms.DateField:
    """A date with the browser's own calendar; typed as 23/11/2026 where there is none."""
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options
    )


def hour(label: str, **options: Any) -> forms.TimeField:
    """An hour of the day, with the browser's own clock."""
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, widget=widget, input_formats=["%H:%M", "%H:%M:%S", "%Hh%M"], **options)


def text(label: str, *, rows: int = 3, size: int = 4000, required: bool = False, **options: Any) -> forms.CharField:
    """A few lines of text."""
    return forms.CharField(
        label=label, required=required, max_length=size, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def reason_kept() -> forms.CharField:
    """Why a manager keeps words that a letter to a person usually does not hold (domain §5)."""
    return forms.CharField(
        label="Pourquoi ces mots sont gardés",
        max_length=300,
        required=False,
        help_text="Seulement pour un mot qui ne convient pas d'ordinaire ; réservé aux responsables.",
    )


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put a service's refusal back where the user can correct it; what has no field stands above the form."""
    placed = False
    for name, sentence in error.fields.items():
        if name in form.fields:
            form.add_error(name, sentence)
            placed = True
    if not placed:
        form.add_error(None, error.message)


def accepted(form: forms.BaseForm, perform: Callable[[], object]) -> bool:
    """Was the form sent, valid, and what it asks for done? What the service refuses stands in the form."""
    if not form.is_valid():
        return False
    try:
        perform()
    except (Invalid, Conflict) as error:
        refuse(form, error)
        return False
    return True
