"""The directory: suggestions and their answers, services to verify, new services one looks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from notifications.catalogue import Kind, Notice, Settled, Told, announce
from partners.events import SavedSearchMet, ServicesToVerify, SuggestionMade, SuggestionSettled
from partners.models import Function, Membership, SavedSearch, ServiceSuggestion

SERVICE_SUGGESTED = Kind(
    code="service_suggested",
    label="Suggestion sur le répertoire",
    title="1 suggestion sur le répertoire attend une réponse",
    plural="{count} suggestions sur le répertoire attendent une réponse",
    icon="lightbulb",
    url_name="moderation",
    list_url_name="moderation",
    can_be_muted=True,
)
SUGGESTION_SETTLED = Kind(
    code="suggestion_settled",
    label="Réponse à votre suggestion",
    title="Votre suggestion sur le répertoire a reçu une réponse",
    plural="Vos suggestions sur le répertoire ont reçu {count} réponses",
    icon="lightbulb",
    url_name="directory",
    list_url_name="directory",
    can_be_muted=True,
)
SERVICES_TO_VERIFY = Kind(
    code="services_to_verify",
    label="Services du répertoire à vérifier",
    title="1 service est-il toujours valable ?",
    plural="{count} services sont-ils toujours valables ?",
    icon="calendar-clock",
    url_name="moderation",
    list_url_name="moderation",
    can_be_muted=True,
)
SAVED_SEARCH_MET = Kind(
    code="saved_search_met",
    label="Nouveaux services pour une recherche gardée",
    title="1 nouveau service répond à une recherche que vous gardez",
    plural="{count} nouveaux services répondent à une recherche que vous gardez",
    icon="bookmark",
    url_name="search_open",
    list_url_name="directory",
    can_be_muted=True,
)


@announce(SuggestionMade)
def suggestion_made(events: list[SuggestionMade]) -> Iterator[Told]:
    """Whoever offers the service; the Département's coordinators when nobody there can answer."""
    for event in events:
        row = ServiceSuggestion.objects.select_related("service").get(pk=event.suggestion_id)
        owner = row.service.organization_id if row.service else None
        for to in _answering(event.department_id, owner):
            if to.user_id != event.by_id:
                yield _notice(to, SERVICE_SUGGESTED, f"{row.pk}", "vous pouvez y répondre", subject=row.pk)


@announce(SuggestionSettled)
def suggestion_settled(events: list[SuggestionSettled]) -> Iterator[Told]:
    """Whoever made it learns the answer; nobody waits for it any more."""
    for event in events:
        row = ServiceSuggestion.objects.get(pk=event.suggestion_id)
        yield Settled(kind=SERVICE_SUGGESTED.code, subject_id=row.pk)
        if row.by_id and row.by_id != event.by_id:
            yield Notice(
                user_id=row.by_id,
                organization_id=row.organization_id,
                kind=SUGGESTION_SETTLED.code,
                dedupe_key=f"{SUGGESTION_SETTLED.code}:{row.pk}",
                reason="vous l'avez faite",
            )


@announce(ServicesToVerify)
def services_to_verify(events: list[ServicesToVerify]) -> Iterator[Told]:
    """The managers of whoever offers them, one line with a count."""
    for event in events:
        for to in _answering(event.department_id, event.organization_id):
            yield _notice(to, SERVICES_TO_VERIFY, str(event.organization_id), "vous les décrivez", count=event.count)


@announce(SavedSearchMet)
def saved_search_met(events: list[SavedSearchMet]) -> Iterator[Told]:
    """Whoever keeps the search."""
    for event in events:
        search = SavedSearch.objects.get(pk=event.search_id)
        yield Notice(
            user_id=search.user_id,
            organization_id=search.organization_id,
            kind=SAVED_SEARCH_MET.code,
            dedupe_key=f"{SAVED_SEARCH_MET.code}:{search.pk}",
            reason="vous gardez cette recherche",
            count=event.count,
            subject_kind="saved_search",
            subject_id=search.pk,
        )


def _answering(department_id: UUID, organization_id: UUID | None) -> Iterable[Membership]:
    """Managers of an organisation; the Département's moderators when it has none."""
    here = Membership.objects.filter(department_id=department_id, active=True)
    if organization_id:
        managers = list(here.filter(organization_id=organization_id, role="manager"))
        if managers:
            return managers
    return here.filter(functions__contains=[Function.COORDINATION], organization__kind="department")


def _notice(
    to: Membership, kind: Kind, key: str, reason: str, *, count: int = 1, subject: UUID | None = None
) -> Notice:
    return Notice(
        user_id=to.user_id,
        organization_id=to.organization_id,
        kind=kind.code,
        dedupe_key=f"{kind.code}:{key}",
        reason=reason,
        count=count,
        subject_kind="suggestion" if subject else "",
        subject_id=subject,
    )
