"""Filters of gaps, what closes one, and the settings of registration."""

from __future__ import annotations

from typing import Any

from django import forms

from hub.core.access import can
from hub.core.actor import Actor
from partners.forms.fields import rows_in
from partners.models import Organization, Team, Territory
from referrals.forms.fields import day, text
from referrals.models import GapState
from referrals.selectors.board import AGES
from referrals.selectors.gaps import KINDS, GapList, referent_choices, team_choices, territory_choices
from referrals.services.gaps import JUSTIFICATIONS

STATES = [("", "À traiter"), *GapState.choices[:3], ("closed", "Closes"), *GapState.choices[3:6], ("all", "Toutes")]
NATURES = [("ceased", "Cessation"), ("struck_off", "Radiation")]
AGES_SHOWN = [("", "Toutes"), ("10", "Plus de 10 jours"), ("30", "Plus d'un mois"), *AGES.items()]
ORDERS = [("", "Plus récentes"), ("oldest", "Plus anciennes")]
# A filter says what it filters in its own line: the label stays for screen readers.
NOTHING_CHOSEN = {
    "state": "État : à traiter",
    "kind": "Toutes situations",
    "territory": "Tous territoires",
    "organization": "Tous organismes",
    "team": "Toutes équipes",
    "age": "Toute ancienneté",
}


class GapFilters(forms.Form):
    """Filters of the list; they live in the URL, and a wrong value counts as none."""

    state = forms.ChoiceField(label="État", choices=STATES, required=False)
    kind = forms.ChoiceField(label="Situation", choices=[("", "Toutes"), *KINDS.items()], required=False)
    territory = forms.ModelChoiceField(Territory.objects.none(), label="Territoire", required=False, empty_label="Tous")
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label="Organisme référent", required=False, empty_label="Tous"
    )
    team = forms.ModelChoiceField(Team.objects.none(), label="Équipe", required=False, empty_label="Toutes")
    age = forms.ChoiceField(label="Depuis", choices=AGES_SHOWN, required=False)
    order = forms.ChoiceField(choices=ORDERS, required=False, widget=forms.HiddenInput)
    mine = forms.BooleanField(label="Mes suivis", required=False)
    seen = forms.ChoiceField(choices=[("", ""), ("never", "")], required=False, widget=forms.HiddenInput)
    explained = forms.ChoiceField(choices=[("", ""), ("0", ""), ("1", "")], required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        rows_in(self, "territory").queryset = territory_choices(actor)
        rows_in(self, "organization").queryset = referent_choices(actor)
        rows_in(self, "team").queryset = team_choices(actor)
        if not can(actor, "gap.motive"):
            del self.fields["kind"]
        if not actor.is_wide:
            del self.fields["organization"]

        for name, words in NOTHING_CHOSEN.items():
            if name in self.fields:
                self._say(name, {"": words})

    def say_counts(self, found: GapList) -> None:
        """Beside each situation and territory, how many are to be worked on: the counts come first."""
        for name, tallies in (("kind", found.kinds), ("territory", found.territories)):
            if name in self.fields:
                self._say(name, {one.key: f"{one.label} ({one.count})" for one in tallies})

    def _say(self, name: str, words: dict[str, str]) -> None:
        field: Any = self.fields[name]
        field.widget.choices = [(str(value), words.get(str(value), label)) for value, label in field.widget.choices]

    def values(self) -> dict[str, Any]:
        """What may be passed to the selector."""
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


class ImportOfGaps(forms.Form):
    """The gaps one import opened or closed: reached from the import, never typed."""

    job = forms.UUIDField(required=False)
    done = forms.ChoiceField(choices=[("", ""), ("opened", ""), ("closed", "")], required=False)


class ResolveForm(forms.Form):
    note = text(
        "Justificatif vu",
        rows=2,
        size=300,
        required=True,
        help_text="Par exemple « attestation d'inscription du 12/11/2026 montrée par la personne ».",
    )


class JustifyForm(forms.Form):
    closing = forms.ChoiceField(
        label="Raison", choices=[("", "Choisir…"), *((c.value, c.label) for c in JUSTIFICATIONS)]
    )
    until = day("Jusqu'au", required=True, help_text="Aucune liste ne rouvrira cette vérification avant cette date.")
    note = text("Précision (facultatif)", rows=2, size=300, help_text="La personne peut lire ce texte.")


class ReopenForm(forms.Form):
    note = text("Pourquoi (facultatif)", rows=2, size=300)


class ExitCodeForm(forms.Form):
    """A motive of cessation or radiation, and whether it opens a gap."""

    code = forms.CharField(label="Code", max_length=3)
    label = forms.CharField(label="Libellé", max_length=120)
    nature = forms.ChoiceField(label="Nature", choices=NATURES)
    alerting = forms.BooleanField(
        label="Ouvre une vérification",
        required=False,
        help_text="Sans cette case, ce motif explique l'absence : la personne n'est pas à vérifier.",
    )

    def __init__(self, *args: Any, known: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if known:
            del self.fields["code"]


class ExpectedListForm(forms.Form):
    """A list waited for every month."""

    label = forms.CharField(label="Liste", max_length=100, help_text="Par exemple « Agence de Metz ».")
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label="Territoire couvert", required=False, empty_label="Tout le Département"
    )
    agencies = forms.CharField(
        label="Codes des agences",
        required=False,
        max_length=300,
        help_text="Si la liste réunit plusieurs agences : leurs codes, séparés par un espace. Elle est là quand les "
        "fichiers appliqués les contiennent toutes.",
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        rows_in(self, "territory").queryset = territory_choices(actor)
