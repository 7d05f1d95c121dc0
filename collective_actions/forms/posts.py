"""Form of an open post."""

from __future__ import annotations

from typing import Any

from django import forms

from collective_actions.forms.directory import located
from collective_actions.models import Contract, OpenPost
from hub.core.actor import Actor
from referrals.forms.fields import day, text

OF_SERVICE = ("name", "description", "conditions", "weekly_hours", "city")
OF_POST = ("contract", "months", "starts_on", "prescribers", "positions", "filled")


class PostForm(forms.Form):
    """What somebody must know to send a person there."""

    name = forms.CharField(
        label="Poste", max_length=150, help_text="Par exemple « Ouvrier d'entretien des espaces verts »."
    )
    contract = forms.ChoiceField(label="Contrat", choices=Contract.choices)
    months = forms.IntegerField(label="Durée (mois)", required=False, min_value=1, max_value=60)
    weekly_hours = forms.FloatField(label="Heures par semaine", required=False, min_value=0, max_value=48)
    starts_on = day("À partir du")
    positions = forms.IntegerField(label="Nombre de postes", min_value=1, max_value=100, initial=1)
    filled = forms.IntegerField(label="Déjà pourvus", min_value=0, max_value=100, initial=0)
    city = forms.CharField(label="Commune", required=False, max_length=80)
    description = text("Le travail", size=10_000, rows=4, help_text="Ce que l'on fait, avec qui, comment.")
    conditions = forms.CharField(label="Conditions", required=False, max_length=1000)
    prescribers = forms.CharField(
        label="Qui peut prescrire", required=False, max_length=200,
        help_text="Par exemple « Prescripteurs habilités ; critères vérifiés avec la structure ».",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, post: OpenPost | None = None, **options: Any) -> None:
        if post is not None:
            known = {name: getattr(post.service, name) for name in OF_SERVICE}
            options["initial"] = known | {name: getattr(post, name) for name in OF_POST}
        super().__init__(*args, **options)
        self.actor = actor
        if post is None:
            del self.fields["filled"]

    def clean(self) -> dict[str, Any]:
        """A commune by its name gives its code."""
        cleaned = super().clean() or {}
        return cleaned | located(self.actor, cleaned.get("city", ""))
