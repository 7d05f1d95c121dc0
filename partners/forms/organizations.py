"""What people type about an organisation: identity, teams, services, closing periods."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from hub.core.access import visible
from hub.core.actor import Actor
from partners.forms.fields import DateInput, PhoneField, SiretField, rows_in
from partners.models import OrganizationKind, Territory

BY_MAIL = "Reçoit aussi les orientations par courriel"
BY_MAIL_HELP = (
    "À cette adresse, sans rien de personnel : on y répond sans compte, avec un code. "
    "Une organisation dont personne n'a de compte les reçoit toujours ainsi."
)


class OrganizationForm(forms.Form):
    """The identity of an organisation; no identifier is required."""

    name = forms.CharField(label="Nom", max_length=150)
    kind = forms.ModelChoiceField(OrganizationKind.objects.none(), label="Type", empty_label="Choisir…")
    city = forms.CharField(label="Commune", max_length=80, required=False)
    email = forms.EmailField(label="Adresse e-mail", required=False)
    phone = PhoneField()
    siret = SiretField(label="SIRET", max_length=20, required=False)
    rna = forms.CharField(label="RNA", max_length=12, required=False, help_text="W suivi de neuf chiffres.")
    tribunal = forms.CharField(
        label="Tribunal",
        max_length=80,
        required=False,
        help_text="Associations de droit local (Moselle) : tribunal, volume et folio tiennent lieu de RNA.",
    )
    volume = forms.CharField(label="Volume", max_length=20, required=False)
    folio = forms.CharField(label="Folio", max_length=20, required=False)
    receives_referrals = forms.BooleanField(label="Reçoit des orientations", required=False, initial=True)
    answers_by_mail = forms.BooleanField(label=BY_MAIL, required=False, help_text=BY_MAIL_HELP)
    active = forms.BooleanField(
        label="Active", required=False, initial=True, help_text="Décochée, ses membres n'ont plus accès."
    )

    def __init__(self, *args: Any, new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows_in(self, "kind").queryset = OrganizationKind.objects.all()
        if new:
            del self.fields["active"]

    def clean_rna(self) -> str:
        text = self.cleaned_data["rna"].upper().replace(" ", "")
        if text and not re.fullmatch(r"W\d{9}", text):
            raise ValidationError("Un RNA s'écrit W suivi de neuf chiffres.")
        return text


class ContactForm(forms.Form):
    """What an organisation's own manager may change of its identity."""

    email = forms.EmailField(label="Adresse e-mail", required=False)
    phone = PhoneField()
    answers_by_mail = forms.BooleanField(label=BY_MAIL, required=False, help_text=BY_MAIL_HELP)


class TeamForm(forms.Form):
    """A CMS, an agency, a branch, a service."""

    name = forms.CharField(label="Nom", max_length=100)
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label="Territoire", required=False, empty_label="Aucun en particulier"
    )
    agency_code = forms.RegexField(
        r"^\d{5}$",
        label="Code de l'agence",
        required=False,
        help_text="Cinq chiffres, pour une agence du service public de l'emploi.",
    )
    sees_people = forms.BooleanField(
        label="Voit des personnes accompagnées",
        required=False,
        initial=True,
        help_text="Décochée, ses membres ne voient aucune personne ni orientation.",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows_in(self, "territory").queryset = visible(actor, Territory)


class ClosingForm(forms.Form):
    """Days when the organisation is closed."""

    starts_on = forms.DateField(label="Du", widget=DateInput())
    ends_on = forms.DateField(label="Au", widget=DateInput(), help_text="Dernier jour de fermeture compris.")
