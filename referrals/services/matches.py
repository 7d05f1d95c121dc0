"""A person decides who a line is: remembered for its source and its identity, applied at once, revocable."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from hub.core.access import get_visible, require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.models import record_access
from hub.core.topics import touch
from partners.models import ImportJob, ImportRow
from partners.models.files import ImportKind, ImportState, Verdict
from partners.services.corrections import reread_lines
from partners.services.guards import GONE
from referrals.events import LineDecided
from referrals.models import Beneficiary, MatchAnswer, MatchDecision
from referrals.services.reconciliation.late import apply_for_person

AT_WORK = "Un import de cette personne est en cours d'application ou d'annulation : recommencez dans un instant."


@transaction.atomic
def decide_match(actor: Actor, *, row: ImportRow, answer: str, beneficiary: Beneficiary | None = None) -> MatchDecision:
    """Say who a doubtful line is. Raises `Invalid` for an answer or a person that is not proposed, `Conflict` when
    the line is no longer doubtful."""
    require(actor, "match.decide", row)
    job = ImportJob.objects.select_for_update(of=("self",)).get(pk=row.job_id)
    row = ImportRow.objects.select_for_update(of=("self",)).filter(pk=row.pk).first() or row
    if job.state in GONE:
        raise Conflict(f"Cet import est « {job.get_state_display()} » : il n'y a plus rien à décider pour cette ligne.")
    if not row.identity or row.match_rule == "decision" or row._state.adding:
        raise Conflict(_answered(row))
    _check(row, answer, beneficiary)
    previous = in_force(job.organization_id, row.identity)
    previous.update(revoked_at=actor.now, revoked_by=actor.user_id)
    decision = MatchDecision.objects.create(
        department_id=actor.department_id,
        organization_id=job.organization_id,
        identity=row.identity,
        answer=answer,
        beneficiary=beneficiary,
        job=job,
        line=row.line,
        decided_by_id=actor.user_id,
        decided_at=actor.now,
    )
    record_access("match_decided", subject=beneficiary or job)
    if answer != MatchAnswer.UNSURE:
        _settle(actor, decision)
    return decision


@transaction.atomic
def revoke_decision(actor: Actor, *, decision: MatchDecision) -> None:
    """Take a decision back: lines not yet applied are read again, the following months ask again. What was applied
    stays; it is undone with its import."""
    require(actor, "match.list")
    decision = MatchDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if decision.revoked_at is not None:
        raise Conflict("Cette décision a déjà été annulée.")
    decision.revoked_at, decision.revoked_by_id = actor.now, actor.user_id
    decision.save(update_fields=["revoked_at", "revoked_by"])
    decided = ImportRow.objects.filter(data__decision=str(decision.pk), job__state=ImportState.ANALYSED)
    _read_again(actor, decided)


def in_force(organization_id: UUID, identity: str) -> QuerySet[MatchDecision]:
    """What somebody decided of this identity of this source, if anybody did."""
    return MatchDecision.objects.filter(organization_id=organization_id, identity=identity, revoked_at=None)


def proposed(row: ImportRow) -> list[UUID]:
    """Whom a doubtful line may be: the candidates of the rules, or the people it resembles."""
    return [UUID(one) for one in row.data.get("candidates") or row.data.get("suggestions") or ()]


def _check(row: ImportRow, answer: str, beneficiary: Beneficiary | None) -> None:
    if answer not in MatchAnswer.values:
        raise Invalid(fields={"answer": "Choisissez une réponse."})
    if (answer == MatchAnswer.PERSON) != (beneficiary is not None):
        raise Invalid(fields={"beneficiary": "Choisissez la personne."})
    if beneficiary is not None and beneficiary.pk not in proposed(row):
        raise Invalid(fields={"beneficiary": "Cette personne n'est pas proposée pour cette ligne."})


def _settle(actor: Actor, decision: MatchDecision) -> None:
    """Every line of this source with this identity: read again if its file waits, applied if it is applied."""
    same = ImportRow.objects.filter(identity=decision.identity, job__organization_id=decision.organization_id)
    if same.filter(job__state__in=(ImportState.APPLYING, ImportState.UNDOING)).exists():
        raise Conflict(AT_WORK)
    _read_again(actor, same.filter(job__state=ImportState.ANALYSED))
    late = same.filter(job__state=ImportState.APPLIED, verdict__in=(Verdict.AMBIGUOUS, Verdict.UNKNOWN))
    for row in late.select_related("job").order_by("job__month", "job__created_at", "line"):
        _apply_late(actor, row, decision)


def _apply_late(actor: Actor, row: ImportRow, decision: MatchDecision) -> None:
    known = decision.answer == MatchAnswer.PERSON
    row.match_rule, row.data = "decision", row.data | {"decision": str(decision.pk)}
    row.data.pop("candidates", None)
    row.beneficiary_id = decision.beneficiary_id
    if row.job.kind == ImportKind.REGISTRATION:
        row.verdict = Verdict.MATCHED if known else Verdict.UNKNOWN
    row.save(update_fields=["match_rule", "data", "beneficiary_id", "verdict"])
    if known and decision.beneficiary_id:
        apply_for_person(actor, job=row.job, beneficiary_id=decision.beneficiary_id)
    emit(
        LineDecided(
            department_id=actor.department_id, by_id=actor.user_id, job_id=row.job_id, row_id=row.pk,
            beneficiary_id=decision.beneficiary_id,
        )
    )  # fmt: skip
    touch(actor.department_id, "import", row.job_id)


def _read_again(actor: Actor, rows: QuerySet[ImportRow]) -> None:
    lines: dict[UUID, list[int]] = defaultdict(list)
    former = list(rows.values_list("pk", "job_id", "line"))
    for _, job_id, line in former:
        lines[job_id].append(line)
    for job in ImportJob.objects.filter(pk__in=lines).select_for_update(of=("self",)).select_related("file"):
        reread_lines(actor, job, lines[job.pk])
    for pk, job_id, line in former:  # whoever has the line open still finds it, and who answered
        ImportRow.objects.filter(job=job_id, line=line).update(id=pk)


def _answered(row: ImportRow) -> str:
    """Who answered for this line, when it is known."""
    made = MatchDecision.objects.filter(pk=row.data.get("decision")).select_related("decided_by").first()
    who = made.decided_by if made else "quelqu'un"
    return f"Déjà répondu par {who} : cette ligne n'attend plus personne."


def candidate(actor: Actor, pk: UUID | str) -> Beneficiary:
    """Somebody the actor may see. Raises `NotVisible`."""
    return get_visible(actor, Beneficiary, pk)
