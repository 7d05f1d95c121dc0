"""What people type about members: rights, invitations, a new account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from hub.core.access import visible
from hub.core.actor import Actor
from partners.forms.fields import rows_in
from partners.grants import grantable
from partners.models import Function, Organization, Team, Territory, User
from partners.models.members import Role
from partners.selectors.network import teams_of

WEEKDAYS = ((0, "lundi"), (1, "mardi"), (2, "mercredi"), (3, "jeudi"), (4, "vendredi"), (5, "samedi"), (6, "dimanche"))


class RightsForm(forms.Form):
    """Team, role, functions, territories: what the actor may give in this organisation, and nothing more."""

    team = forms.ModelChoiceField(Team.objects.none(), label="Équipe", required=False, empty_label="Aucune")
    role = forms.ChoiceField(
        label="Rôle",
        choices=Role.choices,
        initial=Role.MEMBER,
        help_text="Un responsable gère les membres, les équipes et les fermetures de son organisation.",
    )
    functions = forms.MultipleChoiceField(label="Fonctions", required=False, widget=forms.CheckboxSelectMultiple)
    territories = forms.ModelMultipleChoiceField(
        Territory.objects.none(), label="Territoires", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, actor: Actor, organization: Organization, held: Iterable[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = grantable(actor, organization.kind_id)
        functions = self.fields["functions"]
        functions.choices = [(f.value, f.label) for f in Function if f in offered]  # type: ignore[attr-defined]
        above = [Function(name).label.partition(" : ")[0] for name in held if name not in offered]
        if above:
            functions.help_text = f"Restent en place, donnés par l'administrateur : {', '.join(above)}."
        rows_in(self, "team").queryset = teams_of(actor, organization)
        rows_in(self, "territories").queryset = visible(actor, Territory)


class MemberForm(RightsForm):
    """What a member does, and the days when he works."""

    working_days = forms.TypedMultipleChoiceField(
        label="Jours travaillés", choices=WEEKDAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )


class InvitationForm(RightsForm):
    """One address to invite."""

    email = forms.EmailField(label="Adresse e-mail")
    first_name = forms.CharField(label="Prénom", max_length=80, required=False)
    last_name = forms.CharField(label="Nom", max_length=80, required=False)
    field_order = ("email", "first_name", "last_name")


class AcceptForm(forms.Form):
    """A new account: names and a password; the address is the invitation's."""

    first_name = forms.CharField(
        label="Prénom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label="Nom", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label="Mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="14 caractères au moins : une phrase facile à retenir convient très bien.",
    )
    again = forms.CharField(
        label="Mot de passe, une seconde fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password = cleaned.get("password")
        if password and password != cleaned.get("again"):
            self.add_error("again", "Les deux mots de passe sont différents.")
        if password:
            user = User(
                email=self.email,
                first_name=cleaned.get("first_name", ""),
                last_name=cleaned.get("last_name", ""),
            )
            try:
                password_validation.validate_password(password, user)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
