"""One line of an analysed file, ready to be corrected."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, NotVisible
from partners.importers import IMPORTERS
from partners.models import ImportJob, ImportRow
from partners.models.files import ImportState
from partners.services.corrections import NUMBER, corrections_of, editable_fields
from referrals.selectors.imports import sentences


@dataclass(frozen=True, slots=True)
class CorrectableLine:
    """The row, why it was put aside, its columns (name → French name) and what its cells hold now."""

    row: ImportRow
    sentences: list[str]
    fields: dict[str, str]
    cells: dict[str, str]


def line_to_correct(actor: Actor, job: ImportJob, line: int) -> CorrectableLine:
    """Raises `NotVisible` for a line that is not there, `Conflict` once its file is no longer there to be read."""
    row = visible(actor, ImportRow).filter(job=job, line=line).first()
    if row is None:
        raise NotVisible
    if job.state != ImportState.ANALYSED:
        raise Conflict(f"Cet import est « {job.get_state_display()} » : ses lignes ne se corrigent plus.")
    fields = editable_fields(actor, job)
    titles = dict(zip(job.columns, row.raw, strict=False))
    cells = {name: titles.get(title, "") for name, title in fields.items() if name != NUMBER}
    corrected = {name: cell for name, cell in corrections_of(job, [line])[line].items() if name != NUMBER}
    french = dict(IMPORTERS[job.kind].choices)  # titles of files are often abbreviations
    shown = {name: french.get(name, title) for name, title in fields.items()}
    return CorrectableLine(row, sentences(row), shown, cells | corrected)
