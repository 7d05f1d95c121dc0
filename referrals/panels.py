"""What slot `person.panels` holds: small side panels of a person's file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One line: who or what, the detail, a telephone number to call, where to read more or (`action`) what to do."""

    title: str
    detail: str = ""
    phone: str = ""
    url: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled list; `empty` is said when there is no line, `note` above them; `more` (`more_label`) leads to
    all of them."""

    title: str
    icon: str
    lines: Sequence[PanelLine] = ()
    empty: str = ""
    note: str = ""
    more: str = ""
    more_label: str = "Chercher dans le répertoire"
