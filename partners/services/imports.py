"""The life of a file: received, analysed (dry run), confirmed by a person, applied; one pipeline for every kind.

Each step is one transaction that holds the job's row; a worker killed in the middle leaves the job as it was before
the step, and the sweep runs it again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, TooLarge
from hub.core.events import emit
from hub.core.gate import elevated, tenant
from hub.core.nudge import nudge
from hub.core.tabular import DEFAULT_LIMITS, ColumnsProblem, FileProblem, refusal
from hub.core.tabular.sheet import refuse_unreadable
from partners.events import ImportFinished
from partners.importers import IMPORTERS, Analysis
from partners.models import ImportJob, ImportRow, LineCorrection, StoredFile, Territory
from partners.models.files import ImportKind, ImportState
from partners.services.columns import TASK, choice, survey_json
from partners.services.coverage import check_coverage, refuse_unsaid, stated_fields
from partners.services.foresight import refresh_waiting
from partners.services.guards import (
    MINIMUM_REASON,
    AlreadyBrought,
    check_guards,
    refuse_same_content,
    refuse_same_file,
)
from partners.services.jobs import Busy, alone, locked, move, wait_again
from partners.services.leftovers import destroy_bytes, folder, path_of
from partners.services.undo import ABANDONED, keep_applied, take_back

CHUNK = 1024 * 1024
QUICK_CHECK_BYTES = 512 * 1024
ATTEMPTS = 3
CHANGED_MEANWHILE = (
    "Depuis la première analyse, d'autres fichiers ou fiches ont changé ces résultats : relisez-les, puis confirmez."
)
RUNNABLE = (ImportState.RECEIVED, ImportState.ANALYSING, ImportState.APPLYING, ImportState.UNDOING)
OF_OTHERS = "ce fichier a été déposé par quelqu'un d'autre, qui en sera prévenu"
log = structlog.get_logger(__name__)


@transaction.atomic
def receive_file(
    actor: Actor,
    *,
    kind: str,
    name: str,
    stream: BinaryIO,
    month: date | None = None,
    territory: Territory | None = None,
    nature: str = "",
    whole: bool = False,
    again: bool = False,
) -> ImportJob:
    """Keep a file and queue its analysis, which proposes what a list covers where it is not said: its month, its
    territory (`whole`: everywhere), its nature.

    Raises `FileProblem` for what is plainly not this kind of file, `Invalid` for wrong answers, `Conflict` when the
    same file was already brought (unless `again`), `TooLarge`.
    """
    require(actor, "import.bring", kind)
    handler = IMPORTERS.get(kind)
    if handler is None:
        raise Invalid("Choisissez le type de fichier.", fields={"kind": "Choisissez le type de fichier."})
    if not handler.is_list:
        month, territory, nature, whole = None, None, "", False
    month = check_coverage(actor, month, territory, nature)
    stored = _store(actor, name, stream)
    try:
        if stored.size == 0:
            raise refusal("FICHIER_VIDE")
        survey, problem = None, ""
        if stored.size <= QUICK_CHECK_BYTES:
            try:
                handler.check(actor, path_of(stored), choice(actor.organization_id, kind, {}))
            except ColumnsProblem as found:  # a person will say which column is which
                survey, problem = found.survey, found.message
        else:  # reading a large file twice would be felt: its analysis says the rest
            refuse_unreadable(path_of(stored), DEFAULT_LIMITS)
        if not again:
            refuse_same_file(kind, stored.sha256, month)
    except Exception:
        path_of(stored).unlink(missing_ok=True)
        raise
    job = ImportJob.objects.create(
        department_id=actor.department_id,
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        created_at=actor.now,
        kind=kind,
        file=stored,
        state=ImportState.UNSPECIFIED if survey else ImportState.RECEIVED,
        survey=survey_json(survey),
        refusal=problem,
        state_at=actor.now,
        month=month,
        territory=territory,
        nature=nature,
        stated=stated_fields(month, territory, nature, whole),
        proposals=_own_territory(actor) if handler.is_list else {},
        again=again,
    )
    nudge(TASK, str(actor.department_id), str(job.pk))
    return job


@transaction.atomic
def confirm_import(
    actor: Actor,
    *,
    job: ImportJob,
    conclude_absence: bool = False,
    acknowledge_guards: Iterable[str] = (),
    reason: str = "",
) -> ImportJob:
    """A person has read the analysis: apply it. Raises `Conflict` unless it waits for that.

    `conclude_absence`: this person states that every list expected for the month is there. What is strange with the
    file is named in `acknowledge_guards`, with a written reason; `Confirmation` otherwise. `Invalid` while nobody knows
    the month of a list.
    """
    require(actor, "import.confirm", job)
    job = locked(job.pk)
    if job.state != ImportState.ANALYSED:
        raise Conflict(f"Cet import est « {job.get_state_display()} ».", code="invalid_transition")
    refuse_unsaid(job)
    job.guard_reason = check_guards(job, acknowledged=acknowledge_guards, reason=reason)
    job.conclude_absence = conclude_absence
    job.confirmed_by_id = actor.user_id
    move(actor, job, ImportState.APPLYING, "conclude_absence", "confirmed_by", "guard_reason")
    nudge(TASK, str(actor.department_id), str(job.pk))
    return job


@transaction.atomic
def discard_import(actor: Actor, *, job: ImportJob, reason: str = "") -> ImportJob:
    """Give the file up: nothing of it was or will be applied, its bytes and lines are destroyed.

    Somebody else's is given up with a written reason (`Invalid` without), and whoever brought it is told.
    """
    require(actor, "import.confirm", job)
    others = is_of_somebody_else(actor, job)
    if others and len(reason.strip()) < MINIMUM_REASON:
        raise Invalid(fields={"reason": f"Écrivez pourquoi, en {MINIMUM_REASON} caractères au moins : {OF_OTHERS}."})
    job = locked(job.pk)
    if job.state not in (ImportState.RECEIVED, ImportState.UNSPECIFIED, ImportState.ANALYSED):
        raise Conflict(f"Cet import est « {job.get_state_display()} ».", code="invalid_transition")
    _destroy(actor, job)
    with elevated():  # a partner may not even read the lines of its own file
        ImportRow.objects.filter(job=job).delete()
        LineCorrection.objects.filter(job=job).delete()
    job.discarded_by_id, job.discard_reason = actor.user_id, reason.strip()[:300]
    move(actor, job, ImportState.DISCARDED, "discarded_by", "discard_reason")
    if others:
        state = ImportState.DISCARDED.value
        emit(ImportFinished(department_id=actor.department_id, by_id=actor.user_id, job_id=job.pk, state=state))
    return job


def is_of_somebody_else(actor: Actor, job: ImportJob) -> bool:
    """Was it brought by another person? Rosters are one work shared by a training body, on a page of their own."""
    brought_by = job.created_by_id
    return not actor.is_system and brought_by not in (None, actor.user_id) and job.kind != ImportKind.ROSTER


def process_import(department_id: UUID, job_id: UUID, *, now: datetime | None = None) -> None:
    """Run the step a job waits for, unless another worker is at it. Called by tasks, never inside a gate.

    `now`: another instant than the present one (histories are told with it).
    """
    if not _begin(department_id, job_id, now):
        return
    try:
        with tenant(Actor.system(department_id, now)) as actor:
            job = ImportJob.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=job_id).first()
            if job is None:
                return
            if job.state == ImportState.ANALYSING:
                _analyse(actor, job)
            elif job.state == ImportState.APPLYING:
                _apply(actor, job)
            elif job.state == ImportState.UNDOING:
                take_back(actor, job)
    except ColumnsProblem as problem:
        _ask_columns(department_id, job_id, problem, now)
    except FileProblem as problem:
        _refuse(department_id, job_id, problem, now)
    except Busy:
        with tenant(Actor.system(department_id, now)) as actor:
            wait_again(actor, locked(job_id))
    except Conflict as conflict:  # what it stands on, or what stands on it, changed meanwhile
        with tenant(Actor.system(department_id, now)) as actor:
            if (job := locked(job_id)).state != ImportState.UNDOING:
                raise
            keep_applied(actor, job, conflict.message, code=conflict.code)


def pending_imports(actor: Actor) -> list[UUID]:
    """Jobs that wait for the product (bounded: the next sweep takes the rest)."""
    return list(ImportJob.objects.filter(state__in=RUNNABLE).order_by("state_at").values_list("pk", flat=True)[:20])


def _begin(department_id: UUID, job_id: UUID, now: datetime | None) -> bool:
    """Say that the step begins, and count the attempt, in a transaction of its own."""
    with tenant(Actor.system(department_id, now)) as actor:
        job = ImportJob.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=job_id).first()
        if job is None or job.state not in RUNNABLE:
            return False
        job.attempts += 1
        if job.attempts > ATTEMPTS:
            log.error("import_abandoned", job=str(job_id))
            if job.state == ImportState.UNDOING:
                keep_applied(actor, job, ABANDONED, code="internal_error")
                return False
            job.refusal_code = "internal_error"
            job.refusal = "Ce fichier n'a pas pu être traité. Rien n'a été appliqué ; l'équipe technique est prévenue."
            move(actor, job, ImportState.REFUSED, "attempts", "refusal", "refusal_code")
            return False
        state = ImportState.ANALYSING if job.state == ImportState.RECEIVED else ImportState(job.state)
        move(actor, job, state, "attempts")
        return True


def _analyse(actor: Actor, job: ImportJob, *, warning: str = "") -> None:
    ImportRow.objects.filter(job=job).delete()
    chosen = choice(job.organization_id, job.kind, job.mapping)
    found: Analysis = IMPORTERS[job.kind].analyse(actor, job, path_of(job.file), chosen)
    job.survey = survey_json(found.survey)
    job.columns, job.counts, job.warnings = found.columns, found.counts, found.warnings
    job.encoding, job.separator = found.encoding, found.separator
    if warning:
        job.warnings = [warning, *job.warnings]
    job.attempts, job.analysed_at = 0, actor.now
    for name, value in found.changes.items():
        setattr(job, name, value)
    refuse_same_content(job)
    IMPORTERS[job.kind].foresee(actor, job)
    fields = ("columns", "counts", "warnings", "encoding", "separator", "attempts", "analysed_at", "survey", "agencies")
    move(actor, job, ImportState.ANALYSED, "guards", "content_key", *fields, *found.changes)


def _apply(actor: Actor, job: ImportJob) -> None:
    """Apply what was confirmed; what has changed meanwhile is analysed again, and confirmed again if it differs."""
    alone(actor)
    if IMPORTERS[job.kind].is_stale(actor, job):
        confirmed = (job.counts, job.guards)
        _analyse(actor, job, warning=CHANGED_MEANWHILE)
        if (job.counts, job.guards) != confirmed:
            return
    IMPORTERS[job.kind].apply(actor, job)
    refresh_waiting(actor, job.kind, besides=job)
    job.applied_at = actor.now
    _destroy(actor, job)
    move(actor, job, ImportState.APPLIED, "applied_at", "counts")


def _refuse(department_id: UUID, job_id: UUID, problem: FileProblem, now: datetime | None) -> None:
    with tenant(Actor.system(department_id, now)) as actor:
        job = locked(job_id)
        job.refusal_code, job.refusal = problem.code, problem.message
        if isinstance(problem, AlreadyBrought):
            job.content_key = problem.content_key
        _destroy(actor, job)
        move(actor, job, ImportState.REFUSED, "refusal_code", "refusal", "content_key")


def _ask_columns(department_id: UUID, job_id: UUID, problem: ColumnsProblem, now: datetime | None) -> None:
    """The file waits, untouched, for a person to say which column is which."""
    with tenant(Actor.system(department_id, now)) as actor:
        job = locked(job_id)
        job.refusal, job.survey, job.attempts = problem.message, survey_json(problem.survey), 0
        move(actor, job, ImportState.UNSPECIFIED, "refusal", "survey", "attempts")


def _own_territory(actor: Actor) -> dict[str, dict[str, str]]:
    """A list of one's territory must not stand for the whole Département: proposed until the file says more."""
    if len(actor.territories) != 1:
        return {}
    return {"territory": {"value": str(next(iter(actor.territories))), "why": "votre territoire"}}


def _store(actor: Actor, name: str, stream: BinaryIO) -> StoredFile:
    key = secrets.token_urlsafe(32)
    path = folder() / key
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > settings.MAX_UPLOAD_BYTES:
                path.unlink()
                raise TooLarge(f"Ce fichier dépasse {settings.MAX_UPLOAD_BYTES // CHUNK} Mo.")
            digest.update(chunk)
            file.write(chunk)
    return StoredFile.objects.create(
        department_id=actor.department_id,
        organization_id=actor.organization_id,
        name=Path(name).name[:200],
        key=key,
        size=size,
        sha256=digest.hexdigest(),
    )


def _destroy(actor: Actor, job: ImportJob) -> None:
    """Bytes do not outlive their use; the hash and the counts stay."""
    destroy_bytes(actor, job.file)
    if job.survey:
        job.survey = job.survey | {"samples": []}
        job.save(update_fields=["survey"])
