"""Bringing rosters: many files at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

MOST_FILES = 50


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Every file chosen, each checked as one is."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        chosen = data if isinstance(data, (list, tuple)) else [data]
        if len(chosen) > MOST_FILES:
            raise forms.ValidationError(f"Choisissez au plus {MOST_FILES} fichiers à la fois.")
        return [super(FilesField, self).clean(one, initial) for one in chosen]


class RosterForm(forms.Form):
    rosters = FilesField(
        label="Listes de stagiaires",
        widget=SeveralFiles(attrs={"accept": ".csv,.txt,.xlsx,.ods"}),
        error_messages={"required": "Choisissez au moins un fichier.", "empty": "Ce fichier est vide."},
    )
