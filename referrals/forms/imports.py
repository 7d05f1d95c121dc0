"""Bringing a file: what it is, and for a list which month, which perimeter, complete or not."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.text import fold
from partners.models import Territory
from partners.models.files import ImportKind, ListNature, Verdict
from referrals.selectors.imports import allowed_kinds

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
MONTHS_BACK = 13
MONTH_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])(?!\d)")
FOLDED_MONTHS = [fold(month) for month in MONTHS]
MONTH_IN_WORDS = re.compile(rf"({'|'.join(FOLDED_MONTHS)})[-_. ]*(20\d\d)(?!\d)")
RECOGNISE = ("", "Reconnaître d'après le contenu")
NATURES = [
    (ListNature.COMPLETE.value, "Liste complète : toutes les personnes inscrites du mois"),
    (ListNature.EVENTS.value, "Événements seulement : cessations, radiations, quelques inscriptions"),
]


class ImportForm(forms.Form):
    """One file. Month, territory and nature only count for registration lists."""

    file = forms.FileField(label="Fichier", allow_empty_file=True)
    kind = forms.ChoiceField(label="Type de fichier", required=False)
    month = forms.ChoiceField(label="Mois de la liste", required=False)
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label="Territoire couvert", required=False, empty_label="Tout le Département"
    )
    nature = forms.ChoiceField(label="Contenu de la liste", required=False, choices=NATURES, widget=forms.RadioSelect)
    again = forms.BooleanField(
        label="Importer quand même ce fichier",
        required=False,
        help_text="Ce fichier a déjà été importé. L'importer à nouveau ne change rien qui soit déjà connu.",
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = allowed_kinds(actor)
        self.fields["kind"].choices = kinds if len(kinds) == 1 else [RECOGNISE, *kinds]  # type: ignore[attr-defined]
        self.fields["month"].choices = [("", "Choisir…"), *month_choices(actor.today)]  # type: ignore[attr-defined]
        self.fields["territory"].queryset = visible(actor, Territory)  # type: ignore[attr-defined]
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,.xlsx,.ods,.xml"
        self.kinds = frozenset(kind for kind, _ in kinds)
        if len(actor.territories) == 1:  # a list of one's territory must not stand for the whole Département
            self.fields["territory"].initial = next(iter(actor.territories))
        if ImportKind.REGISTRATION not in self.kinds:
            for name in ("month", "territory", "nature"):
                del self.fields[name]
        self.asks_again = False  # shown once the same file was found among those already brought

    def clean_month(self) -> date | None:
        """The first day of the month chosen."""
        text = self.cleaned_data["month"]
        return date.fromisoformat(f"{text}-01") if text else None


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


def month_in(name: str, today: date) -> str:
    """The month a file's name tells ("2026-10"), when it is one that may be chosen; else ''."""
    found, words = MONTH_IN_NAME.search(name), MONTH_IN_WORDS.search(fold(name))
    month = f"{found[1]}-{found[2]}" if found else ""
    if words and not found:
        month = f"{words[2]}-{FOLDED_MONTHS.index(words[1]) + 1:02d}"
    return month if month in dict(month_choices(today)) else ""
