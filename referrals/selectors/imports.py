"""Imports as their screens show them: the list, one file with its verdicts, the rejects to send back.

Who was recognised is the Département's knowledge (`import.rows`): a partner reads counts of format only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hub.core.access import can, get_visible, visible
from hub.core.actor import Actor
from hub.core.dates import EXCEL_EPOCH
from hub.core.pages import Page, paginate
from hub.core.progress import Step, progress_of
from hub.core.tabular.problems import notice
from partners.importers import IMPORTERS, STEPS
from partners.models import ImportJob, ImportRow
from partners.models.files import IN_FORCE, ImportKind, ImportState, ListNature, Verdict
from partners.services.directory.dropped import dropped
from partners.services.undo import days_left_to_undo
from referrals.matching.levels import LABELS
from referrals.models import Beneficiary, MatchDecision
from referrals.policies.imports import APART
from referrals.selectors.expected import missing_lists, perimeter
from referrals.selectors.gaps import GapLine
from referrals.selectors.import_undo import LeftLine, gaps_after_undo, left_lines, may_undo_now

PAGE_SIZE = 25
JOINED = ("file", "created_by", "organization", "territory", "confirmed_by", "undone_by", "discarded_by")
MOVING = (ImportState.RECEIVED, ImportState.ANALYSING, ImportState.APPLYING, ImportState.UNDOING)
AT_WORK = (ImportState.ANALYSING, ImportState.APPLYING)
FORMAT_VERDICTS = (Verdict.DUPLICATE, Verdict.REJECTED)
REJECTS = (Verdict.REJECTED, Verdict.AMBIGUOUS, Verdict.UNKNOWN)
PEOPLE_VERDICTS = (Verdict.CREATED, Verdict.CHANGED, Verdict.UNCHANGED, Verdict.DUPLICATE, Verdict.AMBIGUOUS)
USUAL = {
    ImportKind.PEOPLE: (*PEOPLE_VERDICTS, Verdict.REJECTED),
    ImportKind.CAF_FLOW: (*PEOPLE_VERDICTS, Verdict.REJECTED),
    ImportKind.REGISTRATION: (Verdict.MATCHED, Verdict.DUPLICATE, *REJECTS),
    ImportKind.DIRECTORY: (Verdict.CREATED, Verdict.CHANGED, Verdict.UNCHANGED, Verdict.DUPLICATE, Verdict.REJECTED),
    ImportKind.ROSTER: FORMAT_VERDICTS,
    ImportKind.TRAININGS: (Verdict.CREATED, Verdict.CHANGED, Verdict.UNCHANGED, Verdict.DUPLICATE, Verdict.REJECTED),
}
FIXED = (ImportKind.DIRECTORY, ImportKind.ROSTER, ImportKind.TRAININGS)  # no line of theirs is corrected here
OUTCOMES = ("gaps_opened", "gaps_changed", "gaps_resolved", "gaps_lapsed")
WOULD = ("gaps_would_open", "gaps_would_change", "gaps_would_resolve", "gaps_would_lapse")
COMPARED_LABELS = {
    "last": "nom",
    "birth_name": "nom de naissance",
    "first": "prénoms",
    "birth": "date de naissance",
    "pes": "identifiant de demandeur d'emploi",
    "number": "numéro d'allocataire",
    "role": "rôle",
    "internal": "identifiant interne",
    "email": "adresse e-mail",
    "phone": "téléphone",
}
BY_RULE = {
    "nir_birth": ("birth",),
    "pes_id": ("pes", "birth"),
    "caf": ("number", "role", "birth", "first"),
    "internal_id": ("internal", "birth"),
    "names_birth": ("last", "birth_name", "first", "birth"),
    "email": ("email", "first"),
    "phone": ("phone", "first"),
}
CHANGE_LABELS = {"nir": "numéro de sécurité sociale", "track": "orientation"}
DATES, SERIAL = ("birth_date", "date"), re.compile(r"[1-7]\d{4}", re.ASCII)
DAMAGED = notice("ENCODAGE_DOUBLE").message


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """How many lines of one verdict."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class RowLine:
    """One line of the file: who it speaks of, what becomes of it, why, in plain French."""

    row: ImportRow
    name: str
    sentences: list[str]
    rule: str
    changes: list[str]
    compared: str
    decision: str
    person_id: UUID | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its title, its first values, what it was understood as ("": not taken)."""

    position: int
    title: str
    samples: list[str]
    field: str
    label: str


@dataclass(frozen=True, slots=True)
class Absence:
    """Where confirming concludes that who is not on the list is absent (no territory: everywhere).

    While lists are `missing`, a person must say that all are there.
    """

    month: date
    territories: list[str]
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Fate:
    """Lines that apply, lines that say again what another one says, lines left aside: together, all that were read."""

    taken: int
    doubles: int
    aside: int


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import as its page shows it; rows and outcomes are empty for whoever may not read them."""

    job: ImportJob
    moving: bool
    reads_rows: bool
    may_decide: bool
    verdicts: list[VerdictCount]
    outcomes: dict[str, int]
    absence: Absence | None
    fate: Fate
    progress: Step | None = None
    step: str = ""
    tracks_refused: int = 0
    may_undo: bool = False
    undo_days: int = 0  # left, the one begun among them
    left: list[LeftLine] = field(default_factory=list)
    damaged: bool = False  # its accents, which may be repaired
    may_correct: bool = False
    forecast: dict[str, int] = field(default_factory=dict)
    audience: list[dict[str, Any]] = field(default_factory=list)
    gaps_left: list[GapLine] = field(default_factory=list)  # by a list taken back, since they changed
    in_charge: list[GapLine] = field(default_factory=list)  # withdrawn with it, though somebody worked on them
    same_as: ImportJob | None = None  # the one applied that already said what a refused file says
    dropped: int = 0  # services that a file of the directory names no more, for whoever may archive them


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of lines and the exact count of those the filter keeps."""

    page: Page[ImportRow]
    lines: list[RowLine]
    total: int


def import_list(actor: Actor, *, after: str = "") -> tuple[Page[ImportJob], int]:
    """The files brought, latest first, and how many."""
    jobs = visible(actor, ImportJob).exclude(kind__in=APART)
    page = paginate(jobs.select_related(*JOINED), order=("-created_at", "id"), after=after, size=PAGE_SIZE)
    return page, jobs.count()


def waiting_imports(actor: Actor) -> QuerySet[ImportJob]:
    """Analysed files that wait for the confirmation of somebody like this actor."""
    kinds = [kind for kind, _ in allowed_kinds(actor)]
    waiting = visible(actor, ImportJob).filter(state=ImportState.ANALYSED, kind__in=kinds)
    return waiting.select_related("file", "territory").order_by("created_at", "id")


def allowed_kinds(actor: Actor) -> list[tuple[str, str]]:
    """Kinds of files this actor may bring."""
    kinds = (kind for kind in ImportKind if kind not in APART)
    return [(kind.value, kind.label) for kind in kinds if can(actor, "import.bring", kind.value)]


def get_import(actor: Actor, pk: UUID) -> ImportJob:
    """A visible import; raises `NotVisible`."""
    return get_visible(actor, ImportJob, pk, *JOINED)


def import_record(actor: Actor, pk: UUID) -> ImportRecord:
    """One import; raises `NotVisible`."""
    job = get_import(actor, pk)
    reads_rows = can(actor, "import.rows", job)
    may_decide = can(actor, "import.confirm", job)
    waits = job.state == ImportState.ANALYSED
    gaps_left, in_charge = gaps_after_undo(actor, job)
    return ImportRecord(
        job=job,
        moving=job.state in MOVING,
        progress=(told := current_step(job)),
        step=STEPS.get(told.name, "") if told else "",
        reads_rows=reads_rows,
        may_decide=may_decide and waits,
        verdicts=_verdicts(actor, job),
        fate=_fate(actor, job),
        outcomes={name: job.counts.get(name, 0) for name in OUTCOMES} if reads_rows and _is_applied_list(job) else {},
        absence=_absence(job) if may_decide and waits else None,
        tracks_refused=job.counts.get("tracks_refused", 0) if reads_rows else 0,
        may_correct=waits and can(actor, "import.correct", job) and job.kind not in FIXED,
        forecast={name: job.counts[name] for name in WOULD if name in job.counts} if reads_rows and waits else {},
        audience=shown_audience(actor, job) if waits else [],
        may_undo=may_undo_now(actor, job),
        undo_days=days_left_to_undo(actor, job),
        left=left_lines(actor, job),
        damaged=may_decide and waits and not job.repair and DAMAGED in job.warnings,
        gaps_left=gaps_left,
        in_charge=in_charge,
        same_as=_same_as(actor, job),
        dropped=dropped(job).count() if can(actor, "service.moderate", job) else 0,
    )


def _same_as(actor: Actor, job: ImportJob) -> ImportJob | None:
    """The applied file, if one sees it, that already said what this refused one says."""
    if job.state != ImportState.REFUSED or not job.content_key:
        return None
    same = visible(actor, ImportJob).filter(kind=job.kind, content_key=job.content_key, state__in=IN_FORCE)
    return same.select_related("file").order_by("-applied_at").first()


def current_step(job: ImportJob) -> Step | None:
    """How far the worker is with a file at work, when it is known."""
    return progress_of("import", job.pk) if job.state in AT_WORK else None


def import_columns(job: ImportJob) -> list[Column]:
    """The columns of a file as it was understood; none once it is destroyed."""
    survey, labels = job.survey, dict(IMPORTERS[job.kind].choices)
    if not survey or not survey["samples"]:
        return []
    rows = zip(survey["titles"], survey["samples"], survey["fields"], strict=True)
    return [
        Column(position, title or f"Colonne {position + 1}", _said(name, samples), name, labels.get(name, ""))
        for position, (title, samples, name) in enumerate(rows)
    ]


def _said(name: str, samples: list[str]) -> list[str]:
    """First values of a column; those a workbook counts in days since 1900 as the dates they are."""
    if name not in DATES and not name.endswith("_on"):
        return samples
    return [f"{EXCEL_EPOCH + timedelta(days=int(one)):%d/%m/%Y}" if SERIAL.fullmatch(one) else one for one in samples]


def import_rows(actor: Actor, job: ImportJob, *, verdict: str = "", after: str = "") -> Rows:
    """One page of lines, in the order of the file."""
    rows = visible(actor, ImportRow).filter(job=job)
    if verdict in Verdict.values:
        rows = rows.filter(verdict=verdict)
    page = paginate(rows, order=("line", "id"), after=after, size=PAGE_SIZE)
    return Rows(page, _lines(actor, page.rows), rows.count())


def shown_counts(actor: Actor, job: ImportJob) -> dict[str, int]:
    """The counts this actor may read: all of them, or those of the format when who was recognised is not for him."""
    if can(actor, "import.rows", job):
        return {name: count for name, count in job.counts.items() if name != "audience"}
    return {name: count for name, count in job.counts.items() if name in ("lines", *FORMAT_VERDICTS)}


def shown_audience(actor: Actor, job: ImportJob) -> list[dict[str, Any]]:
    """Whom applying would tell, by organisation and team: for the Département."""
    return list(job.counts.get("audience", [])) if can(actor, "import.rows", job) else []


def sentences(row: ImportRow) -> list[str]:
    """What is said of a line, in full French sentences."""
    said = [problem["message"] for problem in row.problems]
    candidates = len(row.data.get("candidates", []))
    if row.verdict == Verdict.AMBIGUOUS and (candidates or not said):
        one, many = "personne connue correspond ; elle", "personnes connues correspondent ; aucune"
        said.insert(0, f"{candidates} {many} n'a été choisie" if candidates != 1 else f"1 {one} n'a pas été choisie")
    if row.verdict == Verdict.UNKNOWN:
        said.insert(0, "aucune personne connue du Département ne correspond")
    return [f"Ligne {row.line} : {sentence}" for sentence in said]


def _verdicts(actor: Actor, job: ImportJob) -> list[VerdictCount]:
    """Every verdict lines of this kind may have, even at 0; the others when there are some."""
    counts = shown_counts(actor, job)
    always = USUAL[ImportKind(job.kind)] if can(actor, "import.rows", job) else FORMAT_VERDICTS
    return [
        VerdictCount(v.value, v.label, counts.get(v.value, 0)) for v in Verdict if v in always or counts.get(v.value)
    ]


def _fate(actor: Actor, job: ImportJob) -> Fate:
    counts = shown_counts(actor, job)
    aside = sum(counts.get(verdict, 0) for verdict in REJECTS)
    doubles = counts.get(Verdict.DUPLICATE, 0)
    return Fate(counts.get("lines", 0) - doubles - aside, doubles, aside)


def _is_applied_list(job: ImportJob) -> bool:
    return job.kind == ImportKind.REGISTRATION and job.state == ImportState.APPLIED


def _absence(job: ImportJob) -> Absence | None:
    if job.kind != ImportKind.REGISTRATION or job.nature != ListNature.COMPLETE or job.month is None:
        return None
    missing = missing_lists(job.department_id, job.month, with_job=job)
    return Absence(job.month, [str(one) for one in perimeter(job)], [str(one) for one in missing])


def _lines(actor: Actor, rows: Iterable[ImportRow]) -> list[RowLine]:
    rows = list(rows)
    ids = [row.beneficiary_id for row in rows if row.beneficiary_id]
    open_files = set(visible(actor, Beneficiary).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    decided = {
        str(one.pk): one
        for one in visible(actor, MatchDecision).select_related("decided_by").filter(pk__in=_decisions(rows))
    }
    return [
        RowLine(
            row=row,
            name=line_name(row.data),
            sentences=sentences(row),
            rule=LABELS.get(row.match_rule, ""),
            changes=[_change(name) for name in row.data.get("changes", [])] if row.verdict == Verdict.CHANGED else [],
            compared=compared(row),
            decision=_decided(decided.get(row.data.get("decision", ""))),
            person_id=row.beneficiary_id if row.beneficiary_id in open_files else None,
        )
        for row in rows
    ]


def compared(row: ImportRow) -> str:
    """The normalised values the rule of a line compared; of a number of social security, only that it is the same."""
    line = row.data.get("values", row.data)
    kept = {"birth": line.get("birth_date")} | row.data.get("compared", {})
    said = ["NIR : identique"] if row.match_rule in ("nir_birth", "nir") else []
    said += [
        f"{COMPARED_LABELS[name]} : {', '.join(value) if isinstance(value, list) else value}"
        for name in BY_RULE.get(row.match_rule, ())
        if (value := kept.get(name))
    ]
    return " ; ".join(said)


def _decisions(rows: list[ImportRow]) -> list[str]:
    return [row.data["decision"] for row in rows if "decision" in row.data]


def _decided(decision: MatchDecision | None) -> str:
    if decision is None:
        return ""
    return f"{decision.get_answer_display()} : décision de {decision.decided_by} le {decision.decided_at:%d/%m/%Y}"


def line_name(data: dict[str, Any]) -> str:
    """Whom or what the line names, as the file says it."""
    if "title" in data:
        return str(data["title"])
    said = data.get("values", data)
    return f"{said.get('last_name') or said.get('birth_name') or ''} {said.get('first_names') or ''}".strip()


def _change(name: str) -> str:
    return CHANGE_LABELS.get(name) or str(getattr(Beneficiary._meta.get_field(name), "verbose_name", name))
