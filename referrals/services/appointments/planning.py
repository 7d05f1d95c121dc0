"""Planning a meeting with a person, and moving it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from hub.core.access import can, require
from hub.core.actor import PARIS, Actor
from hub.core.errors import Conflict, Invalid, InvalidTransition
from hub.core.events import emit
from hub.core.topics import touch
from hub.core.workdays import is_open
from partners.models import Department, Membership, Organization, Team
from referrals.clocks import closing_periods
from referrals.documents.wording import unkind
from referrals.events import AppointmentsChanged
from referrals.models import (
    Appointment,
    AppointmentKind,
    AppointmentMode,
    AppointmentState,
    Beneficiary,
    Referral,
    RegistrationGap,
    SupportAssignment,
)
from referrals.models.appointments import OUTCOMES, VEILED
from referrals.services.campaigns.seats import leave_seat
from referrals.services.letters.texts import kept_because, refused_words
from referrals.services.referrals.course import start_referral
from referrals.services.referrals.moves import moved, person_of
from referrals.workflows import APPOINTMENT, REFERRAL

FURTHEST = timedelta(days=366)
EVERY_DAY = frozenset(range(7))
WORDS = {"place": 120, "address": 200, "contact": 120, "motive": 300, "bring": 300}
ACTIVE = ("accepted", "in_progress")
PASSED = "Ce rendez-vous est passé."


@transaction.atomic
def plan_appointment(
    actor: Actor,
    *,
    person: Beneficiary,
    kind: str,
    starts_at: datetime,
    organization: Organization,
    duration: int = 30,
    mode: str = AppointmentMode.ON_SITE,
    team: Team | None = None,
    member_id: UUID | None = None,
    referral: Referral | None = None,
    gap: RegistrationGap | None = None,
    words: Mapping[str, str] | None = None,
) -> Appointment:
    """Fix a meeting; `words` are place, address, contact, motive, bring, and the `reason` a manager keeps such words.

    The referent and who receives are told. Raises `Invalid` for a day when the organisation is closed, a stranger to
    the person, or words a letter does not hold; `Conflict` once the file is closed or the referral no longer runs.
    """
    require(actor, "appointment.plan", person)
    if person.died_on:
        raise Conflict("Ce dossier est clos : plus aucun rendez-vous ne se fixe.")
    _check_host(actor, person, organization, team, member_id)
    check_when(actor, starts_at, organization)
    _check_subject(actor, person, kind, referral, gap, organization)
    said = words or {}
    if wrong := refused_words(actor, said):
        raise Invalid(" ".join(wrong.values()), fields=wrong)
    appointment = Appointment.objects.create(
        department_id=actor.department_id,
        beneficiary=person,
        kind=kind,
        starts_at=starts_at,
        duration=duration,
        mode=mode,
        organization=organization,
        team=team,
        member_id=member_id,
        referral=referral,
        gap=gap,
        sensitive=bool(referral and referral.sensitive),
        planned_by_id=actor.user_id,
        planned_at=actor.now,
        kept_because=kept_because(said),
        **trimmed(said),
    )
    APPOINTMENT.record(appointment, "plan", by=actor)
    if referral is not None:
        follow_referral(actor, referral)
    return changed(actor, appointment, "planned")


@transaction.atomic
def plan_first_appointment(
    actor: Actor,
    *,
    referral: Referral,
    on: date,
    at: time = time(9),
    duration: int = 45,
    mode: str = AppointmentMode.ON_SITE,
    place: str = "",
) -> Appointment:
    """Say when the person entrusted is received first, by whoever answers."""
    require(actor, "referral.answer", referral)
    return plan_appointment(
        actor,
        person=person_of(actor, referral),
        kind=AppointmentKind.REFERRAL,
        starts_at=in_france(on, at),
        organization=Organization.objects.get(pk=referral.receiver_id),
        team=referral.receiver_team or Team.objects.filter(pk__in=[actor.team_id]).first(),
        member_id=referral.receiver_user_id or actor.user_id,
        duration=duration,
        mode=mode,
        referral=referral,
        words={"place": place, "motive": "" if unkind(referral.need) else referral.need},
    )


@transaction.atomic
def begin_referral(actor: Actor, *, referral: Referral, on: date | None = None, **when: Any) -> Referral:
    """The receiver has begun; `on` (and `when`: as `plan_first_appointment`) also fixes the first appointment."""
    start_referral(actor, referral=referral)
    if on is not None:
        plan_first_appointment(actor, referral=referral, on=on, **when)
    return referral


@transaction.atomic
def move_appointment(
    actor: Actor, *, appointment: Appointment, starts_at: datetime, duration: int | None = None, note: str = ""
) -> Appointment:
    """Another day or hour, outside any joint session; the former one stays in the journal."""
    require(actor, "appointment.change", appointment)
    check_when(actor, starts_at, appointment.organization)
    former = f"Auparavant le {appointment.starts_at.astimezone(PARIS):%d/%m/%Y à %H:%M}"
    said = " · ".join(filter(None, (former, note.strip())))
    values: dict[str, Any] = {"starts_at": starts_at, "duration": duration or appointment.duration, "co_host": None}
    with veiled_refusal(actor, appointment):
        APPOINTMENT.perform(appointment, "move", by=actor, note=said, **values)
    leave_seat(actor, appointment, moved=True)
    if appointment.referral_id:
        follow_referral(actor, Referral.objects.get(pk=appointment.referral_id))
    return changed(actor, appointment, "moved")


@contextmanager
def veiled_refusal(actor: Actor, appointment: Appointment) -> Iterator[None]:
    """An impossible gesture tells the present state, but what came of it to those alone who may know."""
    try:
        yield
    except InvalidTransition as refused:
        if appointment.state not in OUTCOMES or can(actor, "appointment.outcome", appointment):
            raise
        raise InvalidTransition(PASSED, state=VEILED, transition=refused.transition) from None


def changed(actor: Actor, appointment: Appointment, change: str) -> Appointment:
    """Whoever receives and the referent are told; open pages look again."""
    touch(actor.department_id, "appointment", appointment.pk)
    if not appointment.sensitive:
        touch(actor.department_id, "person", appointment.beneficiary_id)
    touch_gaps(actor, [appointment])
    emit(
        AppointmentsChanged(
            department_id=actor.department_id,
            by_id=actor.user_id,
            appointment_ids=(appointment.pk,),
            change=change,
        )
    )
    return appointment


def touch_gaps(actor: Actor, appointments: Iterable[Appointment]) -> None:
    """Open pages of the gaps these are about, and their list, look again."""
    gaps = {one.gap_id for one in appointments if one.gap_id}
    for gap in gaps:
        touch(actor.department_id, "gap", gap)
    if gaps:
        touch(actor.department_id, "gaps", actor.department_id)


def follow_referral(actor: Actor, referral: Referral) -> None:
    """The referral knows its first appointment that was not cancelled: the clock stops, or runs again."""
    first = Appointment.objects.filter(referral=referral).exclude(state=AppointmentState.CANCELLED).first()
    referral.first_appointment_on = first.starts_at.astimezone(PARIS).date() if first else None
    referral.save(update_fields=["first_appointment_on"])
    note = f"{referral.first_appointment_on:%d/%m/%Y}" if first else "Aucun rendez-vous n'est plus fixé"
    REFERRAL.record(referral, "appointment", by=actor, note=note)
    moved(actor, referral, "appointment")


def in_france(day: date, hour: time) -> datetime:
    """The instant of a day and an hour as a clock shows them in France."""
    return datetime.combine(day, hour, PARIS)


def trimmed(words: Mapping[str, str]) -> dict[str, str]:
    """The words of an appointment, cut to what the table holds."""
    return {name: " ".join(words.get(name, "").split())[:size] for name, size in WORDS.items()}


def check_when(actor: Actor, starts_at: datetime, organization: Organization) -> None:
    """Raise `Invalid` for the past, too far, or a day when whoever receives is closed."""
    problem, day = "", starts_at.astimezone(PARIS).date()
    department = Department.objects.get(pk=actor.department_id)
    if starts_at <= actor.now:
        problem = "Choisissez une date et une heure à venir."
    elif starts_at > actor.now + FURTHEST:
        problem = "Choisissez une date dans l'année qui vient."
    elif not is_open(
        day, closed=closing_periods(organization.pk, day), working_days=EVERY_DAY, subdivision=department.code
    ):
        problem = f"{organization} est fermé le {day:%d/%m/%Y} : choisissez un autre jour."
    if problem:
        raise Invalid(problem, fields={"on": problem})


def _check_host(
    actor: Actor, person: Beneficiary, organization: Organization, team: Team | None, member_id: UUID | None
) -> None:
    """One's own organisation; for the Département also the one that supports the person."""
    supports = SupportAssignment.objects.filter(beneficiary=person, organization=organization, ends_on=None)
    if organization.pk != actor.organization_id and not (actor.is_wide and supports.exists()):
        raise _refused("Cet organisme ne suit pas cette personne : adressez-lui d'abord une orientation.")
    members = Membership.objects.filter(organization=organization, department_id=actor.department_id, active=True)
    if member_id and not members.filter(user_id=member_id).exists():
        raise _refused("Ce membre n'est pas de cet organisme.")
    if team and (team.organization_id != organization.pk or not team.sees_people):
        raise _refused("Cette équipe n'est pas de cet organisme.")


def _check_subject(
    actor: Actor,
    person: Beneficiary,
    kind: str,
    referral: Referral | None,
    gap: RegistrationGap | None,
    organization: Organization,
) -> None:
    wanted = {AppointmentKind.REFERRAL: referral, AppointmentKind.GAP: gap}
    if kind in wanted and wanted[AppointmentKind(kind)] is None:
        raise Invalid("Dites sur quoi porte ce rendez-vous.", fields={"kind": "Dites sur quoi porte ce rendez-vous."})
    if any(one is not None and one.beneficiary_id != person.pk for one in (referral, gap)):
        raise Invalid("Ce rendez-vous porte sur une autre personne.")
    if referral is None:
        return
    require(actor, "referral.answer", referral)
    if referral.state not in ACTIVE or referral.receiver_id != organization.pk:
        raise Conflict("Cette orientation n'attend pas de rendez-vous.", code="invalid_transition")


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"host": sentence})
