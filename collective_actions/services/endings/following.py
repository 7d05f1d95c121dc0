"""What people do at the end of a training: take charge, call, record the interview that closes the follow-up."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from collective_actions.end_steps import Lasts
from collective_actions.events import TraineeSeen
from collective_actions.models import ContactKind, FollowUpContact, Interview, Trainee
from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.topics import touch
from hub.core.workdays import add_open_days
from partners.models import Department
from referrals.services.access import close_access

CALL_BACK_OPEN_DAYS = 2
NOT_NOW_DAYS = 14
ALREADY = "L'entretien est déjà enregistré : ce suivi est clos."


@transaction.atomic
def take_charge(actor: Actor, *, trainee: Trainee) -> Trainee:
    """One person is in charge; taking over from a colleague is said in the history. Raises `Conflict` once closed."""
    trainee = _locked(actor, trainee)
    if trainee.in_charge_id != actor.user_id:
        trainee.in_charge_id, trainee.in_charge_organization_id = actor.user_id, actor.organization_id
        trainee.taken_at = actor.now
        _write(actor, trainee, ContactKind.TAKEN, "in_charge", "in_charge_organization", "taken_at")
    return trainee


@transaction.atomic
def call_back(actor: Actor, *, trainee: Trainee, on: date | None = None) -> Trainee:
    """Somebody called without reaching her: again in two open days, or on a day to come. Raises `Invalid`."""
    trainee = _locked(actor, trainee)
    code = Department.objects.get(pk=actor.department_id).code
    day = on or add_open_days(actor.today, CALL_BACK_OPEN_DAYS, subdivision=code)
    if day < actor.today:
        raise Invalid(fields={"on": "Choisissez une date à venir."})
    trainee.call_back_on = day
    _write(actor, trainee, ContactKind.CALL_BACK, "call_back_on", again_on=day)
    return trainee


@transaction.atomic
def not_now(actor: Actor, *, trainee: Trainee) -> Trainee:
    """She asks for time: in two weeks. No reason is asked nor kept."""
    trainee = _locked(actor, trainee)
    trainee.call_back_on = actor.today + timedelta(days=NOT_NOW_DAYS)
    _write(actor, trainee, ContactKind.NOT_NOW, "call_back_on", again_on=trainee.call_back_on)
    return trainee


@transaction.atomic
def record_interview(actor: Actor, *, trainee: Trainee, on: date, result: str, next_step: str = "") -> Trainee:
    """Who saw her, when, what came of it and what comes next: the follow-up is closed, and access ends
    `training_access` days later. Before the end of the training only a job closes it: nobody leaves one without being
    seen again. Raises `Invalid`, or `Conflict` when it is closed already."""
    trainee = _locked(actor, trainee)
    problems = {}
    if not trainee.starts_on <= on <= actor.today:
        problems["on"] = "Choisissez le jour de l'entretien, entre l'entrée en formation et aujourd'hui."
    elif result != Interview.PLACED and (end := end_of(trainee)) and on < end:
        problems["on"] = f"La formation dure jusqu'au {end:%d/%m/%Y} : notez un appel, l'entretien viendra après."
    if result not in Interview.values:
        problems["result"] = "Choisissez la suite donnée."
    if problems:
        raise Invalid("Certaines informations sont à corriger.", fields=problems)
    trainee.interview_on, trainee.interview_by_id, trainee.interview_result = on, actor.user_id, result
    trainee.next_step, trainee.call_back_on = " ".join(next_step.split())[:200], None
    fields = ("interview_on", "interview_by", "interview_result", "next_step", "call_back_on")
    _write(actor, trainee, ContactKind.INTERVIEW, *fields, on=on)
    kept = Department.objects.get(pk=actor.department_id).delay("training_access")
    close_access(actor, source=trainee, at=actor.now + timedelta(days=kept))
    emit(TraineeSeen(department_id=actor.department_id, by_id=actor.user_id, trainee_id=trainee.pk))
    return trainee


def end_of(trainee: Trainee) -> date | None:
    """The day she is, or was, out of training."""
    return Lasts(trainee.starts_on, trainee.ends_on, trainee.left_on, trainee.outcome).end


def _locked(actor: Actor, trainee: Trainee) -> Trainee:
    require(actor, "trainee.follow", trainee)
    found = Trainee.objects.select_for_update(of=("self",)).get(pk=trainee.pk)
    if found.interview_on is not None:
        raise Conflict(ALREADY, code="invalid_transition")
    return found


def _write(
    actor: Actor, trainee: Trainee, kind: str, *fields: str, on: date | None = None, again_on: date | None = None
) -> None:
    trainee.updated_at = actor.now
    trainee.save(update_fields=[*fields, "updated_at"])
    FollowUpContact.objects.create(
        department_id=actor.department_id, trainee=trainee, beneficiary_id=trainee.beneficiary_id, kind=kind,
        on=on or actor.today, again_on=again_on, organization_id=actor.organization_id, by_id=actor.user_id,
        at=actor.now,
    )  # fmt: skip
    touch(actor.department_id, "trainee", trainee.pk)
    touch(actor.department_id, "training_ends", actor.department_id)
    touch(actor.department_id, "person", trainee.beneficiary_id)
