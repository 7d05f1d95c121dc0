"""What the administration types: onboarding table, territories, settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partners.delays import DELAYS, OPEN_DAYS
from partners.models import Department
from partners.services.departments import LONGEST_DELAY


class OnboardingForm(forms.Form):
    """A table of organisations and members."""

    file = forms.FileField(
        label="Tableau des organisations et des membres",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx,.ods"}),
    )
    largest = 5 * 1024 * 1024

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > self.largest:
            raise ValidationError("Ce fichier est trop gros : 5 Mo au plus.")
        return upload


class TerritoryForm(forms.Form):
    """The name of a territory, and whether its limits are the Département's."""

    name = forms.CharField(label="Nom", max_length=80)
    verified = forms.BooleanField(label="Limites confirmées par le Département", required=False)


class NewTerritoryForm(forms.Form):
    """A territory without commune yet."""

    code = forms.CharField(label="Code", max_length=20)
    name = forms.CharField(label="Nom", max_length=80)


class SettingsForm(forms.Form):
    """Names, mode, and every delay of `partners.delays`, its default shown beside it."""

    employment_service_name = forms.CharField(label="Nom du service public de l'emploi", max_length=60)
    category_mode = forms.BooleanField(
        label="Suivre les catégories F et G",
        required=False,
        help_text="Règles d'inscription en vigueur depuis le 1er janvier 2025.",
    )

    gap_motive_shared = forms.BooleanField(
        label="L'UDAF voit le motif des écarts d'inscription",
        required=False,
        help_text="Sans cette case, elle lit « à vérifier avec la personne ». À cocher une fois la base légale "
        "confirmée ; le changement est journalisé.",
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "employment_service_name": department.employment_service_name,
            "category_mode": department.category_mode,
            "gap_motive_shared": department.gap_motive_shared,
            **{f"delay_{name}": department.delay(name) for name in DELAYS},
        }
        super().__init__(*args, **kwargs)
        for name, delay in DELAYS.items():
            unit = "jours ouvrés" if delay.unit == OPEN_DAYS else "jours"
            self.fields[f"delay_{name}"] = forms.IntegerField(
                label=delay.label,
                min_value=1,
                max_value=LONGEST_DELAY,
                help_text=f"En {unit}. Par défaut : {delay.default}.",
            )

    @property
    def delay_fields(self) -> list[forms.BoundField]:
        """The delays, for a page that lays them out in columns."""
        return [self[f"delay_{name}"] for name in DELAYS]

    @property
    def delays(self) -> dict[str, int]:
        """The delays as typed, by name."""
        return {name: self.cleaned_data[f"delay_{name}"] for name in DELAYS}
