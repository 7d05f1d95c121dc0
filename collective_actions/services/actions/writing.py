"""Collective actions written, published, called off; their sessions, the seats kept for prescribers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from collective_actions.models import ActionAudience, CollectiveAction, PrescriberQuota, Session
from collective_actions.services.actions.seats import changed, count_places, locked
from collective_actions.services.actions.sessions import call_off, tell_moved
from collective_actions.services.actions.sharing import share_action
from hub.core.access import require
from hub.core.actor import PARIS, Actor
from hub.core.errors import Conflict, Invalid
from hub.core.topics import touch
from partners.models import Organization
from partners.models.services import ServiceNature
from partners.services.directory.writing import publish_service, retire_service, rewrite_service, write_service

OWN = frozenset({"need", "objective", "evaluation", "sheet_title", "series"})
MOST_REPEATED = 30
FURTHEST = timedelta(days=36500)  # a weekly cycle begun in 9999 has no second session
WEEK = timedelta(days=7)
PLACED = ("starts_at", "place", "address", "meeting_point")
KINDS = {ActionAudience.PEOPLE: ServiceNature.ACTION, ActionAudience.PROFESSIONALS: ServiceNature.PROFESSIONAL}


@transaction.atomic
def create_action(
    actor: Actor,
    *,
    organization: Organization,
    name: str,
    audience: str = ActionAudience.PEOPLE,
    co_hosts: Iterable[Organization] = (),
    **written: Any,
) -> CollectiveAction:
    """A draft of an organisation. `written`: fields of `OWN`, else those of a service. Raises `Invalid` as it does."""
    require(actor, "action.design", organization)
    if audience not in ActionAudience.values:
        raise Invalid(fields={"audience": "Choisissez dans la liste."})
    own = {name: written.pop(name) for name in OWN & written.keys()}
    service = write_service(
        actor,
        organization=organization,
        name=name,
        draft=True,
        nature=KINDS[ActionAudience(audience)],
        **{"kind": "atelier", **written},
    )
    action = CollectiveAction.objects.create(
        department_id=actor.department_id,
        service=service,
        audience=audience,
        created_by_id=actor.user_id,
        created_at=actor.now,
        **own,
    )
    action.co_hosts.set([one for one in co_hosts if one.pk != organization.pk])
    return action


@transaction.atomic
def edit_action(
    actor: Actor, *, action: CollectiveAction, co_hosts: Iterable[Organization] | None = None, **written: Any
) -> CollectiveAction:
    """Change what is said of it. Raises `Invalid`; `Conflict` for the cycle once somebody is enrolled."""
    require(actor, "action.edit", action)
    own = {name: written.pop(name) for name in OWN & written.keys()}
    if own.get("series", action.series) != action.series and action.sessions.filter(last_rank__gt=0).exists():
        raise Conflict("Des personnes attendent déjà une place : le cycle ne change plus.", code="series_fixed")
    for name, value in own.items():
        setattr(action, name, value)
    action.save(update_fields=list(own) or ["need"])
    if written:
        rewrite_service(actor, service=action.service, **written)
        action.service.refresh_from_db()
    if co_hosts is not None:
        others = [one for one in co_hosts if one.pk != action.service.organization_id]
        if {one.pk for one in others} != set(action.co_hosts.values_list("pk", flat=True)):
            action.co_hosts.set(others)
            share_action(actor, action)
    touch(actor.department_id, "action", action.pk)
    return action


@transaction.atomic
def publish_action(actor: Actor, *, action: CollectiveAction) -> CollectiveAction:
    """Show it in the directory. Raises `Conflict` without a session to come."""
    require(actor, "action.publish", action)
    if not action.sessions.filter(starts_at__gt=actor.now, cancelled_at=None).exists():
        raise Conflict("Ajoutez d'abord une séance à venir : on n'annonce pas une action sans date.", code="no_session")
    publish_service(actor, service=action.service)
    count_places(action, actor.now)
    touch(actor.department_id, "action", action.pk)
    touch(actor.department_id, "actions", actor.department_id)
    return action


@transaction.atomic
def cancel_action(actor: Actor, *, action: CollectiveAction, reason: str) -> CollectiveAction:
    """Call it off with all its sessions to come; everybody enrolled is told. Raises `Invalid` without reason."""
    require(actor, "action.publish", action)
    if not reason.strip():
        raise Invalid("Indiquez pourquoi.", fields={"reason": "Indiquez pourquoi."})
    coming = action.sessions.filter(starts_at__gt=actor.now, cancelled_at=None)
    for pk in coming.order_by("pk").values_list("pk", flat=True):
        call_off(actor, locked(pk), reason=reason)
    action.cancelled_at, action.cancel_reason = actor.now, reason.strip()[:300]
    action.save(update_fields=["cancelled_at", "cancel_reason"])
    if action.service.state != "archived":
        retire_service(actor, service=action.service, reason=reason)
    count_places(action, actor.now)
    touch(actor.department_id, "action", action.pk)
    return action


@transaction.atomic
def add_sessions(
    actor: Actor,
    *,
    action: CollectiveAction,
    starts_at: datetime,
    capacity: int,
    place: str,
    duration: int = 120,
    address: str = "",
    meeting_point: str = "",
    times: int = 1,
) -> list[Session]:
    """One session, or one a week at the same hour of France, `times` of them. Raises `Invalid`."""
    require(actor, "action.edit", action)
    _check(actor, starts_at, capacity)
    if not 1 <= times <= MOST_REPEATED:
        raise Invalid(fields={"times": f"De 1 à {MOST_REPEATED} séances à la fois."})
    local = starts_at.astimezone(PARIS)
    made = [
        Session.objects.create(
            department_id=actor.department_id,
            action=action,
            starts_at=local + turn * WEEK,  # wall time: the hour stays when the clocks change
            duration=duration,
            place=place.strip(),
            address=address.strip(),
            meeting_point=meeting_point.strip(),
            capacity=capacity,
            updated_at=actor.now,
        )
        for turn in range(times)
    ]
    changed(actor, made[0])
    return made


@transaction.atomic
def edit_session(
    actor: Actor,
    *,
    session: Session,
    starts_at: datetime,
    duration: int,
    place: str,
    address: str,
    meeting_point: str,
    capacity: int,
) -> Session:
    """Move it, or change its seats; those enrolled are told when it moves. Raises `Invalid`, `Conflict`."""
    require(actor, "action.edit", session.action)
    session = locked(session.pk)
    if session.cancelled_at or session.starts_at <= actor.now:
        raise Conflict("Une séance passée ou annulée ne se modifie plus.", code="session_over")
    _check(actor, starts_at, capacity)
    if capacity < session.taken:
        sentence = f"{session.taken} places sont déjà données : retirez d'abord des inscriptions."
        raise Invalid(sentence, fields={"capacity": sentence})
    before = [getattr(session, name) for name in PLACED]
    session.starts_at, session.duration, session.capacity = starts_at, duration, capacity
    session.place, session.address, session.meeting_point = place.strip(), address.strip(), meeting_point.strip()
    session.version, session.updated_at = session.version + 1, actor.now
    session.save(update_fields=[*PLACED, "duration", "capacity", "version", "updated_at"])
    if before != [getattr(session, name) for name in PLACED]:
        tell_moved(actor, session)
    changed(actor, session)
    return session


@transaction.atomic
def set_quota(actor: Actor, *, action: CollectiveAction, organization: Organization, seats: int | None) -> None:
    """How many seats of each session an organisation may fill; None takes the limit away. Raises `Invalid`."""
    require(actor, "action.edit", action)
    if organization.pk == action.service.organization_id:
        sentence = "L'organisateur n'a pas de contingent : il reçoit."
        raise Invalid(sentence, fields={"organization": sentence})
    if seats is None:
        PrescriberQuota.objects.filter(action=action, organization=organization).delete()
    else:
        PrescriberQuota.objects.update_or_create(action=action, organization=organization, defaults={"seats": seats})
    touch(actor.department_id, "action", action.pk)


def _check(actor: Actor, starts_at: datetime, capacity: int) -> None:
    if not actor.now < starts_at < actor.now + FURTHEST:
        sentence = "Choisissez une date à venir."
        raise Invalid(fields={"on": sentence, "starts_at": sentence})
    if not 1 <= capacity <= 500:
        raise Invalid(fields={"capacity": "De 1 à 500 places."})
