"""The receiver's answer: read, given, taken back, told after twenty seconds, or never given."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from hub.core.access import require
from hub.core.actor import PARIS, Actor
from hub.core.errors import Conflict, Invalid
from hub.core.topics import touch
from hub.core.workdays import add_open_days
from partners.models import Department
from referrals.models import Referral
from referrals.models.referrals import ContestReason
from referrals.services.referrals.moves import (
    check_choice,
    check_reason,
    finish,
    moved,
    open_card,
    restart_clock,
    tell,
    tell_answer,
    touch_pages,
)
from referrals.workflows import REFERRAL

HOLD = timedelta(seconds=20)


@transaction.atomic
def mark_seen(actor: Actor, *, referral: Referral) -> None:
    """The receiver's page was opened: by whom and when, once. Says nothing to anybody else's eyes."""
    require(actor, "referral.answer", referral)
    if referral.seen_at or referral.state != "sent" or referral.sender_user_id == actor.user_id:
        return
    referral.seen_at, referral.seen_by_id = actor.now, actor.user_id
    referral.save(update_fields=["seen_at", "seen_by"])
    REFERRAL.record(referral, "seen", by=actor)
    touch_pages(actor, referral)


@transaction.atomic
def accept_referral(actor: Actor, *, referral: Referral, note: str = "") -> Referral:
    """The receiver takes the person on."""
    return _answer(actor, referral, "accept", note=note)


@transaction.atomic
def acknowledge_referral(actor: Actor, *, referral: Referral, note: str = "") -> Referral:
    """The designated organisation takes note: it is the referent, whatever its load."""
    return _answer(actor, referral, "acknowledge", note=note)


@transaction.atomic
def contest_referral(actor: Actor, *, referral: Referral, reason: str, note: str = "") -> Referral:
    """Ask the Département to decide again; the referent does not change meanwhile."""
    check_choice(reason, ContestReason.values)
    return _answer(actor, referral, "contest", reason=reason, note=note)


@transaction.atomic
def waitlist_referral(
    actor: Actor, *, referral: Referral, rank: int | None = None, review_on: date | None = None, note: str = ""
) -> Referral:
    """Put on the waiting list, with a rank or a date. Raises `Invalid` without either."""
    if rank is None and review_on is None:
        raise Invalid("Donnez un rang ou une date.", fields={"rank": "Donnez un rang ou une date."})
    return _answer(actor, referral, "waitlist", note=note, waitlist_rank=rank, review_on=review_on)


@transaction.atomic
def decline_referral(actor: Actor, *, referral: Referral, reason: str, note: str = "", met_how: str = "") -> Referral:
    """Refuse a proposal, with a reason of either list; access ends at once."""
    check_reason(reason, met_how)
    _answer(actor, referral, "decline", reason=reason, note=note, met_how=met_how)
    finish(actor, referral, keep_access=False)
    return referral


@transaction.atomic
def take_back_answer(actor: Actor, *, referral: Referral) -> Referral:
    """Undo one's answer: in silence within 20 seconds, openly within one open day if nobody acted on it.

    Raises `Conflict` when it is too late.
    """
    require(actor, "referral.answer", referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    held = is_held(referral, actor.now)
    if not is_correctable(actor, referral):
        raise Conflict("Il est trop tard pour revenir sur cette réponse.", code="too_late")
    source, referral.state = referral.state, referral.state_before_answer
    for name in ("answered_at", "answered_by", "held_until", "final_at", "waitlist_rank", "review_on"):
        setattr(referral, name, None)
    for name in ("state_before_answer", "reason", "met_how", "answer_note"):
        setattr(referral, name, "")
    referral.save()
    REFERRAL.record(referral, "take_back" if held else "correct", by=actor, source=source)
    restart_clock(actor, referral)
    open_card(actor, referral)
    if not held:
        tell(actor, referral, "correct")
    touch_pages(actor, referral)
    return referral


@transaction.atomic
def release_answer(actor: Actor, *, referral: Referral) -> None:
    """The 20 seconds are over: tell the sender (system only; telling twice does nothing)."""
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.told_at or not referral.held_until or referral.held_until > actor.now:
        return
    tell_answer(actor, referral)
    touch_pages(actor, referral)


@transaction.atomic
def expire_referral(actor: Actor, *, referral: Referral) -> None:
    """Time alone closes an unanswered proposal (system)."""
    require(actor, "referral.expire", referral)
    REFERRAL.perform(referral, "expire", by=actor)
    finish(actor, referral, keep_access=False)
    moved(actor, referral, "expire")


def _answer(
    actor: Actor, referral: Referral, transition: str, *, note: str, reason: str = "", **changes: Any
) -> Referral:
    """The receiver's first word: kept at once, told after 20 seconds unless taken back."""
    require(actor, "referral.answer", referral)
    locked = Referral.objects.select_for_update().only("state", "seen_at", "seen_by_id").get(pk=referral.pk)
    before, seen_at, seen_by_id = locked.state, locked.seen_at, locked.seen_by_id
    REFERRAL.perform(
        referral,
        transition,
        by=actor,
        note=note,
        reason=reason,
        answer_note=note.strip(),
        answered_at=actor.now,
        answered_by_id=actor.user_id,
        seen_at=seen_at or actor.now,
        seen_by_id=seen_by_id or actor.user_id,
        held_until=actor.now + HOLD,
        told_at=None,
        state_before_answer=before,
        **changes,
    )
    restart_clock(actor, referral)
    touch(actor.department_id, "inbox", referral.receiver_id)
    touch(actor.department_id, "referral", referral.pk)
    return referral


def is_correctable(actor: Actor, referral: Referral) -> bool:
    """Is there an answer, given less than one open day ago, upon which nobody has acted since (its author neither)?"""
    if not referral.state_before_answer or referral.answered_at is None or referral.closed_loop_at is not None:
        return False
    department = Department.objects.get(pk=referral.department_id)
    from_day = referral.answered_at.astimezone(PARIS).date()
    last_day = add_open_days(from_day, department.delay("answer_correction"), subdivision=department.code)
    acted = referral.log.filter(at__gt=referral.answered_at).exists()
    return actor.today <= last_day and not acted and not referral.following.exists()


def is_held(referral: Referral, now: datetime) -> bool:
    """Is the last answer still in its twenty seconds, known to its author's side alone?"""
    return referral.held_until is not None and now < referral.held_until and referral.told_at is None
