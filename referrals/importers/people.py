"""Files of people: the Département's tables and the CAF's monthly flow. The only files that create somebody.

An empty cell never erases; safe contact is never touched; an older flow never overwrites a newer one.
"""

from __future__ import annotations

import base64
import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from hub.core.actor import Actor
from hub.core.crypto import encrypt, keyed_hash
from hub.core.progress import Progress
from hub.core.tabular import Choice, Source
from hub.core.tabular.table import labels, require_columns
from partners.importers import APPLYING, CHECKING, MATCHING, READING, Analysis, Corrections, importer
from partners.models import ImportJob
from partners.models.files import ImportKind, Verdict
from partners.services.columns import choice
from partners.services.corrections import corrections_of
from referrals.importers.differences import mark_differences
from referrals.importers.freshness import people_changed_since
from referrals.importers.rereading import forget_rows, read_again
from referrals.importers.writing import apply_people
from referrals.imports import caf
from referrals.imports import people as table
from referrals.imports.columns import PEOPLE
from referrals.imports.lines import Parsed, PersonLine
from referrals.matching import levels, rows, stage
from referrals.services.people_undo import refuse_without_history, undo_people

# PersonLine attribute → Beneficiary field; what a file says and the hub keeps.
FIELDS = {
    "last_name": "last_name",
    "birth_name": "birth_name",
    "first_names": "first_names",
    "birth_date": "birth_date",
    "birth_date_partial": "birth_date_partial",
    "sex": "sex",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "postcode": "postcode",
    "city": "city",
    "insee": "commune_id",
    "caf_fund": "caf_fund",
    "caf_org": "caf_organization",
    "caf_number": "caf_number",
    "caf_role": "caf_role",
    "pes_raw": "pes_id",
    "internal_id": "internal_id",
    "rights_state": "rights_state",
    "rights_opened_on": "rights_opened_on",
    "subject_to_obligations": "subject_to_obligations",
}
LONGEST = {"last_name": 80, "birth_name": 80, "first_names": 80, "address": 200, "city": 80, "internal_id": 40}


class PeopleFileImporter(ABC):
    """What both kinds share: recognise, compare, create or bring up to date."""

    is_list = False
    choices: tuple[tuple[str, str], ...] = ()

    @abstractmethod
    def read(
        self, path: Source, today: dt.date, chosen: Choice, repair: bool = False, only: str = ""
    ) -> Parsed[PersonLine]:
        """Open the file, or one sheet `only` of it. Raises FileProblem."""

    def check(self, actor: Actor, path: Path, chosen: Choice) -> None:
        self.read(path, actor.today, chosen)

    def check_fields(self, fields: list[str]) -> None:
        require_columns(fields, table.REQUIRED, dict(self.choices))
        table.require_identifying(fields)

    def analyse(self, actor: Actor, job: ImportJob, path: Path, chosen: Choice) -> Analysis:
        parsed, told = self.read(path, actor.today, chosen, job.repair, job.sheet), Progress("import", job.pk)
        lines = told.watch(parsed.rows, READING, parsed.lines)
        counts = _verdicts(actor, job, lines, parsed.info.get("DTREF"), parsed.nir_columns, told)
        if corrections := corrections_of(job):
            counts = self.reread(actor, job, path, corrections)
        return Analysis(
            columns=list(parsed.columns),
            counts=counts,
            warnings=[said.message for said in parsed.warnings],
            encoding=parsed.encoding or "",
            separator=parsed.separator or "",
            survey=parsed.survey,
        )

    def fields(self, actor: Actor, job: ImportJob, path: Path) -> dict[str, str]:
        return {}

    def reread(self, actor: Actor, job: ImportJob, path: Path, corrections: Corrections) -> dict[str, Any]:
        titles = labels(PEOPLE)
        chosen = choice(job.organization_id, job.kind, job.mapping)
        opened = partial(self.read, today=actor.today, chosen=chosen, repair=job.repair, only=job.sheet)
        parsed, lines = read_again(opened, path, titles, corrections)
        forget_rows(job, corrections)
        return _verdicts(actor, job, lines, parsed.info.get("DTREF"), parsed.nir_columns, Progress("import", job.pk))

    def foresee(self, actor: Actor, job: ImportJob) -> None:
        """Its verdicts say it all."""
        return

    def is_stale(self, actor: Actor, job: ImportJob) -> bool:
        return people_changed_since(job)

    def apply(self, actor: Actor, job: ImportJob) -> None:
        Progress("import", job.pk).tell(APPLYING)
        job.counts = {**job.counts, **apply_people(actor, job)}

    def check_undo(self, job: ImportJob) -> None:
        refuse_without_history(job)

    def undo(self, actor: Actor, job: ImportJob) -> dict[str, int]:
        return undo_people(actor, job)


@importer(ImportKind.PEOPLE)
class PeopleImporter(PeopleFileImporter):
    choices = table.FIELDS

    def read(
        self, path: Source, today: dt.date, chosen: Choice, repair: bool = False, only: str = ""
    ) -> Parsed[PersonLine]:
        return table.parse(path, today=today, chosen=chosen, repair=repair, only=only)

    def fields(self, actor: Actor, job: ImportJob, path: Path) -> dict[str, str]:
        parsed = self.read(path, actor.today, choice(job.organization_id, job.kind, job.mapping), job.repair, job.sheet)
        return dict(zip(parsed.fields, parsed.columns, strict=True))


@importer(ImportKind.CAF_FLOW)
class CafFlowImporter(PeopleFileImporter):
    def read(
        self, path: Source, today: dt.date, chosen: Choice, repair: bool = False, only: str = ""
    ) -> Parsed[PersonLine]:
        return caf.parse(path, today=today)

    def fields(self, actor: Actor, job: ImportJob, path: Path) -> dict[str, str]:
        parsed = caf.parse(path, today=actor.today)
        return dict(zip(parsed.fields, parsed.columns, strict=True))

    def reread(self, actor: Actor, job: ImportJob, path: Path, corrections: Corrections) -> dict[str, Any]:
        parsed = caf.parse(path, today=actor.today, corrections=corrections)
        lines = [line for line in parsed.rows if line.line in corrections]
        forget_rows(job, corrections)
        told = Progress("import", job.pk)
        return _verdicts(actor, job, lines, parsed.info.get("DTREF"), parsed.nir_columns, told)


def _verdicts(
    actor: Actor,
    job: ImportJob,
    lines: Iterable[PersonLine],
    as_of: str | None,
    nir_columns: tuple[int, ...],
    told: Progress,
) -> dict[str, Any]:
    """Recognise these lines, compare them, write their rows; the counts of the whole job."""
    stage.load(actor.department_id, lines, partial(_data, as_of=as_of), nir_columns=nir_columns)
    told.tell(MATCHING)
    levels.match(actor.department_id, job.organization_id)
    levels.part_conflicts()
    rows.mark_doubles(job.pk)
    told.tell(CHECKING)
    mark_differences(actor)
    rows.write(actor.department_id, job.pk, unmatched=Verdict.CREATED)
    return rows.counts(job.pk)


def _data(line: PersonLine, as_of: str | None) -> dict[str, Any]:
    """What the line says, ready to be written; the NIR as ciphertext and keyed hash only."""
    values = {
        field: _plain(value, field) for name, field in FIELDS.items() if (value := getattr(line, name)) is not None
    }
    if values.get("rights_state") == "undefined":
        del values["rights_state"]
    if as_of:
        values["rights_as_of"] = as_of
    data: dict[str, Any] = {"values": values}
    if line.nir13:
        data["nir"] = [base64.b64encode(encrypt(line.nir13)).decode(), keyed_hash(line.nir13)]
    if line.track:
        data["track"] = [line.track, line.track_date.isoformat() if line.track_date else None, line.organization_hint]
    return data


def _plain(value: Any, field: str) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value[: LONGEST[field]] if field in LONGEST else value
