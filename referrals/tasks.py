"""Clocks of referrals: what time alone does, Département by Département."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from celery import shared_task

from hub.core.access import visible
from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import Department
from referrals.models import GapGesture
from referrals.selectors.clocks import answers_to_release, loops_to_close, proposals_to_expire
from referrals.services.answer_links import offer_link, referrals_to_mail
from referrals.services.answer_mails import links_to_mail, mail_link
from referrals.services.explanations import ask_about_ended
from referrals.services.explanations import open_checks as open_asked
from referrals.services.gap_bulk import release_gesture
from referrals.services.gap_steps import take_steps
from referrals.services.letters.batches import erase_expired, make_batch, waiting_batches
from referrals.services.list_silence import tell_silent_sources as tell_silent
from referrals.services.referrals import acknowledge_outcome, expire_referral, release_answer


@shared_task
def release_answers() -> None:
    """Tell the answers whose 20 seconds are over; every few seconds."""
    for department_id in _departments():
        with tenant(Actor.system(department_id)) as actor:
            for referral in answers_to_release(actor):
                release_answer(actor, referral=referral)


@shared_task
def sweep_answer_links() -> None:
    """Make the links of referrals that wait at a box, and send what waits to be mailed; every few seconds."""
    for department_id in _departments():
        deliver_answer_links(str(department_id))


@shared_task
def deliver_answer_links(department_id: str) -> None:
    """The same for one Département: each link and each mail in a transaction of its own."""
    with tenant(Actor.system(UUID(department_id))) as actor:
        for referral in referrals_to_mail(actor):
            offer_link(actor, referral=referral)
        waiting = links_to_mail(actor)
    for pk in waiting:
        with tenant(Actor.system(UUID(department_id))) as actor:
            mail_link(actor, pk)


@shared_task
def expire_proposals() -> None:
    """Close the proposals nobody answered in 14 open days; every hour."""
    for department_id in _departments():
        with tenant(Actor.system(department_id)) as actor:
            for referral in proposals_to_expire(actor):
                expire_referral(actor, referral=referral)


@shared_task
def close_loops() -> None:
    """An outcome left unread for 5 open days counts as read; every hour."""
    for department_id in _departments():
        with tenant(Actor.system(department_id)) as actor:
            for referral in loops_to_close(actor):
                acknowledge_outcome(actor, referral=referral)


@shared_task
def release_gap_gestures() -> None:
    """Tell the gestures on gaps whose 20 seconds are over; every few seconds."""
    for department_id in _departments():
        with tenant(Actor.system(department_id)) as actor:
            for gesture in visible(actor, GapGesture).filter(settled_at=None, held_until__lte=actor.now)[:100]:
                release_gesture(actor, gesture=gesture)


@shared_task
def remind_gaps() -> None:
    """Remind of the gaps nobody acts on, then tell the heads of service; every hour, each gap and step once."""
    for department_id in _departments():
        with tenant(Actor.system(department_id)) as actor:
            take_steps(actor)


@shared_task
def tell_silent_sources() -> None:
    """Tell whoever coordinates which monthly lists did not come; every hour, each list and month once."""
    for department_id in _departments():
        with tenant(Actor.system(department_id)) as actor:
            tell_silent(actor)


@shared_task
def ask_again() -> None:
    """Ask the referents about the absences whose explanation has ended; every hour, each end once."""
    for department_id in _departments():
        with tenant(Actor.system(department_id)) as actor:
            ask_about_ended(actor)


@shared_task
def open_checks(department_id: str = "") -> None:
    """Open the gaps referents asked for when an explanation ended; at their word, and every minute."""
    for one in [UUID(department_id)] if department_id else _departments():
        with tenant(Actor.system(one)) as actor:
            open_asked(actor)


@shared_task
def make_letters(department_id: str, batch_id: str) -> None:
    """Write the letters of one batch."""
    make_batch(UUID(department_id), UUID(batch_id))


@shared_task
def sweep_letters() -> None:
    """Make what a lost nudge or a killed worker left behind, erase the files whose time is over; every 30 seconds."""
    for department_id in _departments():
        with tenant(Actor.system(department_id)) as actor:
            erase_expired(actor)
            waiting = waiting_batches(actor)
        for batch_id in waiting:
            make_batch(department_id, batch_id)


def _departments() -> Iterator[UUID]:
    return iter(Department.objects.values_list("pk", flat=True))
