"""Forms of the list and of the file of a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from hub.core.access import can, visible
from hub.core.actor import Actor
from hub.core.compiled import compiled
from hub.core.text import fold
from partners.forms.fields import SearchField, choices_in
from partners.models import Commune, Organization, Territory
from referrals.forms.fields import day, text
from referrals.models import Beneficiary, CafRole, RightsState, Sex, Track

SHOW = [
    ("mine", "Mon portefeuille"),
    ("no_track", "Sans orientation"),
    ("no_referent", "Sans référent"),
    ("open_referral", "Orientation en cours"),
    ("open_gap", "Inscription à vérifier"),
]
TRACKS = [  # short enough for a row of filters
    ("", "Toutes"),
    (Track.PROFESSIONAL.value, "Professionnelle"),
    (Track.SOCIO_PROFESSIONAL.value, "Socio-professionnelle"),
    (Track.SOCIAL.value, "Sociale"),
]
WIDE_ONLY = {"no_track", "no_referent"}
SUGGESTIONS = 5
SHORT = 18  # characters


class PeopleFilters(forms.Form):
    """Filters of the list; what an actor could not read he cannot filter on."""

    q = SearchField(label="Nom ou prénom", longest=100, widget=forms.SearchInput(attrs={"size": 14}))
    territory = forms.TypedChoiceField(label="Territoire", required=False, coerce=UUID, empty_value=None)
    track = forms.ChoiceField(label="Orientation", choices=TRACKS, required=False)
    referent = forms.TypedChoiceField(label="Référent", required=False, coerce=UUID, empty_value=None)
    show = forms.ChoiceField(label="Afficher", required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self._choose("territory", _short(territories(actor)))
        self._choose("show", [("", "Tout le monde"), *_shown(actor)])
        if actor.is_wide:
            self.fields["q"].label = "Nom ou identifiant"
            self._choose("referent", _short(referents(actor)))
        else:
            del self.fields["track"], self.fields["referent"]

    def chosen(self) -> dict[str, Any]:
        """What was asked and makes sense; a value that does not is as if it were not there."""
        self.is_valid()
        values = dict(self.cleaned_data)
        values["show"] = [values["show"]] if values.get("show") else []
        return values

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        choices_in(self, name).choices = choices


@compiled
def territories(actor: Actor) -> QuerySet[Any, tuple[UUID, str]]:
    return visible(actor, Territory).values_list("pk", "name")


@compiled
def referents(actor: Actor) -> QuerySet[Any, tuple[UUID, str]]:
    found = visible(actor, Organization).filter(kind__in=("department", "employment_service", "udaf"))
    return found.values_list("pk", "name").distinct()


def _short(found: list[tuple[UUID, str]]) -> list[tuple[str, str]]:
    """Labels cut short, so that the filters stay on one row."""
    return [("", "Tous"), *((str(pk), name if len(name) <= SHORT else f"{name[: SHORT - 1]}…") for pk, name in found)]


def _shown(actor: Actor) -> list[tuple[str, str]]:
    hidden = set() if actor.is_wide else set(WIDE_ONLY)
    if not can(actor, "gap.list"):
        hidden.add("open_gap")
    if not can(actor, "referral.list"):
        hidden.add("open_referral")
    return [choice for choice in SHOW if choice[0] not in hidden]


class PersonForm(forms.Form):
    """Identity, contact, identifiers and rights; the service checks what only it can check."""

    last_name = forms.CharField(label="Nom d'usage", max_length=80)
    first_names = forms.CharField(label="Prénoms", max_length=80)
    birth_name = forms.CharField(label="Nom de naissance", max_length=80, required=False)
    birth_date = day("Date de naissance")
    sex = forms.ChoiceField(label="Sexe", choices=Sex.choices, required=False)
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    email = forms.EmailField(label="Adresse e-mail", required=False)
    address = forms.CharField(label="Adresse", max_length=200, required=False)
    postcode = forms.CharField(label="Code postal", max_length=5, required=False)
    commune_name = forms.CharField(
        label="Commune",
        max_length=80,
        required=False,
        help_text="Le territoire en dépend. Laissez vide hors du Département.",
    )
    caf_number = forms.CharField(label="Numéro d'allocataire", max_length=15, required=False)
    caf_role = forms.ChoiceField(label="Rôle dans le dossier", choices=CafRole.choices, required=False)
    pes_id = forms.CharField(label="Identifiant Pôle emploi", max_length=20, required=False)
    internal_id = forms.CharField(label="Identifiant interne (Solis)", max_length=40, required=False)
    rights_state = forms.ChoiceField(
        label="Droit au RSA", choices=RightsState.choices, initial=RightsState.UNKNOWN, required=False
    )
    rights_opened_on = day("Droit ouvert le")
    subject_to_obligations = forms.NullBooleanField(
        label="Soumise aux droits et devoirs",
        required=False,
        widget=forms.Select(choices=[("", "Non connu"), ("true", "Oui"), ("false", "Non")]),
    )
    nir = forms.CharField(
        label="NIR",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        help_text="Gardé chiffré. Vide : celui qui est enregistré ne change pas.",
    )
    confirmed = forms.BooleanField(label="C'est une autre personne : enregistrer quand même", required=False)
    version = forms.DateTimeField(label="Version de la fiche", widget=forms.HiddenInput())

    def __init__(self, *args: Any, actor: Actor, person: Beneficiary | None = None, **options: Any) -> None:
        if person is not None:
            options["initial"] = _values_of(person)
        super().__init__(*args, **options)
        self.actor = actor
        if person is None:
            del self.fields["version"]

    def clean_rights_state(self) -> str:
        return str(self.cleaned_data["rights_state"] or RightsState.UNKNOWN)

    def clean(self) -> dict[str, Any]:
        """Find the commune by its name, among those of the Département."""
        cleaned = super().clean() or {}
        name = cleaned.get("commune_name", "").strip()
        cleaned["commune_id"] = None
        if not name:
            return cleaned
        communes = visible(self.actor, Commune)
        found = list(communes.filter(search_name=fold(name))[:2])
        if len(found) == 1:
            cleaned["commune_id"], cleaned["city"] = found[0].pk, found[0].name
            return cleaned
        near = [one.name for one in communes.filter(search_name__startswith=fold(name)[:4])[:SUGGESTIONS]]
        hint = f" Peut-être : {', '.join(near)} ?" if near else ""
        self.add_error("commune_name", f"La commune « {name} » n'est pas connue dans le Département.{hint}")
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the services of people expect."""
        cleaned = dict(self.cleaned_data)
        for name in ("nir", "confirmed", "commune_name", "version"):
            cleaned.pop(name, None)
        return cleaned


def _values_of(person: Beneficiary) -> dict[str, Any]:
    values = {name: getattr(person, name, None) for name in PersonForm.base_fields}
    values["commune_name"] = person.commune.name if person.commune else ""
    values["nir"] = ""
    values["version"] = person.updated_at.isoformat()
    return values


class SafeContactForm(forms.Form):
    """How to reach the person without putting her in danger."""

    do_not_call = forms.BooleanField(label="Ne pas appeler", required=False)
    do_not_write = forms.BooleanField(label="Ne pas écrire (ni courrier, ni message)", required=False)
    confidential_address = forms.BooleanField(label="Adresse confidentielle : ne la montrer à personne", required=False)
    contact_through = forms.CharField(
        label="Contacter par l'intermédiaire de",
        max_length=200,
        required=False,
        help_text="Par exemple le nom et le téléphone d'un professionnel. Rien sur la raison.",
    )


class DeathForm(forms.Form):
    died_on = day("Date du décès", required=True)


class OpeningForm(forms.Form):
    """Why one opens a file followed elsewhere in one's organisation."""

    reason = text(
        "Pourquoi ouvrez-vous ce dossier ?",
        rows=2,
        size=300,
        required=True,
        help_text="Votre responsable lira ce motif. Le dossier vous reste ouvert un jour.",
    )
