"""The lines of a file left aside, as a file to correct and bring again as it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from hub.core.access import visible
from hub.core.actor import PARIS, Actor
from hub.core.tabular import file_name
from hub.core.tabular.table import alias_index
from hub.core.text import header_key
from partners.importers import IMPORTERS
from partners.imports.directory import ALIASES
from partners.models import Department, ImportJob, ImportRow
from partners.models.files import ImportKind
from partners.services.corrections import corrections_of
from referrals.imports.columns import PEOPLE, REGISTRATION, REJECT_REASON
from referrals.selectors.imports import REJECTS, sentences

KNOWN = {
    ImportKind.PEOPLE: alias_index(PEOPLE),
    ImportKind.REGISTRATION: alias_index(REGISTRATION),
    ImportKind.CAF_FLOW: {},
    ImportKind.DIRECTORY: alias_index(ALIASES),
    ImportKind.ROSTER: {},
    ImportKind.TRAININGS: {},
}
NAMES = {
    ImportKind.PEOPLE: "personnes",
    ImportKind.CAF_FLOW: "flux-caf",
    ImportKind.REGISTRATION: "inscriptions",
    ImportKind.DIRECTORY: "repertoire",
    ImportKind.ROSTER: "stagiaires",
    ImportKind.TRAININGS: "formations",
}


def has_rejects(job: ImportJob) -> bool:
    """Is there anything to send back?"""
    return any(job.counts.get(verdict, 0) for verdict in REJECTS)


def reject_lines(actor: Actor, job: ImportJob) -> Iterator[list[str]]:
    """The cells of the lines left aside, as corrected since, each line followed by what is wrong with it now."""
    rows = visible(actor, ImportRow).filter(job=job, verdict__in=REJECTS).order_by("line", "id")
    width, fields, corrected = len(job.columns), job.survey.get("fields", []), corrections_of(job)
    for row in rows.iterator(1000):
        cells = [*row.raw[:width], *[""] * (width - len(row.raw))]
        if said := corrected.get(row.line):
            cells = [said.get(name, cell) for name, cell in zip_longest(fields, cells, fillvalue="")][:width]
        yield [*cells, " ; ".join(sentences(row))]


def reject_titles(job: ImportJob) -> list[str]:
    """The titles of the file, replaced where a person had to say what their column is: they are recognised alone."""
    labels, known = dict(IMPORTERS[job.kind].choices), KNOWN[ImportKind(job.kind)]
    fields = [name for name in job.survey.get("fields", []) if name]
    if len(fields) != len(job.columns):
        return [*job.columns, REJECT_REASON]
    titles = [
        title if known.get(header_key(title)) == name else labels[name]
        for title, name in zip(job.columns, fields, strict=True)
    ]
    return [*titles, REJECT_REASON]


def rejects_name(actor: Actor, job: ImportJob) -> str:
    """Such as `rejets-inscriptions_57_metz_2026-10_20261125T0930.csv`."""
    return file_name(
        f"rejets-{NAMES[ImportKind(job.kind)]}",
        tenant=Department.objects.get(pk=job.department_id).code,
        place=str(job.territory or "departement"),
        month=job.month or job.created_at.date(),
        at=actor.now.astimezone(PARIS),
    )
