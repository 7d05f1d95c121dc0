"""Invented collective actions, made by the real services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from collective_actions.models import CollectiveAction, Enrolment, Session
from collective_actions.services.actions.enrolling import enrol, join
from collective_actions.services.actions.models import keep_model
from collective_actions.services.actions.writing import add_sessions, create_action, publish_action
from collective_actions.services.posts import open_post
from hub.core.gate import tenant
from partners.models import Membership, ServiceJournal
from referrals.models import Beneficiary
from tests.cast import Cast, actor


def action(
    cast: Cast, *, by: Membership | None = None, sessions: int = 1, capacity: int = 2, draft: bool = False, **said: Any
) -> CollectiveAction:
    """Of the association of Metz, with weekly sessions from next week on."""
    member = by or cast.charity
    with tenant(actor(member)) as acting:
        made = create_action(acting, organization=member.organization, **({"name": "Atelier budget"} | said))
        add_sessions(
            acting, action=made, starts_at=acting.now + timedelta(days=7), capacity=capacity, place="Salle fictive",
            times=sessions,
        )  # fmt: skip
        return made if draft else publish_action(acting, action=made)


def sessions_of(made: CollectiveAction) -> list[Session]:
    return list(Session.objects.filter(action=made).select_related("action__service__organization"))


def enrolled(
    cast: Cast, who: Beneficiary, session: Session, *, by: Membership | None = None, now: datetime | None = None
) -> list[Enrolment]:
    """By the social worker unless said otherwise."""
    with tenant(actor(by or cast.social_worker, now)) as acting:
        return enrol(acting, person=who, session=session, informed_on=acting.today)


def fill_actions(world: Any) -> None:
    """An action of the network head where `helped` is enrolled, co-hosted by the job developers; one for
    professionals, joined by UDAF's worker."""
    cast = world.cast
    for name, by, audience, beside in (
        ("", cast.network_head, "people", [cast.agency]), ("pro_", cast.officer_metz, "professionals", []),
    ):  # fmt: skip
        with tenant(actor(by)) as acting:
            made = create_action(acting, organization=by.organization, name=f"Action {audience}", audience=audience,
                                 co_hosts=beside)  # fmt: skip
            (session,) = add_sessions(
                acting, action=made, starts_at=acting.now + timedelta(days=7), capacity=2, place="Salle fictive"
            )
            publish_action(acting, action=made)
        setattr(world, f"{name}action", made)
        setattr(world, f"{name}session", Session.objects.select_related("action__service").get(pk=session.pk))
        setattr(world, f"{name}action_service", made.service)
        setattr(world, f"{name}action_note", ServiceJournal.objects.filter(service=made.service).first())
    with tenant(actor(cast.social_worker)) as acting:
        (world.enrolment,) = enrol(acting, person=world.helped, session=world.session, informed_on=acting.today)
        world.action_referral = world.enrolment.referral
    with tenant(actor(cast.siae_worker)) as acting:
        world.post = open_post(acting, organization=cast.siae, name="Agent d'entretien", contract="integration")
        world.post_service, world.post_note = world.post.service, ServiceJournal.objects.get(service=world.post.service)
    with tenant(actor(cast.network_head)) as acting:
        world.action_model = keep_model(acting, action=world.action, name="Modèle fictif")
    with tenant(actor(cast.udaf_worker)) as acting:
        (world.joining,) = join(acting, session=world.pro_session)
