"""Deciding a track, designating who supports the person, excusing from registration."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from hub.core.access import require
from hub.core.actor import PARIS, Actor
from hub.core.errors import Invalid
from hub.core.topics import touch
from partners.models import Department, Membership, Organization, Team, User
from referrals.models import (
    AssignmentKind,
    Beneficiary,
    Level,
    Nature,
    Referral,
    RegistrationExemption,
    SupportAssignment,
    Track,
    TrackDecision,
)
from referrals.services.access import close_access, open_access
from referrals.services.gaps import lapse_gaps
from referrals.services.moot_gaps import lapse_moot_gaps
from referrals.services.referrals import send_referral, withdraw_designation


@transaction.atomic
def decide_track(
    actor: Actor,
    *,
    person: Beneficiary,
    track: str,
    decided_on: date,
    effective_on: date,
    designated: Organization,
    designated_team: Team | None = None,
    motive: str = "",
    informed_on: date | None = None,
    job_id: UUID | None = None,
) -> TrackDecision:
    """Record an orientation (COREO) and designate the organisation that becomes the referent from its effect.

    Closes the former decision the day before. Raises `Invalid` when the dates are impossible. `job_id`: the file that
    says so.
    """
    require(actor, "track.decide", person)
    previous = _open_decision(person)
    _check_dates(actor, decided_on, effective_on, previous)
    if previous:
        previous.ended_on = effective_on - timedelta(days=1)
        previous.save(update_fields=["ended_on"])
    decision = TrackDecision.objects.create(
        department_id=actor.department_id,
        beneficiary=person,
        track=track,
        decided_on=decided_on,
        effective_on=effective_on,
        motive=motive,
        decided_by_id=actor.user_id,
        decided_team_id=actor.team_id,
        designated=designated,
        informed_on=informed_on,
        recorded_at=actor.now,
    )
    _end_assignments(actor, person, effective_on - timedelta(days=1), unless=designated)
    assignment = _assign(actor, decision, designated, designated_team)
    if not actor.is_system:
        _designate(actor, decision, assignment)
    if track == Track.SOCIAL:
        lapse_gaps(actor, beneficiary_ids=[person.pk], closing="social_track", job_id=job_id)
    touch(actor.department_id, "person", person.pk)
    return decision


@transaction.atomic
def void_decision(actor: Actor, *, decision: TrackDecision, reason: str) -> None:
    """Undo a decision entered by mistake: it never counted, and what it had closed is open again."""
    require(actor, "track.decide", decision.beneficiary)
    if decision.voided_at:
        raise Invalid("Cette décision est déjà annulée.", code="already_voided")
    if not reason.strip():
        raise Invalid("Indiquez l'erreur commise.", fields={"reason": "Indiquez l'erreur commise."})
    decision.voided_at, decision.void_reason = actor.now, reason.strip()[:300]
    decision.save(update_fields=["voided_at", "void_reason"])
    for designation in Referral.objects.filter(decision=decision):
        withdraw_designation(actor, referral=designation, note=reason)
    day_before = decision.effective_on - timedelta(days=1)
    for assignment in SupportAssignment.objects.filter(decision=decision, ends_on=None):
        assignment.ends_on = day_before
        assignment.save(update_fields=["ends_on"])
        close_access(actor, source=assignment)
    _reopen_previous(actor, decision, day_before)
    lapse_moot_gaps(actor, [decision.beneficiary_id])
    touch(actor.department_id, "person", decision.beneficiary_id)


@transaction.atomic
def exempt_from_registration(actor: Actor, *, person: Beneficiary, reason: str, until: date) -> RegistrationExemption:
    """Excuse from registering until a date; the open gap has no object any more."""
    require(actor, "exemption.grant", person)
    if until <= actor.today:
        raise Invalid("Choisissez une date à venir.", fields={"until": "Choisissez une date à venir."})
    exemption = RegistrationExemption.objects.create(
        department_id=actor.department_id,
        beneficiary=person,
        reason=reason,
        decided_by_id=actor.user_id,
        decided_on=actor.today,
        until=until,
    )
    lapse_gaps(actor, beneficiary_ids=[person.pk], closing="exempted")
    touch(actor.department_id, "person", person.pk)
    return exemption


@transaction.atomic
def name_referent(actor: Actor, *, assignment: SupportAssignment, referent: User) -> None:
    """A manager gives the person to one of the organisation's members. Raises `Invalid` for a stranger."""
    require(actor, "assignment.distribute", assignment)
    member = Membership.objects.filter(
        user=referent, organization_id=assignment.organization_id, department_id=actor.department_id, active=True
    ).first()
    if member is None:
        raise Invalid(
            "Cette personne n'est pas membre de l'organisme référent.", fields={"referent": "Membre inconnu."}
        )
    assignment.referent, assignment.team_id = referent, member.team_id
    assignment.save(update_fields=["referent", "team"])
    touch(actor.department_id, "person", assignment.beneficiary_id)


def _open_decision(person: Beneficiary) -> TrackDecision | None:
    return TrackDecision.objects.select_for_update().filter(beneficiary=person, ended_on=None, voided_at=None).first()


def _check_dates(actor: Actor, decided_on: date, effective_on: date, previous: TrackDecision | None) -> None:
    problems = {}
    if decided_on > actor.today:
        problems["decided_on"] = "La décision ne peut pas être datée dans le futur."
    if effective_on < decided_on:
        problems["effective_on"] = "La date d'effet ne peut pas précéder la décision."
    if previous and effective_on <= previous.effective_on:
        problems["effective_on"] = (
            f"Une décision prend déjà effet le {previous.effective_on:%d/%m/%Y} : annulez-la si c'est une erreur."
        )
    if problems:
        raise Invalid("Les dates de la décision sont à corriger.", fields=problems)


def _assign(actor: Actor, decision: TrackDecision, organization: Organization, team: Team | None) -> SupportAssignment:
    """Make the organisation single referent from the date of effect; it may prepare from now on."""
    kept = SupportAssignment.objects.filter(
        beneficiary_id=decision.beneficiary_id, kind=AssignmentKind.SINGLE_REFERENT, ends_on=None
    ).first()
    if kept:
        return kept
    assignment = SupportAssignment.objects.create(
        department_id=actor.department_id,
        beneficiary_id=decision.beneficiary_id,
        organization=organization,
        team=team,
        decision=decision,
        starts_on=decision.effective_on,
    )
    if organization.kind_id != "department":
        open_access(
            actor,
            beneficiary_id=decision.beneficiary_id,
            organization_id=organization.pk,
            level=Level.FULL if organization.kind_id == "employment_service" else Level.SUPPORT,
            reason="Référent unique",
            source=assignment,
            team_id=team.pk if team else None,
        )
    return assignment


def _end_assignments(actor: Actor, person: Beneficiary, last_day: date, *, unless: Organization) -> None:
    """The former referent stays until the day before, and may read 30 days more to hand over."""
    days = Department.objects.get(pk=actor.department_id).delay("access_after_completion")
    former = SupportAssignment.objects.filter(
        beneficiary=person, kind=AssignmentKind.SINGLE_REFERENT, ends_on=None
    ).exclude(organization=unless)
    for assignment in former:
        assignment.ends_on = last_day
        assignment.save(update_fields=["ends_on"])
        end = datetime.combine(last_day + timedelta(days=days + 1), time.min, PARIS)
        close_access(actor, source=assignment, at=max(end, actor.now))


def _designate(actor: Actor, decision: TrackDecision, assignment: SupportAssignment) -> None:
    """Tell the organisation it is the referent; one's own team already knows."""
    if assignment.organization_id == actor.organization_id and assignment.team_id in (None, actor.team_id):
        return
    send_referral(
        actor,
        person=decision.beneficiary,
        receiver=assignment.organization,
        receiver_team=assignment.team,
        nature=Nature.DESIGNATION,
        need=f"Référent unique · orientation {decision.get_track_display().lower()}",
        note=decision.motive,
        informed_on=decision.informed_on or decision.decided_on,
        decision=decision,
    )


def _reopen_previous(actor: Actor, decision: TrackDecision, day_before: date) -> None:
    previous = TrackDecision.objects.filter(
        beneficiary_id=decision.beneficiary_id, ended_on=day_before, voided_at=None
    ).first()
    if previous is None:
        return
    previous.ended_on = None
    previous.save(update_fields=["ended_on"])
    if previous.designated:
        _assign(actor, previous, previous.designated, None)
