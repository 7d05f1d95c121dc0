"""What is asked about sessions: their list of trainees, an end nobody knows. Of form only, never of who is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from collective_actions.events import RostersAsked
from collective_actions.models import Question, RosterQuestion, TrainingSession
from collective_actions.selectors.rosters import without_end, without_roster
from hub.core.actor import Actor
from hub.core.events import emit
from hub.core.workdays import add_open_days
from partners.models import Department, ImportJob, ImportRow
from partners.models.files import ImportKind, ImportState
from partners.services.imports import discard_import

MOST = 200


@transaction.atomic
def ask_about_sessions(actor: Actor) -> None:
    """Ask once about each session open for `roster_due` open days without list, and each end left unknown; what has
    been answered since waits no more."""
    department = Department.objects.select_for_update(no_key=True).get(pk=actor.department_id)  # one worker at a time
    _settle(actor)
    due = [
        session
        for session in without_roster(actor)
        if session.starts_on
        and add_open_days(session.starts_on, department.delay("roster_due"), subdivision=department.code) <= actor.today
    ]
    _ask(actor, Question.ROSTER, due)
    _ask(actor, Question.END, without_end(actor))


def _settle(actor: Actor) -> None:
    """Questions that what came since answers."""
    for question, waiting in ((Question.ROSTER, without_roster(actor)), (Question.END, without_end(actor))):
        asked = RosterQuestion.objects.filter(
            department_id=actor.department_id, question=question, settled_on=None
        ).exclude(session__in=waiting.values("pk"))
        asked.update(settled_on=actor.today)


@transaction.atomic
def discard_forgotten(actor: Actor) -> None:
    """A roster nobody confirmed is destroyed, and a doubtful line nobody decided on: people they name are not kept for
    somebody's forgetting."""
    department = Department.objects.get(pk=actor.department_id)
    delay, doubt = (timedelta(days=department.delay(name)) for name in ("roster_forgotten", "roster_doubt"))
    waiting = (ImportState.ANALYSED, ImportState.UNSPECIFIED)
    old = ImportJob.objects.filter(kind=ImportKind.ROSTER, state__in=waiting, state_at__lt=actor.now - delay)
    for job in old.select_related("file")[:MOST]:
        discard_import(actor, job=job)
    applied = ImportJob.objects.filter(
        kind=ImportKind.ROSTER, state=ImportState.APPLIED, state_at__lt=actor.now - doubt
    )
    ImportRow.objects.filter(job__in=applied).delete()


def _ask(actor: Actor, question: str, sessions: Iterable[TrainingSession]) -> None:
    asked = set(RosterQuestion.objects.filter(question=question).values_list("session_id", flat=True))
    new = [session for session in sessions if session.pk not in asked][:MOST]
    RosterQuestion.objects.bulk_create(
        RosterQuestion(
            department_id=actor.department_id, session=session, question=question, asked_on=actor.today
        )
        for session in new
    )  # fmt: skip
    if new:
        emit(
            RostersAsked(
                department_id=actor.department_id, question=question, session_ids=tuple(one.pk for one in new)
            )
        )  # fmt: skip
