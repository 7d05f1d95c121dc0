"""The sheet people sign: a neutral title, when and where, names. Nothing that says why they are there."""

from __future__ import annotations

import re
from pathlib import Path

from collective_actions.dates import said
from collective_actions.models import CollectiveAction
from collective_actions.selectors.enrolments import SessionRecord
from hub.core.actor import Actor
from hub.core.pdf import render_pdf
from hub.core.text import fold

SOURCE = Path(__file__).parent / "sheet.typ"
NEUTRAL = "Action collective"
BLANK_ROWS = 3  # for who comes without being on the list
# A title that says what people live on is not printed.
TELLING = re.compile(r"\b(rsa|brsa|allocataires?|minima|insertion|solidarite active)\b")


def attendance_sheet(actor: Actor, record: SessionRecord) -> bytes:
    """The PDF of a session: those who have a seat, as far as who runs it may name them."""
    session = record.session
    data = {
        "title": sheet_title(session.action),
        "lines": [f"Le {said(session.starts_at)}", ", ".join(filter(None, (session.place, session.address)))],
        "names": [line.name for line in record.enrolled if line.known or line.enrolment.member_id],
        "blank": BLANK_ROWS,
    }
    return render_pdf(SOURCE, data, at=actor.now)


def sheet_title(action: CollectiveAction) -> str:
    """What was chosen, else the name of the action; neutral words instead of one that says too much."""
    title = action.sheet_title or action.service.name
    return NEUTRAL if TELLING.search(fold(title)) else title
