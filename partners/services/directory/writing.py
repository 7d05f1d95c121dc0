"""Services of the directory: written, published, archived, verified. Every write leaves a line in their journal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from partners.inclusion import SERVICE_FIELDS, cleaned, plain
from partners.models import Organization, Service, ServiceJournal, Structure
from partners.models.services import SENSITIVE_THEMES, SENT_TO, ServiceNature, ServiceState
from partners.services.directory.index import finish, index, prepare
from partners.workflows import SERVICE

# What people write of a service; the rest is computed, or has its own verb.
WRITTEN = frozenset(SERVICE_FIELDS.values()) | {"sensitive", "public"}
ROWS_JOINED = ("organization", "structure")


@transaction.atomic
def create_service(
    actor: Actor,
    *,
    organization: Organization,
    name: str,
    sensitive: bool | None = None,
    draft: bool = False,
    **written: Any,
) -> Service:
    """Something an organisation offers, published unless it is a draft; sensitive by default when its theme is.

    `written`: fields of `WRITTEN`. Raises `Invalid` on a name taken or a value that makes no sense.
    """
    require(actor, "service.create", organization)
    return write_service(actor, organization=organization, name=name, sensitive=sensitive, draft=draft, **written)


@transaction.atomic
def write_service(
    actor: Actor,
    *,
    organization: Organization,
    name: str,
    sensitive: bool | None = None,
    draft: bool = False,
    nature: str = ServiceNature.SERVICE,
    **written: Any,
) -> Service:
    """The same for a service of a higher app, whose own rule was checked there (any agent drafts an action)."""
    service = Service(organization=organization, department_id=actor.department_id, nature=nature)
    _write(actor, service, {"name": name, "sensitive": sensitive, **written})
    _refuse_taken(service)
    service.state = ServiceState.DRAFT if draft else ServiceState.PUBLISHED
    service.verified_on, service.updated_on = actor.today, service.updated_on or actor.today
    service.published_at = None if draft else actor.now
    prepare([service])
    service.save()
    finish([service])
    note(actor, service, "created")
    return service


@transaction.atomic
def edit_service(actor: Actor, *, service: Service, **written: Any) -> Service:
    """Change what is said of a service; who writes it has just verified it. Raises `Invalid` (see `create_service`)."""
    require(actor, "service.edit", service)
    return rewrite_service(actor, service=service, **written)


@transaction.atomic
def rewrite_service(actor: Actor, *, service: Service, **written: Any) -> Service:
    """The same for a service of a higher app, whose own rule was checked there."""
    service = locked(service.pk)
    changes = _write(actor, service, written)
    _refuse_taken(service)
    if not changes:
        return service
    service.verified_on = service.updated_on = actor.today
    prepare([service])
    service.save()
    finish([service])
    note(actor, service, "edited", changes=changes)
    return service


@transaction.atomic
def publish_service(actor: Actor, *, service: Service) -> Service:
    """Show a draft or an archived service to everybody. Raises `InvalidTransition`."""
    require(actor, "service.publish", service)
    SERVICE.perform(service, "publish", by=actor, published_at=actor.now, verified_on=actor.today, merged_into=None)
    return service


@transaction.atomic
def archive_service(actor: Actor, *, service: Service, reason: str = "") -> Service:
    """Offer it no more: it leaves searches, its referrals stay. Raises `InvalidTransition`, `Conflict` for an action,
    which is called off instead: people are enrolled in it."""
    require(actor, "service.edit", service)
    if service.nature not in SENT_TO:
        sentence = (
            "C'est une action collective : annulez-la depuis sa page, ceux qui ont inscrit quelqu'un l'apprendront."
        )
        raise Conflict(sentence, code="action_has_sessions")
    return retire_service(actor, service=service, reason=reason)


@transaction.atomic
def retire_service(actor: Actor, *, service: Service, reason: str = "") -> Service:
    """The same for a service of a higher app, which has told whoever was coming. Raises `InvalidTransition`."""
    SERVICE.perform(service, "archive", by=actor, note=reason.strip()[:300])
    return service


@transaction.atomic
def verify_service(actor: Actor, *, service: Service) -> Service:
    """Say that what is written is still true, in one gesture."""
    require(actor, "service.verify", service)
    service = locked(service.pk)
    service.verified_on, service.reminded_on = actor.today, None
    service.save(update_fields=["verified_on", "reminded_on"])
    note(actor, service, "verified")
    return service


@transaction.atomic
def attach_structure(actor: Actor, *, structure: Structure, organization: Organization) -> int:
    """Say which organisation of the network a structure is: its services may then be referred to. How many follow."""
    require(actor, "service.moderate", structure)
    structure.organization = organization
    structure.save(update_fields=["organization"])
    rows = list(structure.services.filter(organization=None).select_related(*ROWS_JOINED))
    for row in rows:
        row.organization = organization
        row.save(update_fields=["organization"])
        note(actor, row, "attached")
    index(rows)
    return len(rows)


def locked(pk: UUID) -> Service:
    """The service as it is now, until the end of the transaction."""
    return Service.objects.select_for_update(of=("self",)).select_related(*ROWS_JOINED).get(pk=pk)


def note(
    actor: Actor, service: Service, name: str, *, changes: dict[str, Any] | None = None, job_id: UUID | None = None
) -> None:
    """Append a line to the journal of a service."""
    ServiceJournal.objects.create(
        department_id=service.department_id,
        service=service,
        name=name,
        source=service.state,
        target=service.state,
        at=actor.now,
        user_id=actor.user_id,
        organization_id=actor.organization_id,
        job_id=job_id,
        changes=changes or {},
    )


def set_values(row: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Give a row these values in memory; field → [before, after] of those that change, as the journal keeps it."""
    changes = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[name] = [plain(before), plain(value)]
    return changes


def _write(actor: Actor, service: Service, written: dict[str, Any]) -> dict[str, list[Any]]:
    if unknown := written.keys() - WRITTEN:
        raise TypeError(f"not part of a service: {', '.join(sorted(unknown))}")
    marks = {name: written.pop(name) for name in ("sensitive", "public") if name in written}
    values, wrong = cleaned(written, today=actor.today)
    if wrong:
        raise Invalid(fields={name: f"{said[0].upper()}{said[1:]}." for name, said in wrong.items()})
    if "sensitive" in marks or "themes" in values:
        intimate = not SENSITIVE_THEMES.isdisjoint(values.get("themes", service.themes))
        asked = marks.get("sensitive", service.sensitive)
        marks["sensitive"] = bool(asked) or intimate  # the law of the theme: it cannot be unticked
    return set_values(service, values | marks)


def _refuse_taken(service: Service) -> None:
    if service.source_id:
        return
    same = Service.objects.filter(
        organization=service.organization, department_id=service.department_id, name=service.name
    )
    if same.filter(source_id="", merged_into=None).exclude(pk=service.pk).exists():
        raise Invalid(fields={"name": "Ce service existe déjà."}, code="duplicate")
