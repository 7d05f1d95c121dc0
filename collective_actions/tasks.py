"""Clocks of collective actions, rosters and trainings, Département by Département."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from collective_actions.services.actions.offers import lapse_offers, offer_seats, recount_places, release_closed_files
from collective_actions.services.endings.figures import freeze_figures
from collective_actions.services.endings.planning import plan_trainings
from collective_actions.services.endings.telling import tell_endings
from collective_actions.services.placements import explain_placements, tell_placements
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
            freeze_figures(actor)


@shared_task
def offer_freed_seats() -> None:
    """End the offers whose time is over, free the seats of closed files, offer what is free; every few seconds."""
    for department_id in Department.objects.values_list("pk", flat=True):
        with tenant(Actor.system(department_id)) as actor:
            lapse_offers(actor)
            release_closed_files(actor)
            offer_seats(actor)


@shared_task
def recount_action_places() -> None:
    """Say which actions still have places, as sessions begin; every few minutes."""
    for department_id in Department.objects.values_list("pk", flat=True):
        with tenant(Actor.system(department_id)) as actor:
            recount_places(actor)


@shared_task
def follow_trainings(department_id: str = "") -> None:
    """Plan and tell what is due around the ends of trainings and jobs; at the word of a roster, and every minute."""
    everywhere = Department.objects.values_list("pk", flat=True)
    for one in [UUID(department_id)] if department_id else everywhere:
        with tenant(Actor.system(one)) as actor:
            plan_trainings(actor)
            tell_endings(actor)
            explain_placements(actor)
            tell_placements(actor)
