"""A referral's closed loop: sent, answered, carried out, its end known to the sender (domain §4)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from hub.core.access import get_visible, require
from hub.core.actor import Actor
from hub.core.errors import Confirmation, Conflict, Invalid
from hub.core.events import emit
from hub.core.topics import touch
from hub.core.workdays import add_open_days
from partners.models import Department, Organization, Service, Team
from referrals.clocks import due_dates
from referrals.events import ReferralAnswered, ReferralChanged, ReferralSent
from referrals.models import Beneficiary, DeclineReason, Level, Nature, Outcome, PersonReason, Referral, TrackDecision
from referrals.models.referrals import OPEN_STATES, ContestReason
from referrals.services.access import close_access, open_access
from referrals.workflows import REFERRAL

HOLD = timedelta(seconds=20)


def open_duplicates(actor: Actor, *, person: Beneficiary, receiver: Organization, service: Service | None) -> Any:
    """Referrals of the same person to the same target still open, as far as the actor may know.

    Never the sensitive ones of others: their existence alone would tell.
    """
    same = Referral.objects.filter(
        beneficiary=person, receiver=receiver, service=service, state__in=OPEN_STATES, nature=Nature.PROPOSAL
    ).exclude(state="draft")
    return same.filter(sensitive=False) | same.filter(sender_id=actor.organization_id)


@transaction.atomic
def draft_referral(
    actor: Actor,
    *,
    person: Beneficiary,
    receiver: Organization,
    need: str,
    note: str = "",
    receiver_team: Team | None = None,
    service: Service | None = None,
    informed_on: date | None = None,
    nature: str = Nature.PROPOSAL,
    decision: TrackDecision | None = None,
    previous: Referral | None = None,
) -> Referral:
    """Write a referral without sending it. Raises `Invalid` for a target that cannot receive it."""
    require(actor, "referral.compose", person) if not actor.is_system else None
    _check_target(actor, receiver, receiver_team, service)
    if not need.strip():
        raise Invalid("Indiquez le besoin de la personne.", fields={"need": "Indiquez le besoin de la personne."})
    return Referral.objects.create(
        department_id=actor.department_id,
        beneficiary=person,
        nature=nature,
        sender_id=actor.organization_id,
        sender_team_id=actor.team_id,
        sender_user_id=actor.user_id,
        receiver=receiver,
        receiver_team=receiver_team,
        service=service,
        sensitive=bool(service and service.sensitive),
        decision=decision,
        need=need.strip()[:200],
        note=note.strip(),
        informed_on=informed_on,
        previous=previous,
        first_sent_at=previous.first_sent_at if previous else None,
        created_at=actor.now,
    )


@transaction.atomic
def send_referral(
    actor: Actor,
    *,
    referral: Referral | None = None,
    duplicate_reason: str = "",
    **values: Any,
) -> Referral:
    """Send a draft, or write and send at once (`values` as for `draft_referral`).

    Needs the record that the person was informed; opens the card to the receiver. Raises `Confirmation` when one is
    still open for the same target and no reason was given.
    """
    referral = referral or draft_referral(actor, **values)
    require(actor, "referral.send", referral)
    if referral.informed_on is None:
        sentence = "Indiquez quand la personne a été informée de cette orientation."
        raise Invalid(sentence, code="information_record_missing", fields={"informed_on": sentence})
    if referral.informed_on > actor.today:
        raise Invalid("Cette date est dans le futur.", fields={"informed_on": "Cette date est dans le futur."})
    if referral.beneficiary.died_on:
        raise Conflict("Le dossier de cette personne est clos.", code="file_closed")
    _refuse_silent_duplicate(actor, referral, duplicate_reason)
    REFERRAL.perform(
        referral,
        "send",
        by=actor,
        sent_at=actor.now,
        first_sent_at=referral.first_sent_at or actor.now,
        duplicate_reason=duplicate_reason.strip()[:300],
    )
    _restart_clock(actor, referral)
    if referral.receiver_id != actor.organization_id:
        open_access(
            actor,
            beneficiary_id=referral.beneficiary_id,
            organization_id=referral.receiver_id,
            level=Level.REFERRAL,
            reason="Orientation reçue",
            source=referral,
            team_id=referral.receiver_team_id,
        )
    emit(ReferralSent(department_id=actor.department_id, by_id=actor.user_id, referral_id=referral.pk))
    _touch(actor, referral)
    return referral


@transaction.atomic
def mark_seen(actor: Actor, *, referral: Referral) -> None:
    """The receiver's page was opened: by whom and when, once. Says nothing to anybody else's eyes."""
    require(actor, "referral.answer", referral)
    if referral.seen_at or referral.state != "sent" or referral.sender_user_id == actor.user_id:
        return
    referral.seen_at, referral.seen_by_id = actor.now, actor.user_id
    referral.save(update_fields=["seen_at", "seen_by"])
    REFERRAL.record(referral, "seen", by=actor)
    _touch(actor, referral)


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
    _check_choice(reason, ContestReason.values)
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
    _check_reason(reason, met_how)
    _answer(actor, referral, "decline", reason=reason, note=note, met_how=met_how)
    _finish(actor, referral, keep_access=False)
    return referral


@transaction.atomic
def take_back_answer(actor: Actor, *, referral: Referral) -> Referral:
    """Undo one's answer: in silence within 20 seconds, openly within one open day if nobody acted on it.

    Raises `Conflict` when it is too late.
    """
    require(actor, "referral.answer", referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    held = referral.held_until is not None and actor.now < referral.held_until and referral.told_at is None
    if not referral.state_before_answer or (not held and not _correctable(actor, referral)):
        raise Conflict("Il est trop tard pour revenir sur cette réponse.", code="too_late")
    source, referral.state = referral.state, referral.state_before_answer
    for name in ("answered_at", "answered_by", "held_until", "final_at", "waitlist_rank", "review_on"):
        setattr(referral, name, None)
    for name in ("state_before_answer", "reason", "met_how", "answer_note"):
        setattr(referral, name, "")
    referral.save()
    REFERRAL.record(referral, "take_back" if held else "correct", by=actor, source=source)
    _restart_clock(actor, referral)
    _reopen_access(actor, referral)
    if not held:
        _tell(actor, referral, "correct")
    _touch(actor, referral)
    return referral


@transaction.atomic
def release_answer(actor: Actor, *, referral: Referral) -> None:
    """The 20 seconds are over: tell the sender (system only; telling twice does nothing)."""
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.told_at or not referral.held_until or referral.held_until > actor.now:
        return
    referral.told_at = actor.now
    referral.save(update_fields=["told_at"])
    emit(
        ReferralAnswered(
            department_id=referral.department_id,
            by_id=referral.answered_by_id,
            referral_id=referral.pk,
            answer=referral.state,
        )
    )
    _touch(actor, referral)


@transaction.atomic
def maintain_designation(actor: Actor, *, referral: Referral, note: str = "") -> Referral:
    """The Département answers a contestation: the designation stands."""
    require(actor, "referral.maintain", referral)
    REFERRAL.perform(referral, "maintain", by=actor, note=note)
    return _moved(actor, referral, "maintain")


@transaction.atomic
def start_referral(actor: Actor, *, referral: Referral, first_appointment_on: date | None = None) -> Referral:
    """The receiver has begun; an appointment stops the clock."""
    require(actor, "referral.answer", referral)
    appointment = first_appointment_on or referral.first_appointment_on
    REFERRAL.perform(referral, "start", by=actor, first_appointment_on=appointment)
    return _moved(actor, referral, "start")


@transaction.atomic
def plan_first_appointment(actor: Actor, *, referral: Referral, on: date) -> Referral:
    """Say when the person is received first."""
    require(actor, "referral.answer", referral)
    if referral.state != "accepted":
        raise Conflict(code="invalid_transition")
    referral.first_appointment_on = on
    referral.save(update_fields=["first_appointment_on"])
    REFERRAL.record(referral, "appointment", by=actor, note=f"{on:%d/%m/%Y}")
    return _moved(actor, referral, "appointment")


@transaction.atomic
def pause_referral(actor: Actor, *, referral: Referral, review_on: date, note: str) -> Referral:
    """Suspend, with a reason and a day to look again. Raises `Invalid` for a past day or no reason."""
    require(actor, "referral.answer", referral)
    if review_on <= actor.today:
        raise Invalid("Choisissez une date à venir.", fields={"review_on": "Choisissez une date à venir."})
    if not note.strip():
        raise Invalid("Indiquez pourquoi.", fields={"note": "Indiquez pourquoi."})
    REFERRAL.perform(referral, "pause", by=actor, note=note, review_on=review_on, answer_note=note)
    return _moved(actor, referral, "pause")


@transaction.atomic
def resume_referral(actor: Actor, *, referral: Referral) -> Referral:
    require(actor, "referral.answer", referral)
    REFERRAL.perform(referral, "resume", by=actor, review_on=None)
    return _moved(actor, referral, "resume")


@transaction.atomic
def complete_referral(actor: Actor, *, referral: Referral, outcome: str, note: str = "") -> Referral:
    """It came to something; the outcome is required, and the sender is told."""
    require(actor, "referral.answer", referral)
    _check_choice(outcome, Outcome.values, field="outcome")
    REFERRAL.perform(referral, "complete", by=actor, note=note, outcome=outcome, answer_note=note)
    _finish(actor, referral, keep_access=True)
    return _moved(actor, referral, "complete")


@transaction.atomic
def fail_referral(actor: Actor, *, referral: Referral, reason: str, note: str = "", met_how: str = "") -> Referral:
    """It came to nothing; a reason of either list is required."""
    require(actor, "referral.answer", referral)
    _check_reason(reason, met_how)
    REFERRAL.perform(referral, "fail", by=actor, note=note, reason=reason, answer_note=note, met_how=met_how)
    _finish(actor, referral, keep_access=True)
    return _moved(actor, referral, "fail")


@transaction.atomic
def cancel_referral(actor: Actor, *, referral: Referral, note: str) -> Referral:
    """The sender withdraws it, with a reason; access ends at once."""
    require(actor, "referral.cancel", referral)
    if not note.strip():
        raise Invalid("Indiquez pourquoi.", fields={"note": "Indiquez pourquoi."})
    REFERRAL.perform(referral, "cancel", by=actor, note=note)
    _finish(actor, referral, keep_access=False)
    return _moved(actor, referral, "cancel")


@transaction.atomic
def enter_in_error(actor: Actor, *, referral: Referral, note: str = "") -> Referral:
    """It should never have been written; access ends at once."""
    require(actor, "referral.enter_in_error", referral)
    REFERRAL.perform(referral, "enter_in_error", by=actor, note=note)
    _finish(actor, referral, keep_access=False)
    return _moved(actor, referral, "enter_in_error")


def withdraw_designation(actor: Actor, *, referral: Referral, note: str) -> None:
    """A voided decision takes its designation with it, when it is still open."""
    if referral.state in OPEN_STATES:
        enter_in_error(actor, referral=referral, note=note)


@transaction.atomic
def propose_redirect(actor: Actor, *, referral: Referral, to: Organization, note: str = "") -> Referral:
    """The receiver knows a better place; nothing moves, and nobody gains access, until the sender confirms."""
    require(actor, "referral.answer", referral)
    REFERRAL.check(referral, "redirect")
    if to.pk in (referral.receiver_id, referral.sender_id):
        raise Invalid("Choisissez un autre organisme.", fields={"to": "Choisissez un autre organisme."})
    _check_target(actor, to, None, None)
    referral.redirect_to, referral.redirect_note = to, note.strip()
    referral.save(update_fields=["redirect_to", "redirect_note"])
    REFERRAL.record(referral, "propose_redirect", by=actor, note=note)
    return _moved(actor, referral, "propose_redirect")


@transaction.atomic
def confirm_redirect(actor: Actor, *, referral: Referral) -> Referral:
    """The sender agrees: this one is redirected, a new one leaves, the chain and its delay are kept."""
    require(actor, "referral.confirm_redirect", referral)
    target = referral.redirect_to
    if target is None:
        raise Conflict("Aucune réorientation n'est proposée.", code="no_redirect")
    REFERRAL.perform(referral, "redirect", by=actor)
    _finish(actor, referral, keep_access=False)
    _moved(actor, referral, "redirect")
    return send_referral(
        actor,
        person=referral.beneficiary,
        receiver=target,
        need=referral.need,
        note=referral.note,
        informed_on=referral.informed_on,
        previous=referral,
    )


@transaction.atomic
def refuse_redirect(actor: Actor, *, referral: Referral, note: str = "") -> Referral:
    """The sender prefers the present receiver, which still has to answer."""
    require(actor, "referral.confirm_redirect", referral)
    if referral.redirect_to_id is None:
        raise Conflict("Aucune réorientation n'est proposée.", code="no_redirect")
    referral.redirect_to, referral.redirect_note = None, ""
    referral.save(update_fields=["redirect_to", "redirect_note"])
    REFERRAL.record(referral, "refuse_redirect", by=actor, note=note)
    return _moved(actor, referral, "refuse_redirect")


@transaction.atomic
def acknowledge_outcome(actor: Actor, *, referral: Referral) -> Referral:
    """The sender has read what became of the person: the loop is closed."""
    require(actor, "referral.acknowledge_outcome", referral)
    if referral.state in OPEN_STATES:
        raise Conflict("Cette orientation n'est pas terminée.", code="not_final")
    if referral.closed_loop_at is None:
        referral.closed_loop_at = actor.now
        referral.save(update_fields=["closed_loop_at"])
        REFERRAL.record(referral, "acknowledge_outcome", by=actor)
        _touch(actor, referral)
    return referral


@transaction.atomic
def expire_referral(actor: Actor, *, referral: Referral) -> None:
    """Time alone closes an unanswered proposal (system)."""
    require(actor, "referral.expire", referral)
    REFERRAL.perform(referral, "expire", by=actor)
    _finish(actor, referral, keep_access=False)
    _moved(actor, referral, "expire")


def _answer(
    actor: Actor, referral: Referral, transition: str, *, note: str, reason: str = "", **changes: Any
) -> Referral:
    """The receiver's first word: kept at once, told after 20 seconds unless taken back."""
    require(actor, "referral.answer", referral)
    before = referral.state
    REFERRAL.perform(
        referral,
        transition,
        by=actor,
        note=note,
        reason=reason,
        answer_note=note.strip(),
        answered_at=actor.now,
        answered_by_id=actor.user_id,
        seen_at=referral.seen_at or actor.now,
        seen_by_id=referral.seen_by_id or actor.user_id,
        held_until=actor.now + HOLD,
        told_at=None,
        state_before_answer=before,
        **changes,
    )
    _restart_clock(actor, referral)
    touch(actor.department_id, "inbox", referral.receiver_id)
    touch(actor.department_id, "referral", referral.pk)
    return referral


def _correctable(actor: Actor, referral: Referral) -> bool:
    """Within one open day of the answer, and nobody has acted since."""
    if referral.answered_at is None or referral.closed_loop_at is not None:
        return False
    department = Department.objects.get(pk=referral.department_id)
    from_day = referral.answered_at.astimezone(actor.now.tzinfo).date()
    last_day = add_open_days(from_day, department.delay("answer_correction"))
    later = referral.log.filter(at__gt=referral.answered_at).exclude(organization_id=actor.organization_id)
    return actor.today <= last_day and not later.exists() and not referral.following.exists()


def _moved(actor: Actor, referral: Referral, change: str) -> Referral:
    """After any move but an answer: the clock restarts, the other side is told, pages look again."""
    _restart_clock(actor, referral)
    _tell(actor, referral, change)
    _touch(actor, referral)
    return referral


def _tell(actor: Actor, referral: Referral, change: str) -> None:
    emit(
        ReferralChanged(department_id=actor.department_id, by_id=actor.user_id, referral_id=referral.pk, change=change)
    )


def _touch(actor: Actor, referral: Referral) -> None:
    touch(actor.department_id, "referral", referral.pk)
    touch(actor.department_id, "inbox", referral.sender_id)
    if referral.receiver_id != referral.sender_id:
        touch(actor.department_id, "inbox", referral.receiver_id)
    if not referral.sensitive:
        touch(actor.department_id, "person", referral.beneficiary_id)


def _restart_clock(actor: Actor, referral: Referral) -> None:
    department = Department.objects.get(pk=referral.department_id)
    referral.due_on, referral.late_on = due_dates(referral, since=actor.today, department=department)
    referral.save(update_fields=["due_on", "late_on"])


def _finish(actor: Actor, referral: Referral, *, keep_access: bool) -> None:
    """A final state: access ends at once, or 30 days after a completion."""
    referral.final_at = actor.now
    referral.save(update_fields=["final_at"])
    end = actor.now
    if keep_access:
        end += timedelta(days=Department.objects.get(pk=referral.department_id).delay("access_after_completion"))
    close_access(actor, source=referral, at=end)


def _reopen_access(actor: Actor, referral: Referral) -> None:
    if referral.receiver_id != referral.sender_id:
        open_access(
            actor,
            beneficiary_id=referral.beneficiary_id,
            organization_id=referral.receiver_id,
            level=Level.REFERRAL,
            reason="Orientation reçue",
            source=referral,
            team_id=referral.receiver_team_id,
        )


def _refuse_silent_duplicate(actor: Actor, referral: Referral, reason: str) -> None:
    if referral.nature != Nature.PROPOSAL or reason.strip() or referral.previous_id:
        return
    receiver, service = referral.receiver, referral.service
    if open_duplicates(actor, person=referral.beneficiary, receiver=receiver, service=service).exists():
        raise Confirmation(
            f"Une orientation vers {receiver} est déjà ouverte pour cette personne. "
            "Indiquez pourquoi en envoyer une autre.",
            code="duplicate_referral",
        )


def _check_target(actor: Actor, receiver: Organization, team: Team | None, service: Service | None) -> None:
    """An active organisation of this Département; inside one's own, another team."""
    present = receiver.departments.filter(pk=actor.department_id).exists()
    if not (present and receiver.active and receiver.receives_referrals):
        sentence = "Cet organisme ne reçoit pas d'orientations dans ce Département."
        raise Invalid(sentence, fields={"receiver": sentence})
    if team and (team.organization_id != receiver.pk or team.department_id != actor.department_id):
        raise Invalid("Cette équipe n'est pas de cet organisme.", fields={"receiver_team": "Équipe inconnue."})
    if service and (service.organization_id != receiver.pk or service.department_id != actor.department_id):
        raise Invalid("Ce service n'est pas de cet organisme.", fields={"service": "Service inconnu."})
    if receiver.pk == actor.organization_id and (team is None or team.pk == actor.team_id):
        raise Invalid("Choisissez une autre équipe.", fields={"receiver_team": "Choisissez une autre équipe."})


def _check_choice(value: str, allowed: list[str], field: str = "reason") -> None:
    if value not in allowed:
        raise Invalid("Choisissez dans la liste.", fields={field: "Choisissez dans la liste."})


def _check_reason(reason: str, met_how: str) -> None:
    """A reason of the person needs how and when she was met."""
    _check_choice(reason, [*DeclineReason.values, *PersonReason.values])
    if reason in PersonReason.values and not met_how.strip():
        sentence = "Indiquez comment et quand la personne a été jointe."
        raise Invalid(sentence, fields={"met_how": sentence})


def get_referral(actor: Actor, pk: uuid.UUID | str) -> Referral:
    """A visible referral with what its page needs; raises `NotVisible`."""
    return get_visible(
        actor,
        Referral,
        pk,
        "beneficiary__territory",
        "beneficiary__commune",
        "sender",
        "receiver",
        "service",
        "decision",
    )
