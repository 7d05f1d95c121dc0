"""Co-hosts know who has a seat: a first name and an initial, from the seat on until a month after the session."""

from __future__ import annotations

from datetime import timedelta

from collective_actions.models import CollectiveAction, Enrolment, EnrolmentState, Session
from hub.core.actor import Actor
from partners.models import Department
from referrals.models import AccessGrant, Level
from referrals.services.access import renew_accesses

REASON = "action collective organisée ensemble"
LONGEST = timedelta(days=1)  # of one session


def share_action(actor: Actor, action: CollectiveAction) -> None:
    """The co-hosts of an action are other ones: each of its sessions opens to those, and closes to the former.

    What older sessions opened has ended.
    """
    since = actor.now - _kept(actor) - LONGEST
    sessions = Session.objects.filter(action=action, starts_at__gte=since)
    for session in sessions.select_related("action__service").order_by("pk"):
        share_seats(actor, session)


def share_seats(actor: Actor, session: Session) -> None:
    """Open, close, prolong what the co-hosts read of the people of a session, as it now stands (domain §2, §7).

    Nothing of a sensitive action is shared: its parties alone know of it.
    """
    co_hosts = list(session.action.co_hosts.values_list("pk", flat=True))
    rows = list(Enrolment.objects.filter(session=session, beneficiary__isnull=False, sensitive=False))
    ends_at = session.ends_at + _kept(actor)
    shared = ends_at > actor.now and not session.cancelled_at and not session.action.service.sensitive
    renew_accesses(
        actor,
        kind="enrolment",
        sources=[one.pk for one in rows],
        wanted=[
            AccessGrant(
                department_id=one.department_id,
                beneficiary_id=one.beneficiary_id,
                organization_id=co_host,
                level=Level.MINIMAL,
                reason=REASON,
                source_kind="enrolment",
                source_id=one.pk,
                starts_at=actor.now,
                ends_at=ends_at,
            )
            for one in rows
            if shared and one.state == EnrolmentState.ENROLLED and one.beneficiary_id
            for co_host in co_hosts
            if co_host != one.host_id
        ],
    )


def _kept(actor: Actor) -> timedelta:
    return timedelta(days=Department.objects.get(pk=actor.department_id).delay("access_after_completion"))
