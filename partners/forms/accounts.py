"""What people type about their own account."""

from __future__ import annotations

from typing import Any

from django import forms

from hub.core.actor import Actor
from partners.forms.fields import DateInput, PhoneField, rows_in
from partners.models import Membership
from partners.services.absences import possible_stand_ins
from partners.services.tokens import LONGEST_DAYS


class TokenForm(forms.Form):
    """A key for a machine."""

    label = forms.CharField(label="Nom de la clé", max_length=80, help_text="Le logiciel ou la tâche qui s'en servira.")
    days = forms.IntegerField(
        label="Durée de validité (jours)", min_value=1, max_value=LONGEST_DAYS, initial=90, help_text="Un an au plus."
    )


class PhoneForm(forms.Form):
    """My own number at work."""

    phone = PhoneField(label="Téléphone professionnel")


class ColleagueField(forms.ModelChoiceField):
    """A member by his own name: the organisation is everybody's here."""

    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.user)


class AbsenceForm(forms.Form):
    """When a member is away, and who stands in for him."""

    starts_on = forms.DateField(label="Du", widget=DateInput())
    ends_on = forms.DateField(label="Au (compris)", widget=DateInput())
    stand_in = ColleagueField(
        Membership.objects.none(),
        label="Remplacement",
        required=False,
        empty_label="Toute l'équipe",
        help_text="Ce qui attend la personne absente est aussi dit à ce collègue. Ses accès ne changent pas.",
    )

    def __init__(self, *args: Any, actor: Actor, away: Membership | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        rows_in(self, "stand_in").queryset = possible_stand_ins(actor, away).select_related("user", "organization")
