"""Following a job: a word at 8 days, 1, 3 and 6 months; a hand when it goes wrong; an end without blame."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from collective_actions.events import PlacementAnswered, PlacementDifficulty, PlacementsDue
from collective_actions.models import Placement, PlacementContract, PlacementStep, PlacementStepKind, Trainee
from hub.core.access import require
from hub.core.actor import PARIS, Actor
from hub.core.dates import add_months
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.topics import touch
from hub.core.workdays import add_open_days, is_open
from partners.models import Department
from referrals.models import Beneficiary, Level
from referrals.services.access import close_access, open_access
from referrals.services.explanations import keep_explanation

FOLLOWED = 6  # months at most (programme 3.1)
MONTHS = {PlacementStepKind.MONTH: 1, PlacementStepKind.QUARTER: 3, PlacementStepKind.HALF: FOLLOWED}
DAY, WEEK = timedelta(days=1), timedelta(days=8)
BATCH = 500
EARLIEST = timedelta(days=365)
ONE = "Cette personne a déjà un emploi suivi : notez d'abord sa fin."
ENDED = "Cet emploi est terminé : son suivi est clos."
REASON = "emploi suivi"


def placement_steps(starts_on: date, subdivision: str) -> Iterator[tuple[str, date]]:
    """When to ask how it goes; the open day that follows."""
    yield PlacementStepKind.WEEK.value, _open(starts_on + WEEK, subdivision)
    for step, months in MONTHS.items():
        yield step.value, _open(add_months(starts_on, months), subdivision)


@transaction.atomic
def record_placement(
    actor: Actor,
    *,
    person: Beneficiary,
    contract: str,
    starts_on: date,
    employer: str = "",
    trainee: Trainee | None = None,
) -> Placement:
    """She works: steps are planned up to six months. Raises `Invalid`, or `Conflict` when a job is followed already."""
    require(actor, "placement.follow", person)
    problems = {}
    if contract not in PlacementContract.values:
        problems["contract"] = "Choisissez le contrat."
    if not actor.today - EARLIEST <= starts_on <= actor.today + EARLIEST:
        problems["starts_on"] = "Choisissez une date à moins d'un an."
    elif trainee is not None and starts_on < trainee.starts_on:
        entered = f"{trainee.starts_on:%d/%m/%Y}"
        problems["starts_on"] = f"La formation a commencé le {entered} : cet emploi vient ensuite, vérifiez la date."
    if problems:
        raise Invalid("Certaines informations sont à corriger.", fields=problems)
    placement = Placement(
        department_id=actor.department_id, beneficiary=person, trainee=trainee, contract=contract,
        employer=" ".join(employer.split())[:120], starts_on=starts_on, organization_id=actor.organization_id,
        recorded_by_id=actor.user_id, recorded_at=actor.now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            placement.save()
    except IntegrityError as error:
        raise Conflict(ONE) from error
    department = Department.objects.get(pk=actor.department_id)
    former = PlacementStep.objects.filter(beneficiary=person, step=PlacementStepKind.REGISTRATION, told_on=None)
    former.filter(done_on=None).update(done_on=actor.today, done_by=actor.user_id)  # she works again: nothing to ask
    PlacementStep.objects.bulk_create(
        PlacementStep(
            department_id=actor.department_id, placement=placement, beneficiary=person, step=step, due_on=due
        )
        for step, due in placement_steps(starts_on, department.code)
        if due >= actor.today
    )  # fmt: skip
    if not actor.is_wide:
        open_access(
            actor, beneficiary_id=person.pk, organization_id=actor.organization_id, level=Level.PLACEMENT,
            reason=REASON, source=placement, new=True,
        )  # fmt: skip
        close_access(actor, source=placement, at=_last_day(placement, department))
    touch(actor.department_id, "person", person.pk)
    return placement


@transaction.atomic
def note_step(actor: Actor, *, placement: Placement) -> Placement:
    """A word was had, all is well: steps due until today are done, and a difficulty is settled."""
    placement = _locked(actor, placement)
    due = PlacementStep.objects.filter(placement=placement, done_on=None, due_on__lte=actor.today)
    due.update(done_on=actor.today, done_by=actor.user_id)
    _settle(actor, placement, difficulty_on=None)
    return placement


@transaction.atomic
def signal_difficulty(actor: Actor, *, placement: Placement) -> Placement:
    """Something goes wrong: whoever placed her and the referent are told at once. What is not written anywhere."""
    placement = _locked(actor, placement)
    if placement.difficulty_on is None:
        _settle(actor, placement, difficulty_on=actor.today)
        emit(
            PlacementDifficulty(
                department_id=actor.department_id, by_id=actor.user_id, placement_id=placement.pk, on=actor.today
            )
        )  # fmt: skip
    return placement


@transaction.atomic
def end_placement(actor: Actor, *, placement: Placement, on: date) -> Placement:
    """The job is over: no reason is asked. After `placement_registration` open days, whether she is registered again is
    a question to the referent. Raises `Invalid`."""
    placement = _locked(actor, placement)
    if not placement.starts_on <= on <= actor.today:
        raise Invalid(fields={"on": "Choisissez le dernier jour travaillé, entre le début et aujourd'hui."})
    department = Department.objects.get(pk=actor.department_id)
    PlacementStep.objects.filter(placement=placement, done_on=None).update(done_on=actor.today, done_by=actor.user_id)
    due = add_open_days(on, department.delay("placement_registration"), subdivision=department.code)
    PlacementStep.objects.create(
        department_id=actor.department_id, placement=placement, beneficiary_id=placement.beneficiary_id,
        step=PlacementStepKind.REGISTRATION.value, due_on=due,
    )  # fmt: skip
    placement.ended_on = on
    _settle(actor, placement, difficulty_on=None)
    close_access(actor, source=placement, at=actor.now + timedelta(days=department.delay("training_access")))
    return placement


@transaction.atomic
def tell_placements(actor: Actor) -> int:
    """Tell every step due today, once; what explains an absence from the lists follows. Returns how many."""
    Department.objects.select_for_update(no_key=True).get(pk=actor.department_id)  # one worker at a time
    due = PlacementStep.objects.filter(
        department_id=actor.department_id, due_on__lte=actor.today, told_on=None, done_on=None,
        beneficiary__died_on=None,
    )  # fmt: skip
    found = list(due.order_by("due_on", "pk")[:BATCH])
    by_kind: dict[bool, list[UUID]] = defaultdict(list)
    for step in found:
        by_kind[step.step == PlacementStepKind.REGISTRATION].append(step.placement_id)
    PlacementStep.objects.filter(pk__in=[step.pk for step in found]).update(told_on=actor.today)
    for registration, placements in by_kind.items():
        emit(
            PlacementsDue(
                department_id=actor.department_id, placement_ids=tuple(placements), on=actor.today,
                registration=registration,
            )
        )  # fmt: skip
    return len(found)


@transaction.atomic
def explain_placements(actor: Actor) -> None:
    """A job followed explains the absence from the lists, for six months or until it ends."""
    changed = Placement.objects.filter(department_id=actor.department_id, to_explain=True).order_by("starts_on", "id")
    for placement in changed[:BATCH]:
        keep_explanation(
            actor,
            person_id=placement.beneficiary_id,
            kind="placement" if placement.contract == PlacementContract.INTEGRATION else "job",
            source="job",
            starts_on=placement.starts_on,
            until=placement.ended_on or add_months(placement.starts_on, FOLLOWED),
            note="",
        )
        placement.to_explain = False
        placement.save(update_fields=["to_explain"])


def _locked(actor: Actor, placement: Placement) -> Placement:
    require(actor, "placement.follow", placement)
    found = Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
    if found.ended_on is not None:
        raise Conflict(ENDED, code="invalid_transition")
    return found


def _settle(actor: Actor, placement: Placement, *, difficulty_on: date | None) -> None:
    placement.difficulty_on, placement.to_explain = difficulty_on, True
    placement.save(update_fields=["difficulty_on", "ended_on", "to_explain"])
    touch(actor.department_id, "person", placement.beneficiary_id)
    if difficulty_on is None:
        emit(PlacementAnswered(department_id=actor.department_id, by_id=actor.user_id, placement_id=placement.pk))


def _last_day(placement: Placement, department: Department) -> datetime:
    """When a job that goes on is not followed any more: what it opened ends with no hand."""
    kept = timedelta(days=department.delay("training_access"))
    return datetime.combine(add_months(placement.starts_on, FOLLOWED) + kept, time(), PARIS)


def _open(day: date, subdivision: str) -> date:
    while not is_open(day, subdivision=subdivision):
        day += DAY
    return day
