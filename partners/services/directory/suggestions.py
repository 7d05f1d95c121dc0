"""What people propose about the directory, and what becomes of it."""

from __future__ import annotations

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from partners.events import SuggestionMade, SuggestionSettled
from partners.models import Service, ServiceSuggestion
from partners.models.directory import SuggestionState

SHORTEST, LONGEST = 10, 1000


@transaction.atomic
def suggest(actor: Actor, *, service: Service | None, text: str) -> ServiceSuggestion:
    """Propose a correction of a service, or a service that is missing. Raises `Invalid` when it says nothing."""
    require(actor, "service.suggest", service)
    text = text.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise Invalid(fields={"text": f"Écrivez de {SHORTEST} à {LONGEST} caractères : ce qui est à corriger."})
    made = ServiceSuggestion.objects.create(
        department_id=actor.department_id,
        service=service,
        text=text,
        by_id=actor.user_id,
        organization_id=actor.organization_id,
        at=actor.now,
    )
    emit(SuggestionMade(department_id=actor.department_id, by_id=actor.user_id, suggestion_id=made.pk))
    return made


@transaction.atomic
def settle_suggestion(
    actor: Actor, *, suggestion: ServiceSuggestion, taken: bool, answer: str = ""
) -> ServiceSuggestion:
    """Say what became of it: taken into account, or left aside. Raises `Conflict` once somebody did."""
    require(actor, "suggestion.settle", suggestion)
    row = ServiceSuggestion.objects.select_for_update().get(pk=suggestion.pk)
    if row.state != SuggestionState.OPEN:
        raise Conflict(f"Cette suggestion est déjà « {row.get_state_display()} ».")
    row.state = SuggestionState.TAKEN if taken else SuggestionState.LEFT
    row.answer, row.settled_at, row.settled_by_id = answer.strip()[:300], actor.now, actor.user_id
    row.save(update_fields=["state", "answer", "settled_at", "settled_by"])
    emit(SuggestionSettled(department_id=actor.department_id, by_id=actor.user_id, suggestion_id=row.pk))
    return row
