"""Forms of the directory: its search, a whole service, a suggestion."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.text import fold
from partners.forms.fields import PhoneField, SiretField, choices_in
from partners.models import Commune, Organization, Service, Structure, Territory
from partners.models.services import ServiceNature
from partners.selectors.directory.asked import DISTANCES, Asked
from partners.themes import THEMES
from partners.vocabulary import ACTION_MODES, AUDIENCES, FEES, KINDS, NETWORKS, RECEPTION, REFERRERS

Choices = list[tuple[str, Any]]
OTHERS = ("nature", "territory", "audience", "kind", "fee", "mode", "places")


class SearchForm(forms.Form):
    """The search: words, filters with how many services each choice would give."""

    q = forms.CharField(label="Quoi", required=False, max_length=100)
    theme = forms.ChoiceField(label="Thème", required=False)
    commune = forms.CharField(label="Autour de (commune)", required=False, max_length=80)
    distance = forms.ChoiceField(label="Distance", required=False)
    territory = forms.ChoiceField(label="Territoire", required=False)
    audience = forms.ChoiceField(label="Public", required=False)
    kind = forms.ChoiceField(label="Type", required=False)
    fee = forms.ChoiceField(label="Frais", required=False)
    mode = forms.ChoiceField(label="Accueil", required=False)
    nature = forms.ChoiceField(label="Nature", required=False)
    places = forms.ChoiceField(label="Places", required=False)
    pour = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, asked: Asked, counts: dict[str, int], *, actor: Actor, person: UUID | None = None) -> None:
        given = {name: getattr(asked, name, "") for name in self.base_fields} | {"pour": str(person or "")}
        super().__init__(given, auto_id="filter_%s")
        self.asked, self.counts = asked, counts
        self.fields["q"].widget.attrs |= {"type": "search", "placeholder": "Quoi : alimentation, permis…"}
        self.fields["commune"].widget.attrs["placeholder"] = "Autour de quelle commune"
        territories = [(str(one.pk), one.name) for one in visible(actor, Territory)]
        self._offer("theme", "Tous les thèmes", self._themes())
        self._offer("territory", "Tous les territoires", self._counted("territory", "z", territories))
        self._offer("audience", "Tous les publics", self._counted("audience", "a", list(AUDIENCES.items())))
        self._offer("kind", "Tous les types", self._counted("kind", "k", list(KINDS.items())))
        self._offer("fee", "Gratuit ou payant", self._counted("fee", "f", list(FEES.items())))
        self._offer("mode", "Sur place ou à distance", self._counted("mode", "r", list(RECEPTION.items())))
        self._offer("nature", "Services, actions, postes", self._counted("nature", "n", list(ServiceNature.choices)))
        self._offer("places", "Complet ou non", self._counted("places", "p", [("left", "Places restantes")]))
        choices_in(self, "distance").choices = [(str(km), f"à {km} km") for km in DISTANCES]
        self.initial["distance"] = str(asked.kilometres)
        self.data = {**self.data, "distance": str(asked.kilometres)}

    @property
    def others(self) -> list[forms.BoundField]:
        """The filters that are not always in sight."""
        return [self[name] for name in OTHERS]

    @property
    def more(self) -> int:
        """How many of them are set."""
        return sum(bool(getattr(self.asked, name)) for name in OTHERS)

    def _offer(self, name: str, every: str, choices: Choices) -> None:
        choices_in(self, name).choices = [("", every), *choices]

    def _counted(self, name: str, letter: str, choices: list[tuple[str, str]]) -> Choices:
        """What would find something, and what is chosen."""
        chosen = getattr(self.asked, name)
        counted = [(code, label, self.counts.get(f"{letter}:{code}", 0)) for code, label in choices]
        return [(code, f"{label} ({count})") for code, label, count in counted if count or code == chosen]

    def _themes(self) -> Choices:
        """Each category as a whole, then its themes."""
        groups: Choices = []
        for label, themes in THEMES:
            category = themes[0][0].partition("--")[0]
            whole = self._counted("theme", "c", [(category, f"{label} : tout")])
            if rows := whole + self._counted("theme", "t", themes):
                groups.append((label, rows))
        return groups


class ServiceForm(forms.Form):
    """All that is said of a service. `VOCABULARY`: codes of data·inclusion."""

    name = forms.CharField(label="Nom", max_length=150)
    description = forms.CharField(
        label="Description",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Ce qui est proposé, concrètement, en phrases courtes.",
    )
    kind = forms.ChoiceField(label="Type", required=False, choices=[("", "—"), *KINDS.items()])
    themes = forms.MultipleChoiceField(
        label="Thèmes",
        required=False,
        choices=THEMES,
        widget=forms.CheckboxSelectMultiple,
    )
    audiences = forms.MultipleChoiceField(
        label="Publics",
        required=False,
        choices=list(AUDIENCES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="« Tous publics » seul, ou les publics concernés.",
    )
    audience_details = forms.CharField(label="Précisions sur les publics", required=False, max_length=1000)
    conditions = forms.CharField(label="Conditions d'accès", required=False, max_length=1000)
    fee = forms.ChoiceField(label="Frais", required=False, choices=[("", "—"), *FEES.items()])
    fee_details = forms.CharField(label="Précisions sur les frais", required=False, max_length=500)
    reception = forms.MultipleChoiceField(
        label="Accueil", required=False, choices=list(RECEPTION.items()), widget=forms.CheckboxSelectMultiple
    )
    city = forms.CharField(
        label="Commune", required=False, max_length=80, help_text="Vide : le service n'est pas lié à un lieu."
    )
    address = forms.CharField(label="Adresse", required=False, max_length=200)
    zone = forms.CharField(
        label="Zone d'éligibilité",
        required=False,
        max_length=300,
        help_text="Codes de communes, d'EPCI ou de départements, séparés par des virgules : 57, 57463…",
    )
    opening_hours = forms.CharField(label="Horaires", required=False, max_length=300)
    phone = PhoneField()
    email = forms.EmailField(label="Adresse e-mail", required=False)
    contact_name = forms.CharField(label="Personne à contacter", required=False, max_length=120)
    referrers = forms.MultipleChoiceField(
        label="Qui peut le mobiliser", required=False, choices=list(REFERRERS.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    action_modes = forms.MultipleChoiceField(
        label="Comment le mobiliser", required=False, choices=list(ACTION_MODES.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    action_url = forms.URLField(label="Lien pour le mobiliser", required=False, assume_scheme="https")
    action_details = forms.CharField(label="Précisions pour le mobiliser", required=False, max_length=1000)
    weekly_hours = forms.FloatField(label="Heures par semaine", required=False, min_value=0, max_value=168)
    weeks = forms.IntegerField(label="Nombre de semaines", required=False, min_value=1, max_value=520)
    sensitive = forms.BooleanField(
        label="Service sensible",
        required=False,
        help_text="Ses orientations ne sont vues que de l'émetteur et du destinataire.",
    )
    public = forms.BooleanField(
        label="Visible hors du réseau",
        required=False,
        help_text="Coché, il est publié dans l'annuaire ouvert, lisible par tous.",
    )

    def __init__(self, *args: Any, actor: Actor, service: Service | None = None, **options: Any) -> None:
        if service is not None:
            options["initial"] = {name: getattr(service, name) for name in self.base_fields} | {
                "zone": ", ".join(service.zone)
            }
        super().__init__(*args, **options)
        self.actor = actor

    def clean(self) -> dict[str, Any]:
        """A commune by its name gives its code; one of elsewhere is kept as it is written."""
        cleaned = super().clean() or {}
        return cleaned | located(self.actor, cleaned.get("city", ""))


def located(actor: Actor, city: str) -> dict[str, str]:
    """The commune of this name and its code; of elsewhere, the name alone."""
    found = visible(actor, Commune).filter(search_name=fold(city)).first() if city else None
    return {"insee": found.pk if found else "", "city": found.name if found else city}


class StructureForm(forms.Form):
    """All that is said of a structure that a file named. `VOCABULARY`: codes of data·inclusion."""

    name = forms.CharField(label="Nom", max_length=150)
    description = forms.CharField(
        label="Description", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    siret = SiretField(label="SIRET", required=False)
    city = forms.CharField(label="Commune", required=False, max_length=80)
    address = forms.CharField(label="Adresse", required=False, max_length=200)
    address_extra = forms.CharField(label="Complément d'adresse", required=False, max_length=200)
    postcode = forms.CharField(label="Code postal", required=False, max_length=5)
    phone = PhoneField()
    email = forms.EmailField(label="Adresse e-mail", required=False)
    opening_hours = forms.CharField(label="Horaires", required=False, max_length=300)
    website = forms.URLField(label="Site web", required=False, assume_scheme="https")
    accessibility_url = forms.URLField(
        label="Accessibilité du lieu", required=False, assume_scheme="https", help_text="Page qui la décrit."
    )
    networks = forms.MultipleChoiceField(
        label="Réseaux", required=False, choices=list(NETWORKS.items()), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, structure: Structure, **options: Any) -> None:
        options["initial"] = {name: getattr(structure, name) for name in self.base_fields}
        super().__init__(*args, **options)
        self.actor, self.structure = actor, structure

    def clean(self) -> dict[str, Any]:
        """Another commune is another place: its point on the map is no longer known."""
        cleaned = super().clean() or {}
        cleaned |= located(self.actor, cleaned.get("city", ""))
        if cleaned["insee"] != self.structure.insee:
            cleaned |= {"latitude": None, "longitude": None}
        return cleaned


class MergeForm(forms.Form):
    """Which service is kept."""

    into = forms.UUIDField()


class SuggestForm(forms.Form):
    text = forms.CharField(
        label="Votre suggestion",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce qui est à corriger, ou le service qui manque : son nom, qui le propose, où.",
    )


class AttachForm(forms.Form):
    organization = forms.ModelChoiceField(Organization.objects.none(), label="Organisme du réseau")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = visible(actor, Organization).order_by("name")
