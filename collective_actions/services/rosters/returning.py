"""From a return of prescriptions to candidacies: whoever brings it says what he could say on each candidacy's page.

Only candidacies that his organisation answers for are moved; the other lines are not kept. A step already said is not
said twice: the same return again changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from collective_actions.imports.rosters.returns import ReturnLine
from collective_actions.models import Candidacy
from collective_actions.models.candidacies import LIVING
from collective_actions.services.candidacies.results import record_result
from collective_actions.workflows import CANDIDACY
from hub.core.actor import Actor
from hub.core.errors import DomainError
from partners.actors import actor_from
from partners.models import ImportJob, Membership
from referrals.imports.lines import has_verdict

BATCH = 500


def apply_return(actor: Actor, *, job: ImportJob, lines: Iterable[ReturnLine]) -> None:
    """Say what each line says, in the name of whoever brought the file."""
    member = Membership.objects.filter(
        user=job.created_by_id, organization=job.organization_id, department=job.department_id, active=True
    ).first()
    if member is None:
        return
    speaker = actor_from(member, actor.now)
    read = [line for line in lines if not has_verdict(line.remarks) and line.results]
    for start in range(0, len(read), BATCH):
        some = read[start : start + BATCH]
        found = _candidacies(job, [line.candidacy for line in some])
        for line in some:
            if candidacy := found.get(line.candidacy):
                _say(speaker, candidacy, line)


def _candidacies(job: ImportJob, said: list[str]) -> dict[str, Candidacy]:
    """Identifier as written → the candidacy: its own, its referral's, or that of a person with one going on."""
    ours = {one: pk for one in said if (pk := _uuid(one))}
    rows = Candidacy.objects.filter(department_id=job.department_id, receiver_id=job.organization_id)
    named = rows.filter(Q(pk__in=ours.values()) | Q(referral__in=ours.values()) | Q(beneficiary__internal_id__in=said))
    by_pk: dict[UUID | None, Candidacy] = {}
    by_person: dict[str, list[Candidacy]] = defaultdict(list)
    for one in named.select_related("referral", "beneficiary", "session__training").order_by("created_at", "id"):
        by_pk |= {one.pk: one, one.referral_id: one}
        if one.beneficiary.internal_id and one.state in LIVING:
            by_person[one.beneficiary.internal_id].append(one)
    alone = {written: theirs[0] for written, theirs in by_person.items() if len(theirs) == 1}
    return alone | {written: by_pk[pk] for written, pk in ours.items() if pk in by_pk}


def _say(speaker: Actor, candidacy: Candidacy, line: ReturnLine) -> None:
    note = f"Entretien du {line.met_on:%d/%m/%Y}" if line.met_on else "Retour de prescription"
    with suppress(DomainError), transaction.atomic():  # she was withdrawn, or the referral ended otherwise
        for result, reason in line.results:
            if result in CANDIDACY.allowed_from(candidacy.state):
                record_result(speaker, candidacy=candidacy, result=result, reason=reason, note=note if reason else "")


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
