"""Clocks of referrals: what time alone does, Département by Département."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from celery import shared_task

from hub.core.actor import Actor
from hub.core.gate import tenant
from partners.models import Department
from referrals.selectors.clocks import answers_to_release, loops_to_close, proposals_to_expire
from referrals.services.referrals import acknowledge_outcome, expire_referral, release_answer


@shared_task
def release_answers() -> None:
    """Tell the answers whose 20 seconds are over; every few seconds."""
    for department_id in _departments():
        with tenant(Actor.system(department_id)) as actor:
            for referral in answers_to_release(actor):
                release_answer(actor, referral=referral)


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


def _departments() -> Iterator[UUID]:
    return iter(Department.objects.values_list("pk", flat=True))
