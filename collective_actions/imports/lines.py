"""A session and its training as a file states them: what both shapes of file give."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from hub.core.tabular import Remark
from hub.core.text import name_key

Values = dict[str, Any]


@dataclass(slots=True)
class SessionLine:
    """Fields of the models, dates as ISO texts; a field that is not here was not said and erases nothing.

    A date said unknown or open is None.
    """

    line: int
    raw: list[str]
    training: Values = field(default_factory=dict)
    session: Values = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        return any(said.level == "error" for said in self.remarks)

    @property
    def training_key(self) -> tuple[str, str, str]:
        """What training it is: numbers, or who teaches and what."""
        said = self.training
        if said.get("action_number"):
            return said.get("number", ""), said["action_number"], ""
        return "", "", training_key(said)

    @property
    def session_key(self) -> str:
        """What session of it: its number, else its first day."""
        return self.session.get("number") or f"@{self.session.get('starts_on') or ''}"

    def check(self, former: Any = None) -> None:
        """What no file may say of a session, together with what is already known of it and that it does not say."""
        start, end = self._with(former, "starts_on"), self._with(former, "ends_on")
        if start and end and end < start:
            said = f"la session finirait le {_shown(end)}, avant de commencer le {_shown(start)}"
            self.remarks.append(Remark("DATE_INCOHERENTE", "error", said))
        places, free = self._with(former, "places"), self._with(former, "free_places")
        if places is not None and free is not None and free > places:
            said = f"{free} places libres pour {places} places : les places libres restent à préciser"
            self.remarks.append(Remark("PLACES", "warning", said))
            self.session["free_places"] = None

    def _with(self, former: Any, name: str) -> Any:
        """What the line says of a field, else what is known."""
        if name in self.session:
            return self.session[name]
        value = getattr(former, name, None)
        return value.isoformat() if isinstance(value, dt.date) else value


def training_key(said: Values) -> str:
    """SIRET, else name, of the body and title, the same however they are spelt."""
    return f"{said.get('body_siret') or name_key(said.get('body_name'))}|{name_key(said.get('title'))}"[:180]


def _shown(day: str) -> str:
    return f"{dt.date.fromisoformat(day):%d/%m/%Y}"
