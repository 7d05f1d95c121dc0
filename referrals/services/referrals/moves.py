"""What every move of a referral ends with: its clock, its access, whoever must know."""

from __future__ import annotations

from datetime import timedelta

from hub.core.access import visible
from hub.core.actor import PARIS, Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.topics import touch
from partners.models import Department
from referrals.clocks import chain_start, due_dates
from referrals.events import ReferralAnswered, ReferralChanged
from referrals.models import Appointment, Beneficiary, DeclineReason, Level, Nature, PersonReason, Referral
from referrals.services.access import close_access, open_access
from referrals.services.appointments.moot import cancel_moot


def moved(actor: Actor, referral: Referral, change: str) -> Referral:
    """After any move but an answer: the clock restarts, the other side is told, pages look again.

    Acting on an answer ends its twenty seconds: the answer is told first.
    """
    restart_clock(actor, referral)
    if referral.held_until and referral.told_at is None:
        tell_answer(actor, referral)
    tell(actor, referral, change)
    touch_pages(actor, referral)
    return referral


def tell(actor: Actor, referral: Referral, change: str) -> None:
    """State the change, for whoever stands on the other side."""
    emit(
        ReferralChanged(department_id=actor.department_id, by_id=actor.user_id, referral_id=referral.pk, change=change)
    )


def tell_answer(actor: Actor, referral: Referral) -> None:
    """The answer may not be taken back in silence any more: the sender knows."""
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


def touch_pages(actor: Actor, referral: Referral, *, to_receiver: bool = True) -> None:
    """Open pages look again: the record, both inboxes, the person's record unless the referral is sensitive."""
    touch(actor.department_id, "referral", referral.pk)
    touch(actor.department_id, "inbox", referral.sender_id)
    if to_receiver and referral.receiver_id != referral.sender_id:
        touch(actor.department_id, "inbox", referral.receiver_id)
    if not referral.sensitive:
        touch(actor.department_id, "person", referral.beneficiary_id)


def restart_clock(actor: Actor, referral: Referral) -> None:
    """Set the clock of a stored referral again."""
    set_clock(actor, referral, Department.objects.get(pk=referral.department_id))
    referral.save(update_fields=["due_on", "late_on"])


def set_clock(actor: Actor, referral: Referral, department: Department) -> None:
    """Count from today; a proposal still to answer, from the first sending of its chain. Does not save.

    A designation taken into account waits for its first appointment from that day on, even when one is cancelled.
    """
    since = actor.today
    if referral.state == "sent" and referral.nature == Nature.PROPOSAL:
        since = chain_start(referral) or since
    elif referral.state == "accepted" and referral.answered_at:
        since = referral.answered_at.astimezone(PARIS).date()
    referral.due_on, referral.late_on = due_dates(referral, since=since, department=department)


def finish(actor: Actor, referral: Referral, *, keep_access: bool) -> None:
    """A final state: access ends at once, or 30 days after a completion."""
    referral.final_at = actor.now
    referral.save(update_fields=["final_at"])
    end = actor.now
    if not keep_access:
        cancel_moot(actor, Appointment.objects.filter(referral=referral))
    if keep_access:
        end += timedelta(days=Department.objects.get(pk=referral.department_id).delay("access_after_completion"))
    close_access(actor, source=referral, at=end)


def open_card(actor: Actor, referral: Referral, *, new: bool = False) -> None:
    """Open the card to the receiver; inside one organisation nothing needs opening. A `new` referral opened nothing."""
    if referral.receiver_id != referral.sender_id:
        open_access(
            actor,
            beneficiary_id=referral.beneficiary_id,
            organization_id=referral.receiver_id,
            level=Level.REFERRAL,
            reason="Orientation reçue",
            source=referral,
            team_id=referral.receiver_team_id,
            new=new,
        )


def check_choice(value: str, allowed: list[str], field: str = "reason") -> None:
    """Raise `Invalid` unless the value is one of the list."""
    if value not in allowed:
        raise Invalid("Choisissez dans la liste.", fields={field: "Choisissez dans la liste."})


def check_reason(reason: str, met_how: str) -> None:
    """A reason of the person needs how and when she was met."""
    check_choice(reason, [*DeclineReason.values, *PersonReason.values])
    if reason in PersonReason.values and not met_how.strip():
        sentence = "Indiquez comment et quand la personne a été jointe."
        raise Invalid(sentence, fields={"met_how": sentence})


def person_of(actor: Actor, referral: Referral) -> Beneficiary:
    """The person, while her file is open to the actor. Raises `Conflict` once access has ended."""
    person = visible(actor, Beneficiary).filter(pk=referral.beneficiary_id).first()
    if person is None:
        raise Conflict("Ce dossier ne vous est plus ouvert : vous ne pouvez plus l'orienter.", code="access_ended")
    referral.beneficiary = person
    return person
