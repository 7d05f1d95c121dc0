"""Filters of lists: GET forms whose wrong values count as no filter."""

from __future__ import annotations

from typing import Any

from django import forms

from hub.core.access import visible
from hub.core.actor import Actor
from partners.forms.fields import SearchField, rows_in
from partners.models import Function, Organization, OrganizationKind, Territory


class _Filter(forms.Form):
    """A GET form whose wrong values count as no filter."""

    def values(self) -> dict[str, str]:
        """What may be passed to a selector: text, codes and ids."""
        self.is_valid()
        kept = self.cleaned_data if hasattr(self, "cleaned_data") else {}
        return {name: str(getattr(value, "pk", value)) for name, value in kept.items() if value}


class OrganizationFilter(_Filter):
    q = SearchField(label="Nom ou commune")
    kind = forms.ModelChoiceField(OrganizationKind.objects.none(), label="Type", required=False, empty_label="Tous")
    territory = forms.ModelChoiceField(Territory.objects.none(), label="Territoire", required=False, empty_label="Tous")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows_in(self, "kind").queryset = OrganizationKind.objects.all()
        rows_in(self, "territory").queryset = visible(actor, Territory)


class AccessFilter(_Filter):
    STATES = (
        ("", "Tous"),
        ("active", "Actifs"),
        ("inactive", "Désactivés"),
        ("never", "Jamais connectés"),
        ("keys", "Avec une clé en service"),
    )
    q = SearchField(label="Nom, adresse ou organisation")
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label="Organisation", required=False, empty_label="Toutes"
    )
    function = forms.ChoiceField(
        label="Fonction",
        required=False,
        choices=[("", "Toutes"), *((f.value, f.label.partition(" : ")[0]) for f in Function)],
    )
    territory = forms.ModelChoiceField(Territory.objects.none(), label="Territoire", required=False, empty_label="Tous")
    state = forms.ChoiceField(label="Accès", required=False, choices=STATES)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows_in(self, "organization").queryset = visible(actor, Organization)
        rows_in(self, "territory").queryset = visible(actor, Territory)


class InvitationFilter(_Filter):
    STATES = (
        ("", "Toutes"),
        ("waiting", "En attente"),
        ("expired", "Expirées"),
        ("unsent", "Courriel pas encore parti"),
    )
    q = SearchField(label="Adresse ou nom")
    state = forms.ChoiceField(label="État", required=False, choices=STATES)


class CommuneFilter(_Filter):
    q = SearchField(label="Commune, code INSEE ou code postal")
