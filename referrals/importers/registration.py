"""Pôle emploi's monthly lists: recognised, kept as events, compared with who must be registered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.core.actor import Actor
from partners.importers import Analysis, importer
from partners.models import ImportJob
from partners.models.files import ImportKind, ListNature, Verdict
from referrals.importers.freshness import people_changed_since
from referrals.imports import registration as reader
from referrals.imports.codes import exit_meaning
from referrals.imports.lines import RegistrationEvent, RegistrationLine
from referrals.matching import levels, rows, stage
from referrals.services.reconciliation import apply_list, forecast

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
        found.counts |= forecast(actor, job).counts
        return found

    def is_stale(self, actor: Actor, job: ImportJob) -> bool:
        return people_changed_since(job)

    def apply(self, actor: Actor, job: ImportJob) -> None:
        apply_list(actor, job=job)


def _data(line: RegistrationLine) -> dict[str, Any]:
    """What the line says, for the row: never the NIR."""
    return {
        "last_name": line.last_name or line.birth_name or "",
        "first_names": line.first_names or "",
        "birth_date": line.birth_date.isoformat() if line.birth_date else None,
        "agency": line.agency or "",
        "pes_id": line.pes_raw or "",
        "events": list(_events(line.events)),
    }


def _events(events: tuple[RegistrationEvent, ...]) -> Iterator[dict[str, Any]]:
    for event in events:
        said: dict[str, Any] = {"state": event.state, "on": event.date.isoformat(), "category": event.category or ""}
        if event.state != "registered":
            meaning = exit_meaning(event.code, event.motive)
            said |= {
                "code": (event.code or "")[:3],
                "motive": (event.motive or "")[:250],
                "ends_on": event.ends_on.isoformat() if event.ends_on else None,
                "alerting": meaning.alerting if meaning else True,  # unknown is not benign
            }
        yield said
