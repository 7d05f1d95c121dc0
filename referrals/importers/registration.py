"""Pôle emploi's monthly lists: recognised, kept as events, compared with who must be registered."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from pathlib import Path
from typing import Any

from hub.core.actor import Actor
from partners.importers import Analysis, importer
from partners.models import ImportJob
from partners.models.files import ImportKind, ListNature, Verdict
from referrals.importers.freshness import people_changed_since
from referrals.imports import registration as reader
from referrals.imports.codes import exit_meaning
from referrals.imports.lines import RegistrationLine
from referrals.matching import levels, rows, stage
from referrals.services.reconciliation import agencies_of, apply_list, forecast, guards_of, undo_list

FAULTS_SHOWN = 50
EVENTS_ONLY = "Ce fichier ne contient que des cessations et radiations : il est traité comme une liste d'événements."


@importer(ImportKind.REGISTRATION)
class RegistrationImporter:
    """Never creates a person: who is not recognised is shown, and kept out."""

    needs_month = True

    def check(self, actor: Actor, path: Path) -> None:
        reader.parse(path, today=actor.today)

    def analyse(self, actor: Actor, job: ImportJob, path: Path) -> Analysis:
        parsed = reader.parse(path, today=actor.today)
        stage.load(((line, _data(line)) for line in parsed.rows), nir_columns=parsed.nir_columns)
        faults = rows.format_faults(FAULTS_SHOWN)
        levels.match(actor.department_id)
        rows.mark_outside(job.territory_id)
        found = Analysis(
            columns=list(parsed.columns),
            counts=rows.write(actor.department_id, job.pk, unmatched=Verdict.UNKNOWN),
            warnings=[*(said.message for said in parsed.warnings), *faults],
            encoding=parsed.encoding or "",
            separator=parsed.separator or "",
        )
        if parsed.kind == "registration_exits" and job.nature == ListNature.COMPLETE:
            found.changes["nature"] = ListNature.EVENTS
            found.warnings.append(EVENTS_ONLY)
            job.nature = ListNature.EVENTS
        job.agencies = found.changes["agencies"] = agencies_of(job)
        foreseen = forecast(actor, job)
        found.guards = guards_of(job, foreseen, lines=found.counts["lines"])
        found.counts |= foreseen.counts
        return found

    def is_stale(self, actor: Actor, job: ImportJob) -> bool:
        return people_changed_since(job)

    def apply(self, actor: Actor, job: ImportJob) -> None:
        apply_list(actor, job=job)

    def undo(self, actor: Actor, job: ImportJob) -> dict[str, int]:
        return undo_list(actor, job)


def _data(line: RegistrationLine) -> str:
    """What the line says, for the row, as JSON: never the NIR. Written by hand: one encoder a line costs a third."""
    born = f'"{line.birth_date}"' if line.birth_date else "null"
    events = ", ".join(
        _event(event.state, event.date, event.code, event.motive, event.category, event.ends_on)
        for event in line.events
    )
    return (
        f'{{"last_name": {quoted(line.last_name or line.birth_name or "")}, '
        f'"first_names": {quoted(line.first_names or "")}, "birth_date": {born}, '
        f'"agency": {quoted(line.agency or "")}, "pes_id": {quoted(line.pes_raw or "")}, "events": [{events}]}}'
    )


@lru_cache(4096)  # of dates and codes: nothing here names anybody
def _event(
    state: str, on: date, code: str | None, motive: str | None, category: str | None, ends_on: date | None
) -> str:
    said: dict[str, Any] = {"state": state, "on": on.isoformat(), "category": category or ""}
    if state != "registered":
        meaning = exit_meaning(code, motive)
        said |= {
            "code": (code or "")[:3],
            "motive": (motive or "")[:250],
            "ends_on": ends_on.isoformat() if ends_on else None,
            "alerting": meaning.alerting if meaning else True,  # unknown is not benign
        }
    return json.dumps(said, ensure_ascii=False)
