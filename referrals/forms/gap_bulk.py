"""What a gesture on several gaps needs to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from hub.core.actor import Actor
from partners.forms.fields import choices_in
from referrals.forms.campaigns import SummonGapsForm
from referrals.forms.fields import text
from referrals.forms.gaps import JustifyForm
from referrals.selectors.gap_bulk import GESTURES, targets


class BulkChoice(forms.Form):
    """The gesture and the gaps, as the list sends them; they live in the URL."""

    name = forms.ChoiceField(choices=list(GESTURES.items()))
    gap = forms.TypedMultipleChoiceField()

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        given = data.getlist("gap") if hasattr(data, "getlist") else []
        self.fields["gap"] = forms.MultipleChoiceField(choices=[(one, one) for one in given], required=False)


class ReassignForm(forms.Form):
    target = forms.ChoiceField(label="Confier à")
    note = text("Pourquoi (facultatif)", rows=2, size=300, help_text="La personne peut lire ce texte.")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        choices_in(self, "target").choices = [("", "Choisir…"), *targets(actor)]


class BulkJustifyForm(JustifyForm):
    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)


class ExportForm(forms.Form):
    reason = text("Pourquoi ce fichier", rows=2, size=200, required=True, help_text="Gardé au journal des accès.")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)


FORMS: dict[str, Callable[..., forms.Form]] = {
    "reassign": ReassignForm,
    "justify": BulkJustifyForm,
    "export": ExportForm,
    "summon": SummonGapsForm,
}
