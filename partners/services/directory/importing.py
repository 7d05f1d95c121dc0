"""Files of the directory through the one pipeline: analysed, confirmed, applied, taken back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

from hub.core.actor import Actor
from hub.core.tabular import Choice, Remark
from hub.core.tabular.table import require_columns
from hub.core.text import name_key
from partners.importers import OfferImporter, importer
from partners.imports.directory import FIELDS, LABELS, SERVICE, DirectoryLine, parse
from partners.imports.offers import OfferFile
from partners.inclusion import plain
from partners.models import ImportJob, ImportRow, Service, ServiceJournal, Structure
from partners.models.files import ImportKind, Verdict
from partners.models.services import ServiceState
from partners.services.directory.applying import apply_lines, take_back_lines

BLOCK = 500


@importer(ImportKind.DIRECTORY)
class DirectoryImporter(OfferImporter):
    """Structures and services; those made by hand are drafts until somebody publishes them."""

    choices: tuple[tuple[str, str], ...] = FIELDS

    def check(self, actor: Actor, path: Path, chosen: Choice) -> None:
        parse(path, today=actor.today, source="", chosen=chosen)

    def check_fields(self, fields: list[str]) -> None:
        require_columns(fields, ["nom"], LABELS)

    def read(self, actor: Actor, job: ImportJob, path: Path, chosen: Choice) -> OfferFile[DirectoryLine]:
        return parse(path, today=actor.today, source=source_of(job), chosen=chosen, repair=job.repair)

    def verdicts(self, actor: Actor, job: ImportJob, lines: list[DirectoryLine]) -> list[ImportRow]:
        return _verdicts(actor, job, lines)

    def is_stale(self, actor: Actor, job: ImportJob) -> bool:
        return ServiceJournal.objects.filter(department_id=job.department_id, at__gt=job.analysed_at).exists()

    def apply_rows(self, actor: Actor, job: ImportJob) -> None:
        apply_lines(actor, job)

    def undo(self, actor: Actor, job: ImportJob) -> dict[str, int]:
        return take_back_lines(actor, job)


def source_of(job: ImportJob) -> str:
    """Whose identifiers those of a file are when it does not say."""
    return slugify(job.organization.name)[:60]


def _verdicts(actor: Actor, job: ImportJob, lines: list[DirectoryLine]) -> list[ImportRow]:
    """Compare each line with what the directory holds, and keep what becomes of it."""
    known = _Known(job, lines)
    rows = []
    seen: dict[tuple[str, str, str], int] = {}
    named = {line.id for line in lines if line.of != SERVICE}
    for line in lines:
        verdict = _verdict(line, known, seen, named)
        rows.append(_row(job, line, verdict))
    ImportRow.objects.bulk_create(rows, batch_size=BLOCK)
    return rows


def _verdict(line: DirectoryLine, known: _Known, seen: dict[tuple[str, str, str], int], named: set[str]) -> str:
    if line.is_wrong:
        return Verdict.REJECTED
    key = (line.of, line.source, line.id)
    if first := seen.get(key):
        line.remarks.append(Remark("DOUBLON_FICHIER", "warning", f"figure déjà dans le fichier, ligne {first}"))
        return Verdict.DUPLICATE
    seen[key] = line.line
    if line.of == SERVICE and not line.by_hand and line.structure_id not in named | known.structure_ids:
        said = f"la structure « {line.structure_id} » n'est ni dans le fichier ni au répertoire"
        line.remarks.append(Remark("STRUCTURE_INCONNUE", "error", said))
        return Verdict.REJECTED
    former = known.former(line)
    if former is None:
        if line.of == SERVICE and (same := known.alike(line)):
            line.remarks.append(Remark("RESSEMBLE", "warning", f"ressemble à « {same} », déjà au répertoire"))
        return Verdict.CREATED
    if _is_older(line, former):
        line.remarks.append(Remark("PLUS_ANCIEN", "warning", "le répertoire a une version plus récente"))
        return Verdict.UNCHANGED
    return Verdict.CHANGED if differences(former, line.values) else Verdict.UNCHANGED


def differences(former: Structure | Service, values: dict[str, Any]) -> list[str]:
    """The fields that would change; an empty cell never erases."""
    return [name for name, value in values.items() if plain(getattr(former, name)) != value]


def _is_older(line: DirectoryLine, former: Structure | Service) -> bool:
    said = line.values.get("updated_on")
    return bool(said and former.updated_on and dt.date.fromisoformat(said) < former.updated_on)


class _Known:
    """What the directory already holds of the lines of a file."""

    def __init__(self, job: ImportJob, lines: list[DirectoryLine]) -> None:
        department = job.department_id
        structures = Structure.objects.filter(department_id=department)
        services = Service.objects.filter(department_id=department)
        self._structures = _by_id(structures, [line for line in lines if line.of != SERVICE])
        self._services = _by_id(services, [line for line in lines if line.of == SERVICE])
        asked = {line.structure_id for line in lines if line.structure_id}
        self.structure_ids = set(structures.filter(source_id__in=asked).values_list("source_id", flat=True))
        keys = {_same_key(line) for line in lines if line.of == SERVICE and "name" in line.values}
        alike = services.filter(same_key__in=keys).exclude(state=ServiceState.ARCHIVED)
        self._alike = dict(alike.values_list("same_key", "name"))

    def former(self, line: DirectoryLine) -> Structure | Service | None:
        return (self._services if line.of == SERVICE else self._structures).get((line.source, line.id))

    def alike(self, line: DirectoryLine) -> str:
        return self._alike.get(_same_key(line), "")


def _by_id(rows: QuerySet[Any], lines: list[DirectoryLine]) -> dict[tuple[str, str], Any]:
    found = rows.filter(source_id__in={line.id for line in lines if line.id})
    return {(row.source, row.source_id): row for row in found}


def _same_key(line: DirectoryLine) -> str:
    values = line.values
    return f"{name_key(values['name'])}|{values.get('insee') or name_key(values.get('city', ''))}"[:200]


def _row(job: ImportJob, line: DirectoryLine, verdict: str) -> ImportRow:
    data = {
        "of": line.of, "values": line.values, "source": line.source, "id": line.id, "structure_id": line.structure_id,
        "structure": line.structure_name, "by_hand": line.by_hand, "title": line.values.get("name", ""),
    }  # fmt: skip
    problems = [{"code": said.code, "level": said.level, "message": said.message} for said in line.remarks]
    return ImportRow(
        department_id=job.department_id,
        job=job,
        line=line.line,
        raw=line.raw if verdict == Verdict.REJECTED else [],
        data=data,
        verdict=verdict,
        problems=problems,
    )
