"""Forms of trainings: the filters of the calendar, a training, one of its sessions."""

from __future__ import annotations

from typing import Any

from django import forms

from collective_actions.calendar import NAMES, CalendarAsked
from collective_actions.formacode import THEMES
from collective_actions.models import EntryMode, Recruitment, Remuneration, TrainingSession
from collective_actions.models.trainings import LEVELS
from hub.core.access import visible
from hub.core.actor import Actor
from partners.forms.fields import DateInput, choices_in
from partners.models import Territory


class CalendarFilter(forms.Form):
    """What the calendar shows; it lives in the address, beside the view and the day."""

    territory = forms.ChoiceField(label="Territoire", required=False)
    theme = forms.ChoiceField(label="Thème", required=False, choices=[("", "Tous les thèmes"), *THEMES.items()])
    level = forms.ChoiceField(
        label="Niveau de sortie",
        required=False,
        choices=[("", "Tous les niveaux"), *((str(n), t) for n, t in LEVELS.items())],
    )
    places = forms.ChoiceField(label="Places", required=False, choices=[("", "Toutes"), ("1", "Places libres")])
    paid = forms.ChoiceField(label="Rémunération", required=False, choices=[("", "Toutes"), ("1", "Rémunérée")])
    vue = forms.CharField(required=False, widget=forms.HiddenInput)
    jour = forms.CharField(required=False, widget=forms.HiddenInput)
    pour = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, asked: CalendarAsked, *, actor: Actor, shown: str, day: str, person: str = "") -> None:
        given: dict[str, Any] = {name: getattr(asked, name) for name in NAMES}
        super().__init__(given | {"vue": shown, "jour": day, "pour": person}, auto_id="filter_%s")
        territories = [(str(one.pk), one.name) for one in visible(actor, Territory)]
        choices_in(self, "territory").choices = [("", "Tous les territoires"), *territories]


class SessionForm(forms.Form):
    """A session and its training, on one page."""

    title = forms.CharField(label="Intitulé de la formation", max_length=255)
    body_name = forms.CharField(label="Organisme de formation", max_length=150)
    starts_on = forms.DateField(label="Début", widget=DateInput(), required=False, help_text="Vide : date à préciser.")
    ends_on = forms.DateField(
        label="Fin",
        widget=DateInput(),
        required=False,
        help_text="Vide : fin inconnue, ou entrées et sorties permanentes.",
    )
    place = forms.CharField(label="Lieu", max_length=150, required=False)
    address = forms.CharField(label="Adresse", max_length=200, required=False)
    postcode = forms.RegexField(
        r"^\d{5}$", label="Code postal", required=False, error_messages={"invalid": "Cinq chiffres."}
    )
    city = forms.CharField(label="Commune", max_length=80, required=False)
    places = forms.IntegerField(label="Places", min_value=0, max_value=9999, required=False)
    free_places = forms.IntegerField(label="Places libres", min_value=0, max_value=9999, required=False)
    recruitment = forms.ChoiceField(label="Recrutement", required=False)
    registration = forms.CharField(
        label="Comment s'inscrire", max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )
    objective = forms.CharField(
        label="Objectif", max_length=3000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="Ce qui est dit de la formation vaut pour toutes ses sessions.",
    )  # fmt: skip
    conditions = forms.CharField(
        label="Conditions d'accès", max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )
    theme = forms.ChoiceField(label="Thème", required=False, choices=[("", "À préciser"), *THEMES.items()])
    level_out = forms.TypedChoiceField(
        label="Niveau de sortie", required=False, coerce=int, empty_value=None,
        choices=[("", "À préciser"), *LEVELS.items()],
    )  # fmt: skip
    hours = forms.IntegerField(label="Durée en heures", min_value=1, max_value=9999, required=False)
    entry = forms.ChoiceField(label="Entrées", required=False)
    remuneration = forms.ChoiceField(label="Rémunération", required=False)
    contact_name = forms.CharField(label="Contact", max_length=120, required=False)
    contact_phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    contact_email = forms.EmailField(label="Adresse e-mail", required=False)

    def __init__(self, *args: Any, session: TrainingSession | None = None, body: str = "", **options: Any) -> None:
        initial: dict[str, Any] = {"body_name": body}
        if session:
            both = (session, session.training)
            initial = {
                name: next(getattr(one, name) for one in both if hasattr(one, name)) for name in self.base_fields
            }
        super().__init__(*args, **{"initial": initial, **options})
        for name, choices in (
            ("recruitment", Recruitment.choices),
            ("entry", EntryMode.choices),
            ("remuneration", Remuneration.choices),
        ):
            choices_in(self, name).choices = [("", "À préciser"), *choices]
