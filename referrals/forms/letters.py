"""Forms of letters and of their texts."""

from __future__ import annotations

from typing import Any

from django import forms

from partners.forms.fields import choices_in
from referrals.documents.texts import Text
from referrals.forms.fields import reason_kept, text
from referrals.models import LetterChannel


class LetterForm(forms.Form):
    """Which letter, how it reaches the person, whom she may call; with `reword`, why in other words."""

    kind = forms.ChoiceField(label="Modèle")
    channel = forms.ChoiceField(label="Comment il arrive", choices=LetterChannel.choices)
    contact = forms.CharField(
        label="Qui appeler", max_length=120, required=False, help_text="Un nom et un numéro, pour changer la date."
    )
    motive = forms.CharField(
        label="Pourquoi",
        max_length=300,
        required=False,
        help_text="La personne le lira : des mots simples, jamais de menace.",
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], reword: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        choices_in(self, "kind").choices = kinds
        if not reword:
            del self.fields["motive"]

    def values(self) -> dict[str, Any]:
        """What the service expects."""
        given = self.cleaned_data
        by_hand = given["channel"] == LetterChannel.HAND
        return {
            "kind": given["kind"],
            "by_hand": by_hand,
            "contact": given["contact"],
            "motive": given.get("motive", ""),
        }


class TextForm(forms.Form):
    """A text of letter; `after` is the version its author read."""

    subject = forms.CharField(label="Objet", max_length=120)
    body = text(
        "Texte",
        rows=22,
        required=True,
        help_text="Une ligne vide sépare deux paragraphes. Une ligne qui commence par un tiret fait une liste.",
    )
    reason = reason_kept()
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput())

    @property
    def text(self) -> Text:
        return Text(self.cleaned_data["subject"], self.cleaned_data["body"])
