"""One line of a file as a form: a field by column."""

from __future__ import annotations

from typing import Any

from django import forms

from partners.services.corrections import LONGEST_CELL, NUMBER

HIDDEN_HELP = "Masqué. Laissez vide pour garder celui du fichier."


class LineForm(forms.Form):
    """The cells of one line, as the file has them or as last corrected; a number of social security stays hidden."""

    def __init__(self, *args: Any, fields: dict[str, str], cells: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, title in fields.items():
            secret = name == NUMBER
            self.fields[name] = forms.CharField(
                label=title or name,
                required=False,
                max_length=LONGEST_CELL,
                initial="" if secret else cells.get(name, ""),
                help_text=HIDDEN_HELP if secret else "",
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def changed(self) -> dict[str, str]:
        """The cells that differ from what was shown."""
        return {name: self.cleaned_data[name] for name in self.changed_data}
