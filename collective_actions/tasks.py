"""Clocks of rosters and trainings, Département by Département."""

from __future__ import annotations

from celery import shared_task

from collective_actions.services.rosters.questions import ask_about_sessions, discard_forgotten
from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import Department


@shared_task
def follow_rosters() -> None:
    """Ask about the sessions nobody listed, destroy the lists nobody confirmed; every hour, each session once."""
    for department_id in Department.objects.values_list("pk", flat=True):
        with tenant(Actor.system(department_id)) as actor:
            ask_about_sessions(actor)
            discard_forgotten(actor)
