"""Which column of a file is what: recognised, chosen by a person, remembered for the next file with the same titles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.nudge import nudge
from hub.core.tabular import Choice, FileProblem, Header, Survey
from hub.core.topics import touch
from partners.importers import IMPORTERS
from partners.models import ImportJob
from partners.models.files import ImportState

MENDABLE = (ImportState.UNSPECIFIED, ImportState.ANALYSED)
TASK = "partners.tasks.process_import"


def choice(organization_id: UUID | None, kind: str, mapping: dict[str, Any]) -> Choice:
    """The columns chosen for this file, else those this organisation chose last for the same titles."""

    def choose(header: Header) -> Header:
        kept = mapping if mapping.get("signature") == header.signature else _remembered(organization_id, kind, header)
        return replace(header, fields=tuple(name or None for name in kept["fields"])) if kept else header

    return choose


def survey_json(survey: Survey | None) -> dict[str, Any]:
    """As the job keeps it."""
    if survey is None:
        return {}
    header = survey.header
    return {
        "signature": header.signature,
        "titles": [title.strip() for title in header.titles],
        "fields": [name or "" for name in header.fields],
        "samples": [list(values) for values in survey.samples],
        "above": list(survey.above),
        "sheet": survey.sheet,
        "others": list(survey.others),
    }


@transaction.atomic
def choose_columns(actor: Actor, *, job: ImportJob, fields: list[str], repair: bool = False) -> ImportJob:
    """A person says what each column is, in their order ("": not taken); the file is analysed again.

    Raises `Conflict` once applied or given up, `Invalid` for columns that cannot be read together.
    """
    require(actor, "import.confirm", job)
    job = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state not in MENDABLE or not job.survey:
        raise Conflict(f"Cet import est « {job.get_state_display()} ».", code="invalid_transition")
    _check(job, fields)
    job.mapping = {"signature": job.survey["signature"], "fields": fields}
    job.repair = repair
    analyse_again(actor, job)
    return job


def analyse_again(actor: Actor, job: ImportJob) -> None:
    """Put a locked job, as it was just changed, back before its analysis."""
    job.attempts, job.counts, job.refusal, job.refusal_code = 0, {}, "", ""
    job.state, job.state_at = ImportState.RECEIVED, actor.now
    job.save()
    touch(actor.department_id, "import", job.pk)
    nudge(TASK, str(actor.department_id), str(job.pk))


def _check(job: ImportJob, fields: list[str]) -> None:
    handler = IMPORTERS[job.kind]
    said = [name for name in fields if name]
    problem = ""
    if len(fields) != len(job.survey["titles"]) or not set(said) <= set(dict(handler.choices)):
        problem = "Choisissez pour chaque colonne du fichier ce qu'elle contient."
    elif twice := next((name for name in said if said.count(name) > 1), None):
        problem = f"Deux colonnes sont comprises comme « {dict(handler.choices)[twice]} ». Gardez-en une seule."
    else:
        try:
            handler.check_fields(said)
        except FileProblem as found:
            problem = found.message
    if problem:
        raise Invalid(problem, fields={"columns": problem})


def _remembered(organization_id: UUID | None, kind: str, header: Header) -> dict[str, Any]:
    if organization_id is None:
        return {}
    former = ImportJob.objects.filter(organization_id=organization_id, kind=kind, mapping__signature=header.signature)
    return former.order_by("-created_at").values_list("mapping", flat=True).first() or {}
