"""Registration gaps: who sees them, who acts on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from hub.core.access import can, rule, scope
from hub.core.actor import Actor
from partners.delays import DELAYS
from partners.models import Function
from referrals.models import (
    Beneficiary,
    ExitCode,
    ExpectedList,
    GapGesture,
    GapView,
    RegistrationGap,
    RegistrationMeasure,
    RegistrationMonth,
)
from referrals.models.registration import OPEN_GAP_STATES
from referrals.policies.people import SUPPORTING, active_grants, supported_people

REFERENT_KINDS = ("department", "employment_service", "udaf")  # whose members are somebody's referent


@scope(RegistrationGap)
def gaps_of(actor: Actor, gaps: QuerySet[RegistrationGap]) -> QuerySet[RegistrationGap]:
    """Gaps of the people one works with; a partner must support the person."""
    if actor.is_system:
        return gaps
    if not can(actor, "gap.list"):
        return gaps.none()
    gaps = gaps.filter(Exists(supported_people(actor, Beneficiary.objects.filter(pk=OuterRef("beneficiary")))))
    if actor.is_wide:
        return gaps
    days = actor.choices.get("gap_visible", DELAYS["gap_visible"].default)
    recently = actor.now - timedelta(days=days)  # then only in anonymous series; the second lock says the same
    return gaps.filter(Q(state__in=OPEN_GAP_STATES) | Q(closed_at__gte=recently))


@scope(RegistrationMonth)
def months_of(actor: Actor, months: QuerySet[RegistrationMonth]) -> QuerySet[RegistrationMonth]:
    """What lists said of the people one supports, for whoever works on registrations."""
    if actor.is_system:
        return months
    if not can(actor, "gap.list"):
        return months.none()
    return months.filter(Exists(supported_people(actor, Beneficiary.objects.filter(pk=OuterRef("beneficiary")))))


@rule("gap.list")
def may_list_gaps(actor: Actor, _: None = None) -> bool:
    """Everybody who works with people but `control`, and partners who support them."""
    if actor.has(Function.CONTROL):
        return False
    return can(actor, "people.list") and (actor.is_wide or actor.has(Function.COUNSELLING, Function.SUPERVISION))


def works_on_gaps(actor: Actor) -> bool:
    """Has he, or may he soon have, anybody whose registration is to be checked? An association that supports nobody
    would find an empty screen."""
    if actor.is_wide or actor.kind in REFERENT_KINDS:
        return True
    return active_grants(actor).filter(level__in=SUPPORTING).exists()


@rule("gap.handle")
def may_handle(actor: Actor, gap: RegistrationGap) -> bool:
    """Whoever sees the gap may say what he found; the journal keeps who did."""
    return actor.is_system or may_list_gaps(actor)


@rule("absence.explain")
def may_explain(actor: Actor, person: Beneficiary) -> bool:
    """Whoever works on registrations says what he knows of a person he supports (the second lock says the same)."""
    mine = Beneficiary.objects.filter(pk=person.pk)
    return actor.is_system or (may_list_gaps(actor) and supported_people(actor, mine).exists())


@rule("gap.motive")
def may_see_motive(actor: Actor, gap: RegistrationGap | None = None) -> bool:
    """UDAF sees that registration is to be checked, not why, until the Département confirms the legal basis."""
    shared = actor.kind == "udaf" and "gap_motive_shared" in actor.choices
    return actor.is_wide or actor.kind == "employment_service" or shared


@rule("registration.settings")
def may_set_registration(actor: Actor, _: None = None) -> bool:
    return actor.role == "department" and actor.has(Function.ADMINISTRATION, Function.SUPERVISION)


@rule("gap.export")
def may_export(actor: Actor, _: None = None) -> bool:
    """A file leaves with a name on it: managers, coordinators, heads, and who exchanges lists."""
    field = (Function.COORDINATION, Function.SUPERVISION, Function.REGISTRATION_LISTS)
    return may_list_gaps(actor) and (actor.manager or actor.has(*field))


@rule("gap.corrections")
def may_give_back(actor: Actor, _: None = None) -> bool:
    """The list given back to Pôle emploi: its own correspondents, and the Département that sends it."""
    return (actor.is_wide or actor.kind == "employment_service") and may_export(actor)


@scope(GapGesture)
def own_gestures(actor: Actor, gestures: QuerySet[GapGesture]) -> QuerySet[GapGesture]:
    return gestures if actor.is_system else gestures.filter(user_id=actor.user_id)


@scope(GapView)
def own_views(actor: Actor, views: QuerySet[GapView]) -> QuerySet[GapView]:
    mine = views.filter(user_id=actor.user_id, organization_id=actor.organization_id)
    return views if actor.is_system else mine


@scope(RegistrationMeasure)
def measures_of(actor: Actor, measures: QuerySet[RegistrationMeasure]) -> QuerySet[RegistrationMeasure]:
    """Counts without anybody in them, for whoever works on gaps."""
    found = measures.filter(department_id=actor.department_id)
    return found if can(actor, "gap.list") else found.none()


@scope(ExitCode)
@scope(ExpectedList)
def settings_of(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(department_id=actor.department_id)
