"""Trainings: every member of the Département reads them; who publishes or gives them writes."""

from __future__ import annotations

from django.db.models import QuerySet

from collective_actions.models import Training, TrainingJournal, TrainingSession
from hub.core.access import rule, scope
from hub.core.actor import DEPARTMENT, Actor
from partners.models import Function

COORDINATORS = (Function.COORDINATION, Function.SUPERVISION, Function.ADMINISTRATION)


@rule("training.publish")
def may_publish_trainings(actor: Actor, obj: None = None) -> bool:
    """The Région, training bodies (whoever brings rosters), the Département's coordinators."""
    coordinates = actor.role == DEPARTMENT and actor.has(*COORDINATORS)
    return actor.is_system or coordinates or actor.has(Function.ROSTERS)


@rule("training.edit")
def may_edit_training(actor: Actor, training: Training) -> bool:
    """Whoever gives it or brought it here; the Département's coordinators all of them."""
    if training.department_id != actor.department_id or not may_publish_trainings(actor):
        return False
    return actor.is_wide or actor.organization_id in (training.organization_id, training.publisher_id)


@scope(Training)
def trainings(actor: Actor, queryset: QuerySet[Training]) -> QuerySet[Training]:
    return queryset.filter(department_id=actor.department_id)


@scope(TrainingSession)
def sessions(actor: Actor, queryset: QuerySet[TrainingSession]) -> QuerySet[TrainingSession]:
    return queryset.filter(department_id=actor.department_id)


@scope(TrainingJournal)
def journal(actor: Actor, queryset: QuerySet[TrainingJournal]) -> QuerySet[TrainingJournal]:
    """Who changed what of an offer everybody reads."""
    return queryset.filter(department_id=actor.department_id)
