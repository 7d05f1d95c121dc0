"""Forms of campaigns, of their people and of slots."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from hub.core.access import visible
from hub.core.actor import PARIS, Actor
from hub.core.text import fold
from partners.forms.fields import choices_in, rows_in
from partners.models import Commune, Organization, Team, Territory
from referrals.forms.appointments import line, minutes
from referrals.forms.fields import day, hour, reason_kept, text
from referrals.models import AppointmentMode, Slot, Summons
from referrals.selectors.campaigns import STAGES, drafts
from referrals.selectors.slots import places_for
from referrals.selectors.summonable import LACKS, USUAL
from referrals.services.appointments.planning import in_france
from referrals.services.campaigns.people import MOST
from referrals.services.campaigns.people import WORDS as SIZES
from referrals.services.campaigns.slots import first_day

SINCE = [("", "Peu importe"), ("28", "4 semaines"), ("42", "6 semaines"), ("91", "3 mois"), ("183", "6 mois")]
NEVER_CO_HOSTS = ("association",)  # kinds that never sit beside the Département in a joint session


class CandidateFilters(forms.Form):
    """Whom to convene; the filters live in the URL."""

    lacks = forms.MultipleChoiceField(
        label="Situation", choices=list(LACKS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    territory = forms.ModelChoiceField(Territory.objects.none(), label="Territoire", required=False, empty_label="Tous")
    since = forms.ChoiceField(label="Droit ouvert depuis", choices=SINCE, required=False)
    age_min = forms.IntegerField(label="Âge minimum", min_value=16, max_value=99, required=False)
    age_max = forms.IntegerField(label="Âge maximum", min_value=16, max_value=99, required=False)
    explained = forms.BooleanField(label="Aussi les absences expliquées", required=False)

    def __init__(self, given: QueryDict, *, actor: Actor, **options: Any) -> None:
        """Without any situation ticked, the usual ones are, and shown as such: nobody convenes everybody unawares."""
        shown = given.copy()
        if not shown.getlist("lacks"):
            shown.setlist("lacks", list(USUAL))
        super().__init__(shown, **options)
        rows_in(self, "territory").queryset = visible(actor, Territory).only("name")

    def chosen(self) -> dict[str, Any]:
        """What was asked and makes sense."""
        self.is_valid()
        return dict(self.cleaned_data)


class WordsForm(forms.Form):
    """What a campaign is called, and what people read."""

    name = forms.CharField(label="Nom de la campagne", max_length=SIZES["name"], help_text="Lu par vos collègues.")
    motive = text(
        "Pourquoi", rows=2, size=SIZES["motive"], required=True,
        help_text="Chaque personne le lira : des mots simples, rien de sensible, jamais de menace.",
    )  # fmt: skip
    bring = line("À apporter", SIZES["bring"])
    contact = line("Qui appeler", SIZES["contact"], help_text="Un nom et un numéro, pour déplacer la date.")
    reason = reason_kept()

    def __init__(self, *args: Any, may_keep: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_keep:
            del self.fields["reason"]


class ContactForm(forms.Form):
    """All that may still be said once a campaign is sent."""

    contact = forms.CharField(
        label="Qui appeler",
        max_length=SIZES["contact"],
        help_text="Un nom et un numéro, pour déplacer la date. Les courriers déjà écrits ne changent pas.",
    )


class HowManyForm(forms.Form):
    """How many of the people found, those who have waited longest first."""

    how_many = forms.IntegerField(
        label="Nombre de personnes",
        min_value=1,
        max_value=MOST,
        help_text="Celles qui attendent depuis le plus longtemps.",
    )


class NewCampaignForm(HowManyForm, WordsForm):
    field_order = ["name", "motive", "bring", "contact", "reason", "how_many"]


class SummonGapsForm(forms.Form):
    """People of chosen gaps: a new campaign, or one being prepared."""

    campaign = forms.ChoiceField(label="Dans", required=False)
    title = line("Nom de la nouvelle campagne", SIZES["name"], help_text="Lu par vos collègues.")
    motive = text(
        "Pourquoi", rows=2, size=SIZES["motive"], help_text="Chaque personne le lira.",
        initial="Faire le point ensemble sur votre inscription et vos démarches.",
    )  # fmt: skip
    contact = line("Qui appeler", SIZES["contact"])

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.drafts = {str(one.pk): one for one in drafts(actor)}
        named = [(pk, one.name) for pk, one in self.drafts.items()]
        choices_in(self, "campaign").choices = [("", "Une nouvelle campagne"), *named]

    def values(self) -> dict[str, Any]:
        """What the service expects."""
        given = self.cleaned_data
        words = {"name": given["title"], "motive": given["motive"], "contact": given["contact"]}
        return {"campaign": self.drafts.get(self.cleaned_data["campaign"]), "words": words}


class SlotForm(forms.Form):
    """Seats to open: where, when, how many, with whom."""

    place = forms.CharField(
        label="Lieu", max_length=120, help_text="Comme la personne doit le trouver : « CMS de Metz, 2e étage »."
    )
    address = line("Adresse du lieu", 200)
    commune_name = line("Commune", 80, help_text="Les personnes qui y habitent y sont convoquées d'abord.")
    team = forms.ModelChoiceField(Team.objects.none(), label="Équipe qui reçoit", required=False, empty_label="—")
    co_host = forms.ModelChoiceField(
        Organization.objects.none(), label="Avec un partenaire (séance commune)", required=False, empty_label="—"
    )
    on = day("Jour", required=True)
    at = hour("Heure")
    duration = minutes()
    repeat = forms.IntegerField(
        label="Créneaux à la suite", min_value=1, max_value=20, initial=1, help_text="L'un après l'autre, ce jour-là."
    )
    capacity = forms.IntegerField(label="Places par créneau", min_value=1, max_value=MOST, initial=1)
    mode = forms.ChoiceField(label="Comment", choices=AppointmentMode.choices)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        teams = visible(actor, Team).filter(organization=actor.organization_id, sees_people=True)
        partners = visible(actor, Organization).exclude(pk=actor.organization_id).exclude(kind__in=NEVER_CO_HOSTS)
        rows_in(self, "team").queryset = teams
        first = first_day(actor)
        self.fields["on"].help_text = f"À partir du {first:%d/%m/%Y}."
        self.fields["on"].widget.attrs["min"] = f"{first:%Y-%m-%d}"
        rows_in(self, "co_host").queryset = partners

    def clean(self) -> dict[str, Any]:
        """Find the commune by its name."""
        cleaned = super().clean() or {}
        name = cleaned.get("commune_name", "").strip()
        cleaned["commune"] = visible(self.actor, Commune).filter(search_name=fold(name)).first() if name else None
        if name and cleaned["commune"] is None:
            self.add_error("commune_name", f"La commune « {name} » n'est pas connue dans le Département.")
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the service expects."""
        given = dict(self.cleaned_data)
        given["starts_at"] = in_france(given.pop("on"), given.pop("at"))
        given.pop("commune_name")
        return given


class CapacityForm(forms.Form):
    capacity = forms.IntegerField(label="Places", min_value=1, max_value=MOST)


class PlaceForm(forms.Form):
    """Another slot for one person."""

    slot = forms.ChoiceField(label="Créneau", required=False)

    def __init__(self, *args: Any, actor: Actor, summons: Summons, **options: Any) -> None:
        super().__init__(*args, **options)
        places, current = places_for(actor, summons.campaign), summons.slot
        left = summons.appointment.starts_at if summons.appointment and current is None else None
        usable = [slot for one in places for slot in one.slots if slot.starts_at != left]  # not the date she refused
        free = [slot for slot in usable if slot.free or slot == current]
        self.slots = {str(slot.pk): slot for slot in free}
        groups = [
            (one.name, [(str(s.pk), label_of(s)) for s in one.slots if str(s.pk) in self.slots]) for one in places
        ]
        groups = [(name, choices) for name, choices in groups if choices]
        nothing = [] if summons.appointment_id else [("", "Aucun créneau")]
        choices_in(self, "slot").choices = [*nothing, *groups]
        self.fields["slot"].initial = str(current.pk) if current else ""

    def chosen(self) -> Slot | None:
        """The chosen one."""
        return self.slots.get(self.cleaned_data["slot"])


class ToldForm(forms.Form):
    told_how = forms.CharField(
        label="Comment est-elle prévenue ?",
        max_length=120,
        help_text="Par exemple « de vive voix, au CMS ». Rien n'est écrit à la personne.",
    )

    def __init__(self, *args: Any, by_letter: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if by_letter:
            self.fields["told_how"].required = False
            self.fields["told_how"].help_text = "Laissez vide pour lui écrire : demandez ensuite sa lettre."


class StageFilters(forms.Form):
    """Filters of the people of a campaign."""

    etat = forms.ChoiceField(
        label="État", choices=[("", "Tous"), *((key, one[0]) for key, one in STAGES.items())], required=False
    )
    creneau = forms.ChoiceField(label="Créneau", required=False)

    def __init__(self, *args: Any, slots: list[Slot], **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(str(slot.pk), label_of(slot)) for slot in slots]
        choices_in(self, "creneau").choices = [("", "Tous"), *named]


def label_of(slot: Slot) -> str:
    """A slot in a list of choices."""
    from_, until = in_paris(slot), in_paris(slot, slot.duration)
    return f"{from_:%d/%m/%Y %H:%M}–{until:%H:%M} · {slot.place} · places libres : {slot.free}"


def in_paris(slot: Slot, after: int = 0) -> Any:
    """The instant a slot begins (or so many minutes later), as a clock shows it in France."""
    return (slot.starts_at + timedelta(minutes=after)).astimezone(PARIS)
