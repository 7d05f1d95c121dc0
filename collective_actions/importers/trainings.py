"""Offers of training through the one pipeline of files: analysed, confirmed, applied, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from collective_actions.imports.lheo import formations, is_lheo
from collective_actions.imports.lheo_lines import HEADERS, lines_of
from collective_actions.imports.lines import SessionLine
from collective_actions.imports.table import FIELDS, LABELS, REQUIRED, is_trainings_table, parse_table
from collective_actions.models import Training, TrainingJournal, TrainingSession
from collective_actions.services.trainings.applying import apply_lines, take_back_lines
from collective_actions.services.trainings.journal import as_stored
from collective_actions.services.trainings.matching import Known
from hub.core.actor import Actor
from hub.core.tabular import DEFAULT_LIMITS, Choice, Remark, Source
from hub.core.tabular.sheet import open_sheets
from hub.core.tabular.sniff import container, opened
from hub.core.tabular.table import require_columns
from partners.importers import OfferImporter, importer, recogniser
from partners.imports.offers import OfferFile
from partners.models import ImportJob, ImportRow
from partners.models.files import ImportKind, Verdict

BLOCK = 500
HEAD = 4096
TITLES = 10


@recogniser(ImportKind.TRAININGS)
def is_offer(source: Source) -> bool:
    """LHEO, or a table of sessions without anybody's name."""
    with opened(source) as file:
        kind = container(file, DEFAULT_LIMITS)
        head = file.read(HEAD)
    if kind == "xml":
        return is_lheo(head)
    for sheet in open_sheets(source, DEFAULT_LIMITS):
        if any(is_trainings_table(row) for _, row in islice(sheet.rows(), TITLES)):
            return True
    return False


@importer(ImportKind.TRAININGS)
class TrainingsImporter(OfferImporter):
    """Trainings and sessions of LHEO 2.3 or of a table; nothing in them is about a person."""

    choices: tuple[tuple[str, str], ...] = FIELDS

    def check(self, actor: Actor, path: Path, chosen: Choice) -> None:
        if _is_xml(path):
            with path.open("rb") as file:
                next(formations(file), None)
        else:
            parse_table(path, today=actor.today, chosen=chosen, repair=False)

    def check_fields(self, fields: list[str]) -> None:
        require_columns(fields, REQUIRED, LABELS)

    def read(self, actor: Actor, job: ImportJob, path: Path, chosen: Choice) -> OfferFile[SessionLine]:
        if not _is_xml(path):
            return parse_table(path, today=actor.today, chosen=chosen, repair=job.repair)
        return OfferFile(HEADERS, _lheo(path), encoding="utf-8")

    def verdicts(self, actor: Actor, job: ImportJob, lines: list[SessionLine]) -> list[ImportRow]:
        return _verdicts(job, lines)

    def is_stale(self, actor: Actor, job: ImportJob) -> bool:
        return TrainingJournal.objects.filter(department_id=job.department_id, at__gt=job.analysed_at).exists()

    def apply_rows(self, actor: Actor, job: ImportJob) -> None:
        apply_lines(actor, job)

    def undo(self, actor: Actor, job: ImportJob) -> dict[str, int]:
        return take_back_lines(actor, job)


def _is_xml(path: Path) -> bool:
    with opened(path) as file:
        return container(file, DEFAULT_LIMITS) == "xml"


def _lheo(path: Path) -> Iterator[SessionLine]:
    with path.open("rb") as file:
        for formation in formations(file):
            yield from lines_of(formation)


def _verdicts(job: ImportJob, lines: list[SessionLine]) -> list[ImportRow]:
    """Compare each line with what is known, and keep what becomes of it."""
    rows = []
    seen: dict[tuple[Any, ...], int] = {}
    source = iter(lines)
    while block := list(islice(source, BLOCK)):
        known = Known(job.department_id, [(line.training, line.session) for line in block])
        rows += [_row(job, line, _verdict(line, known, seen)) for line in block]
    ImportRow.objects.bulk_create(rows, batch_size=BLOCK)
    return rows


def _verdict(line: SessionLine, known: Known, seen: dict[tuple[Any, ...], int]) -> str:
    if line.is_wrong:
        return Verdict.REJECTED
    key = (*line.training_key, line.session_key)
    if first := seen.get(key):
        line.remarks.append(Remark("DOUBLON_FICHIER", "warning", f"session déjà dans le fichier, ligne {first}"))
        return Verdict.DUPLICATE
    seen[key] = line.line
    training = known.training(line.training)
    session = known.session(training, line.session)
    if session is not None:
        line.check(session)
        if line.is_wrong:
            return Verdict.REJECTED
    if training is None or session is None:
        return Verdict.CREATED
    changed = [*_differences(training, line.training), *_differences(session, line.session)]
    if session.cancelled_at:
        changed.append("annulation")
    if not changed:
        return Verdict.UNCHANGED
    line.remarks.append(Remark("CHANGE", "warning", f"change : {', '.join(changed)}"))
    return Verdict.CHANGED


def _differences(former: Training | TrainingSession, said: dict[str, Any]) -> Iterator[str]:
    """The French names of the fields that would change."""
    labels = {field.name: str(field.verbose_name) for field in former._meta.fields}
    for name, value in as_stored(said).items():
        if getattr(former, name) != value:
            yield labels[name]


def _row(job: ImportJob, line: SessionLine, verdict: str) -> ImportRow:
    start = line.session.get("starts_on")
    title = " · ".join(
        filter(None, (line.training.get("title", ""), line.session.get("city"), start and _short(start)))
    )
    return ImportRow(
        department_id=job.department_id,
        job=job,
        line=line.line,
        raw=line.raw if verdict == Verdict.REJECTED else [],
        data={"training": line.training, "session": line.session, "title": title},
        verdict=verdict,
        problems=[{"code": said.code, "level": said.level, "message": said.message} for said in line.remarks],
    )


def _short(day: str) -> str:
    year, month, number = day.split("-")
    return f"{number}/{month}/{year}"
