"""One service with its history, what waits for the Département, searches kept, landmarks of the map."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from hub.core.access import can, get_visible, visible
from hub.core.actor import Actor
from hub.core.slots import TimelineEntry
from partners.freshness import Freshness, freshness_of
from partners.models import (
    Commune,
    Department,
    Organization,
    SavedSearch,
    Service,
    ServiceJournal,
    ServiceSuggestion,
    Structure,
    User,
)
from partners.models.directory import SuggestionState
from partners.models.services import ServiceState

MOST_SHOWN = 50
MOST_ALIKE = 10
LANDMARKS, LARGEST = 10, 60
APART = 0.26  # degrees
ZONES = {"france": "toute la France", "99100": "toute la France"}
EPCI = 9  # digits of the SIREN of a group of communes
HISTORY = {
    "created": ("Créé", "circle-plus"),
    "imported": ("Créé par un fichier", "file-up"),
    "edited": ("Modifié", "pencil"),
    "updated": ("Mis à jour par un fichier", "file-up"),
    "dropped": ("Archivé : sa source ne le publie plus", "archive"),
    "restored": ("Remis comme avant un fichier", "undo-2"),
    "publish": ("Publié", "globe"),
    "archive": ("Archivé", "archive"),
    "merge": ("Fusionné dans un autre service", "merge"),
    "merged": ("Complété par un double", "merge"),
    "verified": ("Vérifié : toujours valable", "circle-check"),
    "structure_edited": ("Structure modifiée", "pencil"),
    "attached": ("Rattaché à un organisme du réseau", "network"),
}


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """What the page of a service shows; the history and what is alike only to who writes it."""

    service: Service
    old: bool
    alike: list[Service]
    history: list[TimelineEntry]
    suggestions: list[ServiceSuggestion]
    zone: list[str]


def get_service(actor: Actor, pk: object) -> Service:
    """A visible service with who offers it; raises `NotVisible`."""
    return get_visible(actor, Service, str(pk), "organization", "structure", "merged_into")


def service_record(actor: Actor, service: Service) -> ServiceRecord:
    """One service as its page shows it."""
    writes = can(actor, "service.edit", service)
    return ServiceRecord(
        service=service,
        old=freshness(actor).is_old(service),
        alike=alike(actor, service) if can(actor, "service.moderate", service) else [],
        history=_history(actor, service) if writes else [],
        suggestions=list(_open_suggestions(actor).filter(service=service)[:MOST_SHOWN]) if writes else [],
        zone=_zone(actor, service),
    )


def freshness(actor: Actor) -> Freshness:
    """From when on services are to be verified again."""
    return freshness_of(visible(actor, Department).get(), actor.today)


def alike(actor: Actor, service: Service) -> list[Service]:
    """What may be the same service written twice: the same name in the same commune."""
    same = visible(actor, Service).filter(same_key=service.same_key, merged_into=None).exclude(pk=service.pk)
    return list(same.exclude(state=ServiceState.ARCHIVED).select_related("organization", "structure")[:MOST_ALIKE])


def drafts(actor: Actor) -> QuerySet[Service]:
    """What waits to be published, oldest names first."""
    found = visible(actor, Service).filter(state=ServiceState.DRAFT)
    return found.select_related("organization", "structure").order_by("search_name", "id")


def doubles(actor: Actor) -> list[list[Service]]:
    """Groups of services that may be the same one, drafts included."""
    living = visible(actor, Service).exclude(state=ServiceState.ARCHIVED)
    keys = living.order_by("same_key").values("same_key").annotate(count=Count("*")).filter(count__gt=1)
    wanted = list(keys.values_list("same_key", flat=True)[:MOST_SHOWN])
    groups: dict[str, list[Service]] = {}
    rows = living.filter(same_key__in=wanted).select_related("organization", "structure").order_by("state", "name")
    for row in rows[: MOST_SHOWN * MOST_ALIKE]:
        groups.setdefault(row.same_key, []).append(row)
    return [groups[key] for key in sorted(groups)]


def suggestions_to_read(actor: Actor) -> QuerySet[ServiceSuggestion]:
    """Open suggestions somebody like this actor may answer, oldest first."""
    return _open_suggestions(actor).order_by("at", "id")


def to_verify(actor: Actor) -> QuerySet[Service]:
    """Published services of one's own organisation to verify again; for moderators, those of nobody too."""
    old = visible(actor, Service).filter(freshness(actor).since("verified_on"), state=ServiceState.PUBLISHED)
    mine = old.filter(organization=actor.organization_id)
    if can(actor, "service.moderate"):
        mine = mine | old.filter(organization=None)
    return mine.select_related("organization", "structure").order_by("verified_on", "id")


def my_searches(actor: Actor) -> list[SavedSearch]:
    """Searches one keeps here."""
    return list(visible(actor, SavedSearch))


def landmarks(actor: Actor) -> list[Commune]:
    """The largest communes that stand apart: what a map without tiles is read by."""
    large = visible(actor, Commune).filter(latitude__isnull=False, population__isnull=False).order_by("-population")
    kept: list[Commune] = []
    for one in large[:LARGEST]:
        if len(kept) < LANDMARKS and all(_apart(one, other) for other in kept):
            kept.append(one)
    return kept


def _zone(actor: Actor, service: Service) -> list[str]:
    """Where one must live, in words; a code nobody knows here stays a code."""
    names = dict(visible(actor, Commune).filter(pk__in=service.zone).values_list("pk", "name"))
    names |= dict(visible(actor, Department).filter(code__in=service.zone).values_list("code", "name"))
    return [
        names.get(code) or ZONES.get(code) or (f"EPCI {code}" if len(code) == EPCI else code) for code in service.zone
    ]


def _apart(one: Commune, other: Commune) -> bool:
    """Far enough for two names to stand on one map."""
    north = abs((one.latitude or 0) - (other.latitude or 0))
    east = abs((one.longitude or 0) - (other.longitude or 0))
    return max(north * 2, east) > APART


def _open_suggestions(actor: Actor) -> QuerySet[ServiceSuggestion]:
    found = visible(actor, ServiceSuggestion).filter(state=SuggestionState.OPEN)
    if not can(actor, "service.moderate"):
        found = found.filter(service__organization=actor.organization_id)
    return found.select_related("service", "organization", "by")


def _history(actor: Actor, service: Service) -> list[TimelineEntry]:
    rows = list(visible(actor, ServiceJournal).filter(service=service)[:MOST_SHOWN])
    names: dict[UUID | None, str] = {}
    names |= {user.pk: str(user) for user in User.objects.filter(pk__in={row.user_id for row in rows})}
    names |= {one.pk: one.name for one in Organization.objects.filter(pk__in={row.organization_id for row in rows})}
    return [_entry(row, names) for row in rows]


def _entry(row: ServiceJournal, names: dict[UUID | None, str]) -> TimelineEntry:
    title, icon = HISTORY.get(row.name, (row.name, "circle"))
    by = " · ".join(names[key] for key in (row.user_id, row.organization_id) if key in names)
    return TimelineEntry(row.at, title, detail=_changed(row) or row.note, by=by or "Pacte", icon=icon)


def _changed(row: ServiceJournal) -> str:
    """The fields that changed, in French."""
    said = Structure if row.name == "structure_edited" else Service
    fields = [str(getattr(said._meta.get_field(name), "verbose_name", name)) for name in row.changes]
    return ", ".join(sorted(fields))
