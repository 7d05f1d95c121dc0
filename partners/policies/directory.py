"""The directory of services: everybody finds and suggests, whoever offers writes, the Département moderates."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from hub.core.access import can, rule, scope
from hub.core.actor import DEPARTMENT, Actor
from partners.models import (
    Function,
    SavedSearch,
    Service,
    ServiceJournal,
    ServiceSuggestion,
    Structure,
)
from partners.models.services import ServiceState

MODERATORS = (Function.COORDINATION, Function.SUPERVISION, Function.ADMINISTRATION)


@rule("service.moderate")
def may_moderate(actor: Actor, obj: Any = None) -> bool:
    """Publish drafts, merge doubles, answer suggestions: the Département's coordinators and heads."""
    here = obj is None or obj.department_id == actor.department_id
    return here and (actor.is_system or (actor.role == DEPARTMENT and actor.has(*MODERATORS)))


@rule("service.create")
def may_create_service(actor: Actor, organization: Any = None) -> bool:
    """For one's own organisation as its manager; for any, as the Département's moderator."""
    return can(actor, "organization.arrange", organization) or may_moderate(actor)


@rule("service.edit")
def may_edit_service(actor: Actor, service: Service | Structure) -> bool:
    """Whoever offers it, and moderators; the same of a structure that a file named."""
    return may_moderate(actor, service) or (
        service.organization_id is not None and can(actor, "organization.arrange", service)
    )


@rule("service.publish")
def may_publish_service(actor: Actor, service: Service) -> bool:
    """Its owner shows it again; what a file or a merge left aside waits for the Département."""
    mine = service.source_id == "" and service.merged_into_id is None
    return may_moderate(actor, service) or (mine and may_edit_service(actor, service))


@rule("service.verify")
def may_verify_service(actor: Actor, service: Service) -> bool:
    """Any member of the organisation that offers it knows whether it is still true."""
    own = service.organization_id is not None and service.organization_id == actor.organization_id
    return service.department_id == actor.department_id and (own or may_edit_service(actor, service))


@rule("service.suggest")
def may_suggest(actor: Actor, service: Service | None = None) -> bool:
    return actor.membership_id is not None and (service is None or service.department_id == actor.department_id)


@rule("suggestion.settle")
def may_settle_suggestion(actor: Actor, suggestion: ServiceSuggestion) -> bool:
    """The Département, or whoever may write the service it is about."""
    if may_moderate(actor, suggestion):
        return True
    return suggestion.service is not None and may_edit_service(actor, suggestion.service)


@scope(Service)
def services(actor: Actor, queryset: QuerySet[Service]) -> QuerySet[Service]:
    """What is published; one's own and, for moderators, all of it in every state."""
    found = queryset.filter(department_id=actor.department_id)
    if may_moderate(actor):
        return found
    return found.filter(Q(state=ServiceState.PUBLISHED) | Q(organization=actor.organization_id))


@scope(Structure)
def structures(actor: Actor, queryset: QuerySet[Structure]) -> QuerySet[Structure]:
    return queryset.filter(department_id=actor.department_id)


@scope(ServiceJournal)
def journal(actor: Actor, queryset: QuerySet[ServiceJournal]) -> QuerySet[ServiceJournal]:
    """The history of what one may write."""
    found = queryset.filter(department_id=actor.department_id)
    return found if may_moderate(actor) else found.filter(service__organization=actor.organization_id)


@scope(ServiceSuggestion)
def suggestions(actor: Actor, queryset: QuerySet[ServiceSuggestion]) -> QuerySet[ServiceSuggestion]:
    """All for moderators; for others those about their own services, and those they made."""
    found = queryset.filter(department_id=actor.department_id)
    if may_moderate(actor):
        return found
    return found.filter(Q(service__organization=actor.organization_id) | Q(by=actor.user_id))


@scope(SavedSearch)
def saved_searches(actor: Actor, queryset: QuerySet[SavedSearch]) -> QuerySet[SavedSearch]:
    """One's own, where they were made."""
    if actor.is_system:
        return queryset
    return queryset.filter(user_id=actor.user_id, organization_id=actor.organization_id)
