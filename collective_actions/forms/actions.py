"""Forms of collective actions: designed step by step, dated, filled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Case, When

from collective_actions.forms.directory import located
from collective_actions.models import ActionAudience, Attendance, Enrolment, Session
from hub.core.access import visible
from hub.core.actor import PARIS, Actor
from partners.forms.fields import choices_in, rows_in
from partners.models import Organization, Territory
from partners.themes import THEMES
from partners.vocabulary import AUDIENCES, FEES
from referrals.forms.fields import day, hour, text

RATINGS = [("", "—"), ("4", "Très utile"), ("3", "Utile"), ("2", "Peu utile"), ("1", "Pas utile")]


class ActionFilters(forms.Form):
    """Filters of the list; they live in the URL."""

    box = forms.CharField(required=False, widget=forms.HiddenInput)
    pour = forms.UUIDField(required=False, widget=forms.HiddenInput)
    theme = forms.ChoiceField(label="Thème", required=False)
    territory = forms.ChoiceField(label="Territoire", required=False)
    audience = forms.ChoiceField(
        label="Pour qui", required=False, choices=[("", "Tous publics"), *ActionAudience.choices]
    )
    places = forms.ChoiceField(
        label="Places", required=False, choices=[("", "Complètes ou non"), ("left", "Places restantes")]
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s", **options})
        categories = [(rows[0][0].partition("--")[0], label) for label, rows in THEMES]
        choices_in(self, "theme").choices = [("", "Tous les thèmes"), *categories]
        places = [(str(one.pk), one.name) for one in visible(actor, Territory)]
        choices_in(self, "territory").choices = [("", "Tous les territoires"), *places]

    @property
    def asked(self) -> dict[str, str]:
        """What is asked, as selectors take it; a value nobody offers is left out."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class NeedStep(forms.Form):
    """What is missing, for whom."""

    name = forms.CharField(label="Nom de l'action", max_length=150)
    audience = forms.ChoiceField(label="Pour qui", choices=ActionAudience.choices, widget=forms.RadioSelect)
    need = text(
        "Besoin de départ", size=2000, help_text="Ce que vous constatez : combien de personnes, quel frein, où."
    )


class NeedAgain(forms.Form):
    """The same of an action that exists: for whom it is does not change."""

    name = forms.CharField(label="Nom de l'action", max_length=150)
    need = text(
        "Besoin de départ", size=2000, help_text="Ce que vous constatez : combien de personnes, quel frein, où."
    )


class ObjectiveStep(forms.Form):
    """What will have changed, what one does there."""

    objective = text("Objectif", size=2000, help_text="Ce que les participants sauront faire ou auront obtenu.")
    description = text(
        "Ce qui est proposé", size=10_000, rows=4, help_text="Lu par tous dans le répertoire, en phrases courtes."
    )


class PublicStep(forms.Form):
    """Whom it suits, where."""

    themes = forms.MultipleChoiceField(
        label="Thèmes", required=False, choices=THEMES, widget=forms.CheckboxSelectMultiple
    )
    audiences = forms.MultipleChoiceField(
        label="Publics", required=False, choices=list(AUDIENCES.items()),
        widget=forms.CheckboxSelectMultiple, help_text="« Tous publics » seul, ou les publics concernés.",
    )  # fmt: skip
    audience_details = forms.CharField(label="Précisions sur les publics", required=False, max_length=1000)
    conditions = forms.CharField(label="Conditions d'accès", required=False, max_length=1000)
    fee = forms.ChoiceField(label="Frais", required=False, choices=[("", "—"), *FEES.items()])
    city = forms.CharField(
        label="Commune", required=False, max_length=80, help_text="Vide : l'action n'est pas liée à un lieu."
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor

    def clean(self) -> dict[str, Any]:
        """A commune by its name gives its code."""
        cleaned = super().clean() or {}
        return cleaned | located(self.actor, cleaned.get("city", ""))


class PartnersStep(forms.Form):
    """With whom."""

    co_hosts = forms.ModelMultipleChoiceField(
        Organization.objects.none(), label="Co-organisateurs", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Ils voient qui a une place (prénom et initiale), notent les présences, impriment la feuille. D'une "
        "action sensible, ils ne voient aucun nom.",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = Case(When(pk__in=self.initial.get("co_hosts", ()), then=0), default=1)
        rows_in(self, "co_hosts").queryset = visible(actor, Organization).order_by(chosen, "name")


class EvaluationStep(forms.Form):
    """How one will know that it was worth it."""

    evaluation = text(
        "Comment saurez-vous que l'action a réussi ?", size=2000, rows=4,
        help_text="Deux ou trois critères simples : présence, ce que les personnes en disent, ce qu'elles deviennent.",
    )  # fmt: skip
    sheet_title = forms.CharField(
        label="Titre de la feuille d'émargement", required=False, max_length=100,
        help_text="Un titre neutre : rien qui dise le statut des personnes. Vide : le nom de l'action.",
    )  # fmt: skip


class SessionForm(forms.Form):
    """One date."""

    on = day("Jour", required=True)
    at = hour("Heure")
    duration = forms.IntegerField(label="Durée (minutes)", min_value=15, max_value=720, initial=120)
    capacity = forms.IntegerField(label="Places", min_value=1, max_value=500, initial=10)
    place = forms.CharField(label="Lieu", max_length=120)
    address = forms.CharField(label="Adresse", max_length=200, required=False)
    meeting_point = forms.CharField(
        label="Point de rendez-vous", max_length=200, required=False, help_text="Si l'on se retrouve ailleurs."
    )

    def values(self) -> dict[str, Any]:
        """As services take it."""
        given = dict(self.cleaned_data)
        on, at = given.pop("on"), given.pop("at")
        return given | {"starts_at": datetime.combine(on, at, PARIS)}

    @staticmethod
    def initial_of(session: Session) -> dict[str, Any]:
        local = session.starts_at.astimezone(PARIS)
        kept = ("duration", "capacity", "place", "address", "meeting_point")
        return {name: getattr(session, name) for name in kept} | {"on": local.date(), "at": local.time()}


class NewSessionForm(SessionForm):
    """One date, or one a week."""

    times = forms.IntegerField(
        label="Combien de séances", min_value=1, max_value=30, initial=1,
        help_text="Plus d'une : chaque semaine, le même jour à la même heure.",
    )  # fmt: skip


class SeriesForm(NewSessionForm):
    """Dates while designing; are they one cycle?"""

    series = forms.BooleanField(
        label="Les séances forment un cycle", required=False, help_text="On s'inscrit alors à toutes celles à venir."
    )


class QuotaForm(forms.Form):
    """A limit for one prescriber; nothing takes it away."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label="Organisme")
    seats = forms.IntegerField(
        label="Places par séance", required=False, min_value=0, max_value=500, help_text="Vide : sans limite."
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "quota_%s", **options})
        rows_in(self, "organization").queryset = visible(actor, Organization).order_by("name")


class KeepModelForm(forms.Form):
    """Keep an action for others to start from."""

    name = forms.CharField(label="Nom du modèle", max_length=150)
    shared = forms.BooleanField(
        label="Partagé dans le Département", required=False, help_text="Sinon, votre organisme seul le voit."
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Pourquoi", max_length=300)


class NoteForm(forms.Form):
    note = forms.CharField(label="Pourquoi", max_length=300)


class EnrolForm(forms.Form):
    """A person, for one of the dates to come."""

    session = forms.ModelChoiceField(Session.objects.none(), label="Séance", widget=forms.RadioSelect, empty_label=None)
    informed_on = day(
        "Personne informée le", required=True, help_text="Le jour où vous avez parlé de cette action avec la personne."
    )
    note = text("Message à l'organisateur", help_text="La personne peut lire ce message. Ni santé, ni justice.")
    duplicate_reason = forms.CharField(
        label="Pourquoi en envoyer une autre", max_length=300, required=False,
        help_text="Une orientation vers cette action est encore ouverte pour cette personne.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, sessions: list[Session], labels: dict[Any, str], referred: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field = rows_in(self, "session")
        field.queryset = Session.objects.filter(pk__in=[one.pk for one in sessions])
        field.choices = [(str(one.pk), labels[one.pk]) for one in sessions]
        if not referred:
            del self.fields["note"]
        if not self.data.get("duplicate_reason"):
            self.ask_duplicate_reason(required=False)

    def ask_duplicate_reason(self, *, required: bool) -> None:
        """Keep the field only once a duplicate was found."""
        if not required:
            self.kept = self.fields.pop("duplicate_reason", None)
        elif self.kept is not None:
            self.fields["duplicate_reason"] = self.kept


class FeedbackForm(forms.Form):
    rating = forms.TypedChoiceField(label="Avis", choices=RATINGS, coerce=int)
    feedback = forms.CharField(label="En quelques mots", max_length=500, required=False)


def attendance_marks(data: Any, rows: list[Enrolment]) -> dict[Any, str]:
    """What a sheet on screen says, by enrolment; what is not a mark is left to the service to refuse."""
    given = {one.pk: data.get(f"mark_{one.pk}") for one in rows}
    return {pk: mark for pk, mark in given.items() if mark is not None}


MARKS = list(Attendance.choices)
