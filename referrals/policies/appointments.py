"""Appointments and contracts: who plans, who sees, who knows what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from hub.core.access import can, rule, scope
from hub.core.actor import Actor
from partners.models import Function
from referrals.models import Appointment, AppointmentKind, Beneficiary, EngagementContract, Level, SupportAssignment
from referrals.policies.people import (
    SUPPORTING,
    active_grants,
    knows_privately,
    of_visible_people,
    people_of,
    supported_people,
)

PLANNERS = (
    Function.COORDINATION,
    Function.SOCIAL_WORK,
    Function.SUPERVISION,
    Function.RECRUITMENT,
    Function.COUNSELLING,
    Function.JOB_DEVELOPMENT,
)
DEPARTMENT_PLANNERS = (Function.COORDINATION, Function.SOCIAL_WORK, Function.SUPERVISION)


@scope(Appointment)
def appointments_of(actor: Actor, rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Those one receives; those of the people one supports, but for sensitive referrals.

    In the Département a team is told whom it receives even when the person's file is outside its reach: unnamed.
    """
    if actor.is_system:
        return rows
    if not can(actor, "appointment.list"):
        return rows.none()
    here = Q(organization_id=actor.organization_id) | Q(co_host_id=actor.organization_id)
    followed = Q(sensitive=False)
    if not actor.is_wide:
        followed &= Q(beneficiary__in=supported_people(actor, Beneficiary.objects.all()).values("pk"))
    known = Q(beneficiary__in=people_of(actor, Beneficiary.objects.all()).values("pk"))
    if not actor.is_wide:
        return rows.filter(here | followed, known)
    received = Q(organization_id=actor.organization_id, member_id=actor.user_id)
    if actor.team_id:
        received |= Q(organization_id=actor.organization_id, team_id=actor.team_id)
    return rows.filter((here | followed) & known | received & ~knows_privately(actor, "beneficiary"))


scope(EngagementContract)(of_visible_people)


@rule("appointment.list")
def may_list_appointments(actor: Actor, _: None = None) -> bool:
    """Whoever receives people, and the heads."""
    return can(actor, "people.list") and not actor.has(Function.CONTROL) and (actor.is_system or actor.has(*PLANNERS))


@rule("appointment.plan")
def may_plan(actor: Actor, person: Beneficiary) -> bool:
    """The Département for anybody it sees; a partner for the people entrusted to it."""
    if not may_list_appointments(actor):
        return False
    if actor.is_wide:
        return True
    return active_grants(actor).filter(beneficiary=person).exclude(level=Level.MINIMAL).exists()


@rule("appointment.change")
def may_change(actor: Actor, appointment: Appointment) -> bool:
    """Whoever receives, whoever planned it, the referent; the Département for what it convened."""
    if actor.is_system or may_know_outcome(actor, appointment):
        return True
    if not may_list_appointments(actor):
        return False
    convened = actor.is_wide and not appointment.sensitive and actor.has(*DEPARTMENT_PLANNERS)
    return appointment.planned_by_id == actor.user_id or convened


@rule("appointment.outcome")
def may_know_outcome(actor: Actor, appointment: Appointment) -> bool:
    """What came of it stays between whoever receives and the referent (domain, first principle)."""
    if actor.is_system:
        return True
    return may_list_appointments(actor) and (
        receives(actor, appointment)
        or convened(actor, appointment)
        or bool(followed_by(actor, [appointment.beneficiary_id]))
    )


@rule("contract.record")
def may_record_contract(actor: Actor, person: Beneficiary) -> bool:
    """The Département, and whoever supports the person."""
    if actor.is_wide:
        return actor.is_system or (actor.has(*DEPARTMENT_PLANNERS) and not actor.has(Function.CONTROL))
    supported = active_grants(actor).filter(level__in=SUPPORTING, beneficiary=person)
    return may_list_appointments(actor) and supported.exists()


def receives(actor: Actor, appointment: Appointment) -> bool:
    """Is it the actor who receives the person: himself, his team, or his organisation when nobody is named?"""
    if appointment.organization_id != actor.organization_id:
        return False
    if actor.manager or appointment.member_id == actor.user_id:
        return True
    if appointment.team_id:
        return appointment.team_id == actor.team_id
    return appointment.member_id is None


def convened(actor: Actor, appointment: Appointment) -> bool:
    """Did the actor himself convene the person (summons)? He then follows who came (domain §5)."""
    return appointment.kind == AppointmentKind.SUMMONS and appointment.planned_by_id == actor.user_id


def followed_by(actor: Actor, people: Iterable[UUID]) -> set[UUID]:
    """Those of these people whose referent is the actor himself (one query)."""
    mine = SupportAssignment.objects.filter(beneficiary__in=list(people), referent_id=actor.user_id, ends_on=None)
    return set(mine.values_list("beneficiary", flat=True))
