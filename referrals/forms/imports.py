"""Bringing a file: what it is, and for a list which month, which perimeter, complete or not."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms

from hub.core.access import visible
from hub.core.actor import Actor
from partners.forms.fields import choices_in
from partners.importers import IMPORTERS
from partners.models import ImportJob, Territory
from partners.models.files import ImportKind, ImportState, ListNature, Verdict
from partners.services.coverage import sheets_of
from partners.services.guards import MINIMUM_REASON
from referrals.forms.fields import text
from referrals.imports.told import MONTHS
from referrals.selectors.imports import allowed_kinds

MONTHS_BACK = 13
PROPOSED = ("", "Proposer d'après le fichier")
EVERYWHERE = ("all", "Tout le Département")


class CoverageFields(forms.Form):
    """What a list covers."""

    month = forms.ChoiceField(label="Mois de la liste", required=False)
    territory = forms.ChoiceField(label="Territoire couvert", required=False)
    nature = forms.ChoiceField(label="Contenu de la liste", required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.territories = {str(one.pk): one for one in visible(actor, Territory)}
        places = [EVERYWHERE, *((pk, one.name) for pk, one in self.territories.items())]
        self.offer("month", month_choices(actor.today))
        self.offer("territory", places)
        self.offer("nature", ListNature.choices)

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """What may be chosen; "" leaves it to the file."""
        choices_in(self, name).choices = [PROPOSED, *choices]

    def clean_month(self) -> date | None:
        """The first day of the month chosen."""
        text = self.cleaned_data["month"]
        return date.fromisoformat(f"{text}-01") if text else None

    def clean_territory(self) -> Territory | None:
        """None: everywhere, or not said."""
        return self.territories.get(self.cleaned_data["territory"])


class ImportForm(CoverageFields):
    """One file; everything else is proposed from it. Month, territory and nature only count for registration lists."""

    file = forms.FileField(label="Fichier", allow_empty_file=True)
    kind = forms.ChoiceField(label="Type de fichier", required=False)
    again = forms.BooleanField(
        label="Importer quand même ce fichier",
        required=False,
        help_text="Ce fichier a déjà été importé. L'importer à nouveau ne change rien qui soit déjà connu.",
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        kinds = allowed_kinds(actor)
        choices_in(self, "kind").choices = kinds if len(kinds) == 1 else [PROPOSED, *kinds]
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.xlsx,.ods,.xml,.json"
        self.kinds = frozenset(kind for kind, _ in kinds)
        if ImportKind.REGISTRATION not in self.kinds:
            for name in ("month", "territory", "nature"):
                del self.fields[name]
        self.asks_again = False  # shown once the same file was found among those already brought
        self.same_as: ImportJob | None = None  # that one

    @property
    def whole(self) -> bool:
        """Was "everywhere" chosen?"""
        return self.data.get("territory") == EVERYWHERE[0]


class DiscardForm(forms.Form):
    """Why somebody else's file is given up."""

    reason = text("Pourquoi", rows=2, size=300, required=True, min_length=MINIMUM_REASON)


def _offered(form: forms.Form, name: str) -> list[tuple[str, str]]:
    """The choices of a field, as Django keeps them once given."""
    return cast("list[tuple[str, str]]", choices_in(form, name).choices)


class CoverageForm(CoverageFields):
    """What an analysed file seems to be, as it may still be corrected, and what in the file tells it."""

    sheet = forms.ChoiceField(label="Feuille lue", required=False)

    def __init__(self, *args: Any, actor: Actor, job: ImportJob, **options: Any) -> None:
        super().__init__(*args, actor=actor, initial=_initial(job), **options)
        sheets = sheets_of(job)
        choices_in(self, "sheet").choices = [(name, name) for name in sheets]
        if len(sheets) < 2:
            del self.fields["sheet"]
        if not IMPORTERS[job.kind].is_list or job.state != ImportState.ANALYSED:  # columns first
            for name in ("month", "territory", "nature"):
                del self.fields[name]
            return
        months = month_choices(actor.today)
        if job.month and self.initial["month"] not in dict(months):
            months.append((self.initial["month"], f"{MONTHS[job.month.month - 1]} {job.month.year}"))
        choices_in(self, "month").choices = [("", "À choisir"), *months] if not job.month else months
        for name in ("territory", "nature"):
            choices_in(self, name).choices = _offered(self, name)[1:]
        for name, told in job.proposals.items():
            self.fields[name].help_text = _why(job, name, told, dict(_offered(self, name)))

    def said(self) -> dict[str, Any]:
        """What the person says, all of it."""
        return {name: self.cleaned_data[name] for name in self.fields}


def _initial(job: ImportJob) -> dict[str, str]:
    return {
        "month": f"{job.month:%Y-%m}" if job.month else "",
        "territory": str(job.territory_id or EVERYWHERE[0]),
        "nature": job.nature,
        "sheet": job.sheet or job.survey.get("sheet", ""),
    }


def _why(job: ImportJob, name: str, told: dict[str, str], labels: dict[str, str]) -> str:
    """What tells it, and what the file says when a person stated something else."""
    value = {"month": told["value"][:7], "territory": told["value"] or EVERYWHERE[0]}.get(name, told["value"])
    if name in job.stated and value != _initial(job)[name]:
        return f"Indiqué par une personne ; d'après {told['why']} : {labels.get(value, value).lower()}."
    return f"D'après {told['why']}."


class VerdictFilter(forms.Form):
    """Which lines to show; lives in the URL."""

    verdict = forms.ChoiceField(label="Verdict", required=False, choices=[("", "Toutes les lignes"), *Verdict.choices])


def month_choices(today: date) -> list[tuple[str, str]]:
    """The last months, latest first, as ("2026-10", "octobre 2026")."""
    index = today.year * 12 + today.month - 1
    return [
        (f"{year:04d}-{month + 1:02d}", f"{MONTHS[month]} {year}")
        for year, month in (divmod(index - back, 12) for back in range(MONTHS_BACK))
    ]
