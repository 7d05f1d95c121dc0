"""The lines of a roster that cannot be read as they are: made from the file while it waits, kept nowhere."""

from __future__ import annotations

import io

from collective_actions.imports.rosters import opened
from hub.core.access import require
from hub.core.actor import PARIS, Actor
from hub.core.errors import Conflict
from hub.core.tabular import VERIFIED, at_line, file_name, write_csv
from partners.models import Department, ImportJob
from partners.models.files import ImportState
from partners.services.leftovers import path_of
from referrals.imports.columns import REJECT_REASON
from referrals.imports.lines import has_error

GONE = "Le contenu de cette liste est détruit : corrigez les lignes signalées dans votre fichier, puis déposez-le."


def reject_file(actor: Actor, *, job: ImportJob) -> tuple[str, bytes]:
    """Its name and its bytes: the cells as they came, and what is wrong with each line.

    Raises `Conflict` once the file is destroyed.
    """
    require(actor, "import.confirm", job)
    if job.state != ImportState.ANALYSED:
        raise Conflict(GONE)
    parsed = opened(path_of(job.file), today=actor.today, limits=VERIFIED)
    wrong = (
        [*line.raw, " ; ".join(at_line(line.line, said) for said in line.remarks if said.level == "error")]
        for line in parsed.rows
        if has_error(line.remarks)
    )
    content = io.BytesIO()
    write_csv(content, [*parsed.columns, REJECT_REASON], wrong)
    name = file_name(
        "rejets-stagiaires",
        tenant=Department.objects.get(pk=job.department_id).code,
        place="departement",
        month=job.created_at.date(),
        at=actor.now.astimezone(PARIS),
    )
    return name, content.getvalue()
