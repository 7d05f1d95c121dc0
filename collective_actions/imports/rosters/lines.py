"""What a line of a roster says: who, in which session, from when to when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from referrals.imports.lines import PersonLine


@dataclass(slots=True)
class TraineeLine(PersonLine):
    """One trainee of one session, already normalised; the person's part is a `PersonLine`, so that the rules that
    recognise people read it.

    `planned_end` None: nobody knows; `outcome` is a code of `Outcome`, "" when the file says none.
    """

    session_number: str = ""
    catalogue_number: str = ""
    action_number: str = ""
    title: str = ""
    organization: str = ""
    siret: str = ""
    place: str = ""
    session_postcode: str = ""
    session_insee: str = ""
    session_start: dt.date | None = None
    session_end: dt.date | None = None
    entered_on: dt.date | None = None
    planned_end: dt.date | None = None
    left_on: dt.date | None = None
    outcome: str = ""
    says_left: bool = False  # the file tells who left: nobody else did
