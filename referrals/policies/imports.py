"""Files: who brings which kind, who confirms, who reads the lines."""

from __future__ import annotations

from django.db.models import QuerySet

from hub.core.access import can, rule, scope
from hub.core.actor import Actor
from partners.models import Function, ImportJob, ImportRow
from partners.models.files import ImportKind
from referrals.models import MatchDecision

BRINGERS: dict[str, tuple[str, ...]] = {
    ImportKind.PEOPLE: (Function.PEOPLE_IMPORT,),
    ImportKind.CAF_FLOW: (Function.PEOPLE_IMPORT,),
    ImportKind.REGISTRATION: (Function.REGISTRATION_LISTS,),
    ImportKind.DIRECTORY: (Function.COORDINATION,),
    ImportKind.ROSTER: (Function.ROSTERS, Function.COORDINATION),
    ImportKind.TRAININGS: (Function.COORDINATION, Function.ROSTERS),
}
# Brought and followed on screens of their own.
APART = (ImportKind.ROSTER,)
# Nothing in them is about a person: whoever brings one reads its lines and may take it back.
OF_NOBODY = (ImportKind.TRAININGS,)
LIST_KINDS = ("department", "employment_service")  # whose lists the law names (CASF R. 262-111)


@rule("import.list")
def may_list_imports(actor: Actor, _: None = None) -> bool:
    if actor.role == "department" and actor.has(Function.SUPERVISION):
        return True  # the heads follow what their teams bring
    return any(may_bring(actor, kind) for kind in ImportKind.values if kind not in APART)


@rule("import.bring")
def may_bring(actor: Actor, kind: str) -> bool:
    """People and the directory come from the Département; registration lists also from Pôle emploi, rosters and offers
    of training from the Région and training bodies."""
    if actor.is_system:
        return True
    if not actor.sees_people or not actor.has(*BRINGERS.get(kind, ())):
        return False
    if actor.role == "department" or kind in (ImportKind.ROSTER, *OF_NOBODY):
        return True
    return kind == ImportKind.REGISTRATION and actor.kind in LIST_KINDS


@rule("import.confirm")
def may_confirm(actor: Actor, job: ImportJob) -> bool:
    """The Département, or whoever brought the file."""
    return may_bring(actor, job.kind) and (actor.is_wide or job.organization_id == actor.organization_id)


@rule("import.undo")
def may_undo(actor: Actor, job: ImportJob) -> bool:
    """The Département's people who may confirm such a file."""
    here = actor.role == "department" or job.kind in OF_NOBODY
    return not actor.is_system and here and may_confirm(actor, job)


@rule("import.rows")
def may_read_rows(actor: Actor, job: ImportJob | None = None) -> bool:
    """Who was recognised is the Département's knowledge."""
    if job is not None and job.kind in OF_NOBODY:
        return may_confirm(actor, job) or (actor.is_wide and can(actor, "import.list"))
    return actor.is_wide and (actor.is_system or can(actor, "import.list"))


@rule("import.correct")
def may_correct_lines(actor: Actor, job: ImportJob) -> bool:
    """Who confirms a file and reads its lines: a partner corrects its own file before it sends it."""
    return may_read_rows(actor, job) and may_confirm(actor, job)


@rule("match.list")
def may_list_matches(actor: Actor, _: None = None) -> bool:
    """Who somebody is, among the people known: the Département alone."""
    return may_read_rows(actor) and not actor.is_system


@rule("match.decide")
def may_decide_match(actor: Actor, row: ImportRow) -> bool:
    return may_correct_lines(actor, row.job)


@scope(MatchDecision)
def decisions_of(actor: Actor, decisions: QuerySet[MatchDecision]) -> QuerySet[MatchDecision]:
    """What was decided of the lines of the files one may see."""
    return (
        decisions.filter(job__in=jobs_of(actor, ImportJob.objects.all())) if may_read_rows(actor) else decisions.none()
    )


@scope(ImportJob)
def jobs_of(actor: Actor, jobs: QuerySet[ImportJob]) -> QuerySet[ImportJob]:
    if actor.is_system:
        return jobs
    if not can(actor, "import.list") and not any(may_bring(actor, kind) for kind in APART):
        return jobs.none()
    if actor.has(Function.SUPERVISION) and actor.is_wide:
        return jobs
    kinds = [kind for kind in ImportKind.values if may_bring(actor, kind)]
    jobs = jobs.filter(kind__in=kinds)
    return jobs if actor.is_wide else jobs.filter(organization_id=actor.organization_id)


@scope(ImportRow)
def rows_of(actor: Actor, rows: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
    """Lines of the files one may see."""
    jobs = jobs_of(actor, ImportJob.objects.all())
    return rows.filter(job__in=jobs if may_read_rows(actor) else jobs.filter(kind__in=OF_NOBODY))
