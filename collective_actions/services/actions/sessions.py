"""A session is called off, held: who came, what people say of it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from collective_actions.events import SessionChanged
from collective_actions.models import ACTIVE_STATES, Attendance, Enrolment, EnrolmentState, Session
from collective_actions.services.actions.seats import changed, locked
from collective_actions.workflows import ENROLMENT
from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid, NotVisible
from hub.core.events import emit
from referrals.models import Outcome
from referrals.services.referrals import accept_referral, complete_referral

CONCLUDED_FROM = ("sent", "waitlisted", "accepted", "in_progress")


@transaction.atomic
def cancel_session(actor: Actor, *, session: Session, reason: str) -> Session:
    """Call off one session; everybody enrolled, offered or waiting is told. Raises `Invalid`, `Conflict`."""
    require(actor, "action.publish", session.action)
    if not reason.strip():
        raise Invalid("Indiquez pourquoi.", fields={"reason": "Indiquez pourquoi."})
    session = locked(session.pk)
    if session.cancelled_at or session.starts_at <= actor.now:
        raise Conflict("Cette séance est déjà passée ou annulée.", code="session_over")
    call_off(actor, session, reason=reason)
    return session


def call_off(actor: Actor, session: Session, *, reason: str) -> None:
    """The same of a locked session. Enrolments keep their state: who was to come remains known, with the reason."""
    session.cancelled_at, session.cancel_reason = actor.now, reason.strip()[:300]
    session.version, session.updated_at = session.version + 1, actor.now
    session.save(update_fields=["cancelled_at", "cancel_reason", "version", "updated_at"])
    _tell(actor, session, cancelled=True)
    changed(actor, session)


def tell_moved(actor: Actor, session: Session) -> None:
    """Another day, hour or place: whoever enrolled somebody has to say so."""
    _tell(actor, session, cancelled=False)


@transaction.atomic
def record_attendance(actor: Actor, *, session: Session, marks: Mapping[UUID, str]) -> Session:
    """Who came, by enrolment (`Attendance`, "" for not known yet), once the session has begun; may be corrected.

    Seen by the hosts and by whoever enrolled, never counted per person (programme: no accusation). Raises `Conflict`
    before it begins, `NotVisible` for an enrolment of elsewhere, `Invalid` for an unknown mark.
    """
    require(actor, "session.run", session)
    session = locked(session.pk)
    if session.cancelled_at or session.starts_at > actor.now:
        raise Conflict("La présence se note à partir du début de la séance.", code="not_begun")
    rows = {one.pk: one for one in expected(session).select_for_update(of=("self",))}
    if set(marks) - rows.keys():
        raise NotVisible
    for pk, mark in marks.items():
        if mark and mark not in Attendance.values:
            raise Invalid("Choisissez dans la liste.", fields={"marks": "Choisissez dans la liste."})
        enrolment = rows[pk]
        if enrolment.attendance != mark:
            enrolment.attendance = mark
            enrolment.save(update_fields=["attendance"])
            ENROLMENT.record(enrolment, "attendance", by=actor, note=mark)
    session.present = sum(one.attendance == Attendance.PRESENT for one in rows.values())
    session.recorded_at = actor.now if any(one.attendance for one in rows.values()) else None
    session.save(update_fields=["present", "recorded_at"])
    changed(actor, session)
    return session


@transaction.atomic
def record_feedback(actor: Actor, *, enrolment: Enrolment, rating: int, feedback: str = "") -> Enrolment:
    """What the person, or the professional, says of it: 1 to 4, a few words. Raises `Invalid`, `Conflict` before."""
    require(actor, "enrolment.feedback", enrolment)
    if not 1 <= rating <= 4:
        raise Invalid(fields={"rating": "De 1 à 4."})
    if enrolment.state != EnrolmentState.ENROLLED or enrolment.session.starts_at > actor.now:
        raise Conflict("L'avis se note après la séance.", code="not_begun")
    enrolment.rating, enrolment.feedback = rating, feedback.strip()[:500]
    enrolment.save(update_fields=["rating", "feedback"])
    ENROLMENT.record(enrolment, "feedback", by=actor)
    return enrolment


@transaction.atomic
def conclude(actor: Actor, *, session: Session) -> int:
    """Tell the senders that those who came have followed the action: their referrals are completed. How many.

    Referrals not accepted yet are accepted first: whoever came was taken on. Those of a cycle wait for its last date.
    """
    require(actor, "session.conclude", session)
    if session.recorded_at is None:
        raise Conflict("Notez d'abord les présences.", code="not_recorded")
    rows = to_conclude(session).select_related("referral").order_by("pk")
    done = 0
    for one in rows:
        referral = one.referral
        assert referral is not None  # asked for above
        if referral.state in ("sent", "waitlisted"):
            accept_referral(actor, referral=referral)
        complete_referral(actor, referral=referral, outcome=Outcome.SERVICE_RECEIVED)
        done += 1
    changed(actor, session)
    return done


def to_conclude(session: Session) -> QuerySet[Enrolment]:
    """Those who came and whose referral is still open, nothing more being expected of it."""
    later = Enrolment.objects.filter(
        referral=OuterRef("referral"), state__in=ACTIVE_STATES, session__starts_at__gt=session.starts_at,
        session__cancelled_at=None,
    )  # fmt: skip
    came = Enrolment.objects.filter(session=session, attendance=Attendance.PRESENT, referral__isnull=False)
    return came.filter(referral__state__in=CONCLUDED_FROM).exclude(Exists(later))


def expected(session: Session) -> QuerySet[Enrolment]:
    """Who has a seat."""
    return Enrolment.objects.filter(session=session, state=EnrolmentState.ENROLLED)


def _tell(actor: Actor, session: Session, *, cancelled: bool) -> None:
    emit(
        SessionChanged(
            department_id=actor.department_id, by_id=actor.user_id, session_id=session.pk, cancelled=cancelled
        )
    )
