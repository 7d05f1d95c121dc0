"""Positioning a person on a session: a referral to who teaches, and the candidacy that hangs on it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from collective_actions.models import Candidacy, TrainingSession
from collective_actions.models.candidacies import LIVING, Origin
from collective_actions.services.candidacies.results import reopen
from collective_actions.services.trainings.writing import locked
from collective_actions.workflows import CANDIDACY
from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.topics import touch
from partners.models import Organization
from referrals.models import Beneficiary
from referrals.services.referrals import cancel_referral, draft_referral, send_referral
from referrals.workflows import REFERRAL

SUBJECT = "trainingsession"


def receiver_of(session: TrainingSession) -> Organization | None:
    """Who answers for a session: the body when it is in the network, else whoever published it."""
    training = session.training
    both = (training.organization, training.publisher)
    return next(
        (one for one in both if one and one.active and one.receives_referrals and one.kind_id != "department"), None
    )


@transaction.atomic
def position(
    actor: Actor, *, session: TrainingSession, person: Beneficiary, informed_on: date | None, note: str = ""
) -> Candidacy:
    """Propose a person for a session; the body receives her as a referral.

    Raises `Invalid` when nobody of the network answers for this session or a field is missing, `Conflict` when the
    session is over or cancelled, or the person already on it.
    """
    require(actor, "candidacy.create", person)
    _check(actor, session, person)
    receiver = receiver_of(session)
    if receiver is None:
        raise Invalid(
            "L'organisme de cette formation ne reçoit pas d'orientations dans Pacte : joignez-le, puis notez la "
            "candidature de la personne.",
            code="no_receiver",
        )
    referral = draft_referral(
        actor, person=person, receiver=receiver, need=f"Formation : {session.training.title}"[:200], note=note,
        informed_on=informed_on,
    )  # fmt: skip
    referral.subject_kind, referral.subject_id, referral.subject_label = SUBJECT, session.pk, str(session)[:150]
    referral.save(update_fields=["subject_kind", "subject_id", "subject_label"])
    # Several sessions of one body are several proposals: the double that matters is looked for above.
    referral = send_referral(actor, referral=referral, duplicate_reason="Positionnement sur une session")
    return _store(actor, session, person, Origin.REFERRAL, referral_id=referral.pk, receiver_id=receiver.pk)


@transaction.atomic
def note_application(actor: Actor, *, session: TrainingSession, person: Beneficiary) -> Candidacy:
    """Keep that a person applied by herself: nothing is sent. Raises `Conflict` as `position` does."""
    require(actor, "candidacy.create", person)
    _check(actor, session, person)
    return _store(actor, session, person, Origin.SELF)


@transaction.atomic
def withdraw(actor: Actor, *, candidacy: Candidacy, note: str) -> Candidacy:
    """Whoever positioned the person takes it back; the referral is cancelled with it, the body told by it.

    Raises `InvalidTransition` once she has entered, `Invalid` without a reason.
    """
    require(actor, "candidacy.withdraw", candidacy)
    if not note.strip():
        raise Invalid("Indiquez pourquoi.", fields={"note": "Indiquez pourquoi."})
    reopen(actor, candidacy)
    CANDIDACY.perform(candidacy, "withdraw", by=actor, note=note, state_at=actor.now)
    referral = candidacy.referral
    if referral is not None and "cancel" in REFERRAL.allowed_from(referral.state):
        cancel_referral(actor, referral=referral, note=note)
    touch(actor.department_id, "person", candidacy.beneficiary_id)
    return candidacy


def _check(actor: Actor, session: TrainingSession, person: Beneficiary) -> None:
    """Two members who position the same person wait for each other: the second one is told."""
    session = locked(session.pk)
    if session.cancelled_at:
        raise Conflict("Cette session est annulée.", code="session_cancelled")
    if session.ends_on and session.ends_on < actor.today:
        raise Conflict("Cette session est terminée.", code="session_over")
    if person.died_on:
        raise Conflict("Le dossier de cette personne est clos.", code="file_closed")
    if Candidacy.objects.filter(session=session, beneficiary=person, state__in=LIVING).exists():
        raise Conflict("Cette personne est déjà positionnée sur cette session.", code="already_positioned")


def _store(
    actor: Actor,
    session: TrainingSession,
    person: Beneficiary,
    origin: Origin,
    *,
    referral_id: UUID | None = None,
    receiver_id: UUID | None = None,
) -> Candidacy:
    candidacy = Candidacy(
        department_id=actor.department_id,
        beneficiary=person,
        session=session,
        referral_id=referral_id,
        origin=origin,
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        receiver_id=receiver_id,
        created_at=actor.now,
        state_at=actor.now,
    )
    candidacy.save()
    CANDIDACY.record(candidacy, "position", by=actor)
    touch(actor.department_id, "person", person.pk)
    return candidacy
