"""Pôle emploi's monthly lists: recognised, kept as events, compared with who must be registered."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache, partial
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import Any

from hub.core.actor import Actor
from hub.core.progress import Progress
from hub.core.tabular import VERIFIED, Choice, Source
from hub.core.tabular.table import labels, require_columns
from partners.importers import (
    APPLYING,
    CHECKING,
    FORESEEING,
    READING,
    Analysis,
    Corrections,
    importer,
)
from partners.models import ImportJob
from partners.models.files import ImportKind, ListNature, Verdict
from partners.services.columns import choice
from partners.services.corrections import corrections_of
from referrals.importers import proposals
from referrals.importers.freshness import lists_changed_since, people_changed_since
from referrals.importers.rereading import forget_rows, read_again
from referrals.imports import registration as reader
from referrals.imports.codes import KNOWN_EXITS, exit_meaning, exit_names
from referrals.imports.columns import REGISTRATION
from referrals.imports.lines import RegistrationEvent, RegistrationLine
from referrals.matching import levels, rows, stage, strangers, suggestions
from referrals.models import ExitCode
from referrals.services.reconciliation import (
    agencies_of,
    apply_list,
    forecast,
    guards_of,
    refuse_when_followed,
    undo_list,
)

FAULTS_SHOWN = 50
LEFT_OUT = (
    f"Plus de {strangers.KEPT // 1000} 000 lignes parlent de personnes que le Département ne connaît pas : les"
    " premières sont montrées, les autres sont comptées sans être gardées."
)
EVENTS_ONLY = "Ce fichier ne contient que des cessations et radiations : il est traité comme une liste d'événements."


@importer(ImportKind.REGISTRATION)
class RegistrationImporter:
    """Never creates a person: who is not recognised is shown, and kept out."""

    is_list = True
    choices = reader.FIELDS

    def check(self, actor: Actor, path: Path, chosen: Choice) -> None:
        reader.parse(path, today=actor.today, chosen=chosen)

    def check_fields(self, fields: list[str]) -> None:
        require_columns(fields, reader.required_columns(fields), dict(self.choices))

    def analyse(self, actor: Actor, job: ImportJob, path: Path, chosen: Choice) -> Analysis:
        stated = job.month if "month" in job.stated else None
        parsed, told = _opened(actor, job, path, month=stated), Progress("import", job.pk)
        seen = proposals.Seen(parsed.fields)
        sieve = strangers.sieve(actor.department_id, job.organization_id, parsed.lines, seen)
        lines = parsed.sifted(partial(told.watch, name=READING, total=parsed.lines), sieve)
        left_out = 0
        for _ in stage.chunks(actor.department_id, seen.watch(lines), _data, nir_columns=parsed.nir_columns):
            levels.match(actor.department_id, job.organization_id)
            left_out += strangers.leave_out(job.pk)
            _write_rows(actor, job)
        told.tell(CHECKING)
        changes = proposals.propose(actor, job, parsed, seen)
        job.counts = _counts(job, left_out + (sieve.stopped if sieve else 0))
        job.warnings = [
            *proposals.disagreements(job, parsed, actor.today),
            *(said.message for said in parsed.warnings),
            *([LEFT_OUT] if "left_out" in job.counts else []),
            *rows.format_faults(job.pk, FAULTS_SHOWN),
        ]
        if corrections := corrections_of(job):
            job.counts = self.reread(actor, job, path, corrections)
        found = Analysis(
            columns=list(parsed.columns),
            counts=job.counts,
            warnings=job.warnings,
            encoding=parsed.encoding or "",
            separator=parsed.separator or "",
            survey=parsed.survey,
            changes=changes,
        )
        if parsed.kind == "registration_exits" and job.nature == ListNature.COMPLETE:
            found.changes["nature"] = job.nature = ListNature.EVENTS
            found.warnings.append(EVENTS_ONLY)
        return found

    def foresee(self, actor: Actor, job: ImportJob) -> None:
        job.guards, job.agencies = [], agencies_of(job)
        if job.month is None:  # a person says it first
            return
        Progress("import", job.pk).tell(FORESEEING)
        foreseen = forecast(actor, job)
        job.guards = guards_of(job, foreseen, lines=job.counts["lines"])
        job.counts = {**job.counts, **foreseen.counts}

    def fields(self, actor: Actor, job: ImportJob, path: Path) -> dict[str, str]:
        parsed = _opened(actor, job, path)
        return dict(zip(parsed.fields, parsed.columns, strict=True))

    def reread(self, actor: Actor, job: ImportJob, path: Path, corrections: Corrections) -> dict[str, Any]:
        titles = labels(REGISTRATION)
        parsed, lines = read_again(partial(_opened, actor, job, month=job.month), path, titles, corrections)
        forget_rows(job, corrections)
        stage.load(actor.department_id, lines, _data, nir_columns=parsed.nir_columns)
        levels.match(actor.department_id, job.organization_id)
        rows.mark_doubles(job.pk)
        _write_rows(actor, job)
        faults = rows.format_faults(job.pk, FAULTS_SHOWN, corrections)
        job.warnings = rows.without_faults(job.warnings, corrections) + faults
        return _counts(job, job.counts.get("left_out", 0))

    def is_stale(self, actor: Actor, job: ImportJob) -> bool:
        return people_changed_since(job) or lists_changed_since(job)

    def apply(self, actor: Actor, job: ImportJob) -> None:
        Progress("import", job.pk).tell(APPLYING)
        apply_list(actor, job=job)

    def check_undo(self, job: ImportJob) -> None:
        refuse_when_followed(job)

    def undo(self, actor: Actor, job: ImportJob) -> dict[str, int]:
        return undo_list(actor, job)


def _opened(actor: Actor, job: ImportJob, source: Source, *, month: date | None = None) -> reader.ParsedList:
    """The file read as this job says: its columns, its accents, its sheet."""
    own = ExitCode.objects.filter(department_id=job.department_id)
    return reader.parse(
        source,
        today=actor.today,
        chosen=choice(job.organization_id, job.kind, job.mapping),
        limits=VERIFIED,
        repair=job.repair,
        only=job.sheet,
        month=month,
        name=job.file.name,
        exits={**KNOWN_EXITS, **exit_names(own.values_list("code", "label"))},
    )


def _write_rows(actor: Actor, job: ImportJob) -> None:
    """The rows of the staged lines, with suggestions for those nobody answers to."""
    suggestions.suggest()
    rows.write(actor.department_id, job.pk, unmatched=Verdict.UNKNOWN)


def _counts(job: ImportJob, left_out: int) -> dict[str, Any]:
    """The counts of a job whose rows are all written, once said who lives outside its territory."""
    rows.mark_outside(job.pk, job.territory_id)
    counts = rows.counts(job.pk)
    if left_out:
        unknown = counts.get(Verdict.UNKNOWN, 0) + left_out
        counts |= {"left_out": left_out, "lines": counts["lines"] + left_out, "unknown": unknown}
    return counts


def _data(line: RegistrationLine) -> str:
    """What the line says, for the row, as JSON: never the NIR. Written by hand: one encoder a line costs a third."""
    born = f'"{line.birth_date.isoformat()}"' if line.birth_date else "null"
    other = line.birth_name if line.birth_name != line.last_name else None
    named = f'"birth_name": {quoted(other)}, ' if other else ""
    return (
        f'{{"last_name": {quoted(line.last_name or line.birth_name or "")}, {named}'
        f'"first_names": {quoted(line.first_names or "")}, "birth_date": {born}, '
        f'"agency": {quoted(line.agency or "")}, "pes_id": {quoted(line.pes_raw or "")}, '
        f'"events": {_events(line.events)}}}'
    )


@lru_cache(4096)  # of dates and codes: nothing here names anybody
def _events(events: tuple[RegistrationEvent, ...]) -> str:
    return json.dumps([_event(*event) for event in events], ensure_ascii=False)


def _event(
    state: str, on: date, code: str | None, motive: str | None, category: str | None, ends_on: date | None
) -> dict[str, Any]:
    said: dict[str, Any] = {"state": state, "on": on.isoformat(), "category": category or ""}
    if state != "registered":
        meaning = exit_meaning(code, motive)
        said |= {
            "code": (code or "")[:3],
            "motive": (motive or "")[:250],
            "ends_on": ends_on.isoformat() if ends_on else None,
            "alerting": meaning.alerting if meaning else True,  # unknown is not benign
        }
    return said
