"""Correcting one line of an analysed file in place: it is read again as if the file had been right, and applied so."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.crypto import decrypt, encrypt
from hub.core.errors import Conflict, Invalid, NotVisible
from hub.core.tabular import FileProblem
from hub.core.topics import touch
from partners.importers import IMPORTERS, Corrections
from partners.models import ImportJob, ImportRow, LineCorrection
from partners.models.files import ImportState, Verdict
from partners.services.leftovers import path_of

CORRECTABLE = (Verdict.REJECTED, Verdict.UNKNOWN, Verdict.AMBIGUOUS)
NUMBER = "nir"  # kept as ciphertext; left empty, the one of the file stays
LONGEST_CELL = 500
EMPTY = "Corrigée ainsi, cette ligne serait vide."


@transaction.atomic
def correct_line(actor: Actor, *, job: ImportJob, line: int, cells: Mapping[str, str]) -> ImportRow:
    """Say what these cells should have been, by name of column; the row with its new verdict.

    Raises `NotVisible` for a line that is not there, `Invalid` for a column that is not, `Conflict` once applied.
    """
    require(actor, "import.correct", job)
    job = locked_analysis(job.pk)
    row = ImportRow.objects.filter(job=job, line=line).first()
    if row is None:
        raise NotVisible
    if row.verdict not in CORRECTABLE and "corrected" not in row.data:
        raise Conflict("Cette ligne n'est pas à corriger.")
    cells = _checked(cells, editable_fields(actor, job))
    LineCorrection.objects.create(
        department_id=actor.department_id, job=job, line=line, cells=cells, by_id=actor.user_id, at=actor.now
    )
    try:
        reread_lines(actor, job, [line])
    except FileProblem as problem:  # nothing is left of the line
        raise Invalid(EMPTY) from problem
    corrected = ImportRow.objects.filter(job=job, line=line).first()
    if corrected is None:
        raise Invalid(EMPTY)
    return corrected


def editable_fields(actor: Actor, job: ImportJob) -> dict[str, str]:
    """Name of each column that may be corrected → its title in the file; empty for a file that is not a table."""
    fields = IMPORTERS[job.kind].fields(actor, job, path_of(job.file))
    return {name: title for name, title in fields.items() if name != "nir2"}


def reread_lines(actor: Actor, job: ImportJob, lines: Iterable[int]) -> None:
    """Read these lines of an analysed file again, with their corrections; what the job says of them follows."""
    job.counts = IMPORTERS[job.kind].reread(actor, job, path_of(job.file), corrections_of(job, lines))
    IMPORTERS[job.kind].foresee(actor, job)
    job.save(update_fields=["counts", "guards", "agencies", "warnings"])
    touch(actor.department_id, "import", job.pk)


def corrections_of(job: ImportJob, lines: Iterable[int] | None = None) -> Corrections:
    """Line → cells as corrected, the latest correction first in force; all corrected lines without `lines`."""
    found: Corrections = {line: {} for line in lines or ()}
    made = LineCorrection.objects.filter(job=job)
    for one in made if lines is None else made.filter(line__in=found):
        found.setdefault(one.line, {}).update({name: _clear(name, cell) for name, cell in one.cells.items()})
    return found


def locked_analysis(job_id: UUID) -> ImportJob:
    """The job, locked, while it waits for its confirmation. Raises `Conflict` at any other moment."""
    job = ImportJob.objects.select_for_update(of=("self",)).select_related("file", "territory").get(pk=job_id)
    if job.state != ImportState.ANALYSED:
        raise Conflict(f"Cet import est « {job.get_state_display()} ».", code="invalid_transition")
    return job


def _checked(cells: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    if not known:
        raise Invalid("Ce type de fichier ne se corrige pas ligne à ligne : demandez un nouvel envoi.")
    if unknown := [name for name in cells if name not in known]:
        raise Invalid("Cette colonne n'existe pas dans le fichier.", fields=dict.fromkeys(unknown, "Colonne inconnue."))
    if long := [name for name, cell in cells.items() if len(cell) > LONGEST_CELL]:
        raise Invalid(fields=dict.fromkeys(long, f"Au plus {LONGEST_CELL} caractères."))
    kept = {name: cell.replace("\x00", "").strip() for name, cell in cells.items()}
    if not kept.get(NUMBER):
        kept.pop(NUMBER, None)
    else:
        kept[NUMBER] = base64.b64encode(encrypt(kept[NUMBER])).decode()
    return kept


def _clear(name: str, cell: str) -> str:
    return decrypt(base64.b64decode(cell)) if name == NUMBER else cell
