"""Coming to a session: through a referral to its host, directly inside one organisation, or for oneself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from collective_actions.events import EnrolmentCancelled, OfferAnswered
from collective_actions.models import ACTIVE_STATES, Attendance, Enrolment, EnrolmentState, PrescriberQuota, Session
from collective_actions.services.actions.seats import changed, leave, locked, place_for
from collective_actions.workflows import ENROLMENT
from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from referrals.models import Beneficiary, Referral
from referrals.models.referrals import OPEN_STATES
from referrals.services.referrals import Subject, cancel_referral, send_referral

TWICE = "Cette personne est déjà inscrite à cette séance, ou y attend une place."
BEGUN = "Cette séance a commencé : on ne s'y inscrit plus."
OFF = "Cette séance est annulée : choisissez-en une autre."
SUBJECT = "collective_action"
CANCELLABLE = frozenset(OPEN_STATES) - {"in_progress", "draft"}


@transaction.atomic
def enrol(
    actor: Actor,
    *,
    person: Beneficiary,
    session: Session,
    informed_on: date | None,
    need: str = "",
    note: str = "",
    duplicate_reason: str = "",
) -> list[Enrolment]:
    """Enrol a person, in all the sessions to come when they form a cycle: a seat, or a rank in the waiting list.

    To another organisation it sends a referral, whose refusal or cancellation frees the seat; one still open for the
    same action carries this date too. `person` is one the actor's scope has just given. Raises `Conflict` (begun,
    called off, twice, quota reached), and as `send_referral`.
    """
    require(actor, "session.enrol", session)
    require(actor, "referral.compose", person)
    if informed_on is None or informed_on > actor.today:
        sentence = "Indiquez quand la personne a été informée : aujourd'hui ou avant."
        raise Invalid(sentence, code="information_record_missing", fields={"informed_on": sentence})
    if person.died_on:
        raise Conflict("Le dossier de cette personne est clos.", code="file_closed")
    referral = _open_referral(actor, person, session.action_id)
    chosen = _chosen(session)
    service = chosen[0].action.service
    _check_all(actor, chosen, person=person)
    if referral is None and service.organization_id != actor.organization_id:
        assert service.organization is not None  # an action has a host
        referral = send_referral(
            actor,
            person=person,
            receiver=service.organization,
            service=service,
            need=need.strip() or f"Participer à « {service.name} »"[:200],
            note=note,
            informed_on=informed_on,
            duplicate_reason=duplicate_reason,
            subject=Subject(SUBJECT, chosen[0].action_id, service.name),
        )
    return [_placed(actor, one, person=person, referral=referral, informed_on=informed_on) for one in chosen]


@transaction.atomic
def join(actor: Actor, *, session: Session) -> list[Enrolment]:
    """Enrol oneself in an action for professionals. Raises `Conflict` (begun, called off, twice, quota reached)."""
    require(actor, "session.join", session)
    chosen = _chosen(session)
    _check_all(actor, chosen, person=None)
    return [_placed(actor, one, person=None, referral=None, informed_on=None) for one in chosen]


@transaction.atomic
def confirm_offer(actor: Actor, *, enrolment: Enrolment) -> Enrolment:
    """Take the seat that was held. Raises `Conflict` once its time is over."""
    require(actor, "enrolment.decide", enrolment)
    session = locked(enrolment.session_id)
    enrolment = Enrolment.objects.get(pk=enrolment.pk)
    if enrolment.state == EnrolmentState.OFFERED and enrolment.offered_until and enrolment.offered_until <= actor.now:
        raise Conflict("Le délai est passé : la place est proposée à la personne suivante.", code="offer_over")
    ENROLMENT.perform(enrolment, "confirm", by=actor, offered_until=None, rank=None)
    emit(_answered(actor, enrolment, "confirm"))
    changed(actor, session)
    return enrolment


@transaction.atomic
def give_up(actor: Actor, *, enrolment: Enrolment, note: str = "") -> Enrolment:
    """Who enrolled takes the name off. The referral it came with ends too, when it carries nothing else.

    Raises `Conflict` once the session has begun.
    """
    require(actor, "enrolment.decide", enrolment)
    referral = _held_by(enrolment)
    enrolment = _freed(actor, enrolment, note=note)
    emit(EnrolmentCancelled(department_id=actor.department_id, by_id=actor.user_id, enrolment_id=enrolment.pk))
    if referral is not None and referral.state in CANCELLABLE and not _others(referral).exists():
        cancel_referral(actor, referral=referral, note=note.strip() or "Inscription retirée")
    return enrolment


@transaction.atomic
def remove(actor: Actor, *, enrolment: Enrolment, note: str) -> Enrolment:
    """The host takes the name off, and says why; the referral goes its own way. Raises `Invalid` without reason."""
    require(actor, "enrolment.remove", enrolment)
    if not note.strip():
        raise Invalid("Indiquez pourquoi.", fields={"note": "Indiquez pourquoi."})
    enrolment = _freed(actor, enrolment, note=note)
    event = EnrolmentCancelled(
        department_id=actor.department_id, by_id=actor.user_id, enrolment_id=enrolment.pk, by_host=True
    )
    emit(event)
    return enrolment


@transaction.atomic
def queue_again(actor: Actor, *, enrolment: Enrolment) -> Enrolment:
    """After an offer left unanswered: a seat if one is free, else the end of the waiting list."""
    require(actor, "enrolment.decide", enrolment)
    session = locked(enrolment.session_id)
    enrolment = Enrolment.objects.select_related("referral").get(pk=enrolment.pk)
    if enrolment.referral is not None and enrolment.referral.state not in OPEN_STATES:
        raise Conflict("Son orientation est terminée : inscrivez-la de nouveau.", code="referral_over")
    reenter(actor, session, enrolment)
    return enrolment


def reenter(actor: Actor, session: Session, enrolment: Enrolment) -> None:
    """Back in a locked session, as somebody new. Raises `Conflict` (begun, called off), `InvalidTransition`."""
    _check_open(actor, session)
    name = "seat" if session.free else "queue"
    ENROLMENT.check(enrolment, name)
    _, rank = place_for(session)
    ENROLMENT.perform(enrolment, name, by=actor, rank=rank, offered_until=None)
    changed(actor, session)


def release(actor: Actor, enrolments: Iterable[Enrolment], *, why: str) -> None:
    """Free what these hold of sessions to come, in silence: their referral ended, the person died."""
    for one in enrolments:
        session = locked(one.session_id)
        enrolment = Enrolment.objects.get(pk=one.pk)
        if enrolment.state in ACTIVE_STATES and session.starts_at > actor.now and not session.cancelled_at:
            leave(session, enrolment)
            ENROLMENT.perform(enrolment, "cancel", by=actor, note=why, rank=None, offered_until=None)
            changed(actor, session)


def _open_referral(actor: Actor, person: Beneficiary, action_id: UUID) -> Referral | None:
    """The one this organisation already sent for this action, while it is open; locked before any session."""
    sent = Referral.objects.select_for_update(of=("self",)).filter(
        beneficiary=person, sender=actor.organization_id, subject_kind=SUBJECT, subject_id=action_id
    )
    return sent.filter(state__in=OPEN_STATES).exclude(state="draft").order_by("-sent_at").first()


def _held_by(enrolment: Enrolment) -> Referral | None:
    """The referral it came with, locked before the session: an answer to it locks them in this order too."""
    if enrolment.referral_id is None:
        return None
    return Referral.objects.select_for_update(of=("self",)).filter(pk=enrolment.referral_id).first()


def _chosen(session: Session) -> list[Session]:
    """The session, or the whole cycle to come, locked always in the same order."""
    if not session.action.series:
        return [locked(session.pk)]
    cycle = Session.objects.filter(action=session.action_id, cancelled_at=None, starts_at__gte=session.starts_at)
    return [locked(pk) for pk in cycle.order_by("pk").values_list("pk", flat=True)] or [locked(session.pk)]


def _check_all(actor: Actor, sessions: list[Session], *, person: Beneficiary | None) -> None:
    if sessions[0].action.state != "published":
        raise Conflict("Cette action n'est pas ouverte aux inscriptions.", code="not_published")
    quota = PrescriberQuota.objects.filter(
        action=sessions[0].action_id, organization=actor.organization_id
    ).values_list("seats", flat=True)
    limit = next(iter(quota), None)
    for session in sessions:
        _check_open(actor, session)
        here = Enrolment.objects.filter(session=session, state__in=ACTIVE_STATES)
        same = here.filter(beneficiary=person) if person else here.filter(member=actor.user_id)
        if same.exists():
            raise Conflict(TWICE if person else "Vous êtes déjà inscrit à cette séance.", code="enrolled_already")
        if limit is not None and here.filter(prescriber=actor.organization_id).count() >= limit:
            raise Conflict(
                f"Votre contingent est atteint : {limit} places par séance pour votre organisme. "
                "Appelez l'organisateur, ou choisissez une autre séance.",
                code="quota_reached",
            )


def _check_open(actor: Actor, session: Session) -> None:
    if session.cancelled_at:
        raise Conflict(OFF, code="session_cancelled")
    if session.starts_at <= actor.now:
        raise Conflict(BEGUN, code="session_begun")


def _placed(
    actor: Actor, session: Session, *, person: Beneficiary | None, referral: Referral | None, informed_on: date | None
) -> Enrolment:
    state, rank = place_for(session)
    host = session.action.service.organization
    assert host is not None  # an action has a host
    enrolment = Enrolment(
        department_id=actor.department_id,
        session=session,
        beneficiary=person,
        member_id=None if person else actor.user_id,
        referral=referral,
        host=host,
        prescriber_id=actor.organization_id,
        prescriber_team_id=actor.team_id,
        prescriber_user_id=actor.user_id,
        sensitive=session.action.service.sensitive,
        informed_on=informed_on,
        state=state,
        rank=rank,
        created_at=actor.now,
    )
    try:
        with transaction.atomic():
            enrolment.save()
    except IntegrityError as error:  # one the actor does not see: said, since he knows the person and she is not hidden
        raise Conflict(TWICE, code="enrolled_already") from error
    ENROLMENT.record(enrolment, "enrol", by=actor)
    changed(actor, session)
    return enrolment


def _freed(actor: Actor, enrolment: Enrolment, *, note: str) -> Enrolment:
    session = locked(enrolment.session_id)
    enrolment = Enrolment.objects.get(pk=enrolment.pk)
    if session.starts_at <= actor.now:
        raise Conflict("La séance a commencé : notez plutôt la présence.", code="session_begun")
    ENROLMENT.check(enrolment, "cancel")
    if enrolment.state == EnrolmentState.OFFERED:
        emit(_answered(actor, enrolment, "cancel"))
    leave(session, enrolment)
    ENROLMENT.perform(enrolment, "cancel", by=actor, note=note.strip()[:300], rank=None, offered_until=None)
    changed(actor, session)
    return enrolment


def _others(referral: Referral) -> QuerySet[Enrolment]:
    """What else this referral holds: other sessions of the cycle, or one that took place."""
    held = Enrolment.objects.filter(referral=referral)
    return held.filter(state__in=[*ACTIVE_STATES, EnrolmentState.LAPSED]) | held.filter(attendance=Attendance.PRESENT)


def _answered(actor: Actor, enrolment: Enrolment, answer: str) -> OfferAnswered:
    return OfferAnswered(
        department_id=actor.department_id, by_id=actor.user_id, enrolment_id=enrolment.pk, answer=answer
    )
