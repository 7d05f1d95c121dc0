"""Collective actions: everybody reads what is published, its agents write, who comes is known to both sides alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from collective_actions.models import ActionModel, CollectiveAction, Enrolment, EnrolmentState, OpenPost, Session
from hub.core.access import can, rule, scope, visible
from hub.core.actor import Actor
from partners.models import Function, Organization, Service
from partners.models.services import ServiceState
from referrals.models import Beneficiary
from referrals.policies.people import SUPPORTING, knows_privately, supported_people

DESIGNING = (
    Function.COORDINATION,
    Function.SOCIAL_WORK,
    Function.SUPERVISION,
    Function.RECRUITMENT,
    Function.JOB_DEVELOPMENT,
    Function.COUNSELLING,
    Function.ROSTERS,
    Function.NEEDS,
    Function.NETWORK_LEAD,
)


@scope(CollectiveAction)
def actions(actor: Actor, queryset: QuerySet[CollectiveAction]) -> QuerySet[CollectiveAction]:
    """What is published or was, and the drafts of one's own; for moderators all of it."""
    found = queryset.filter(department_id=actor.department_id)
    if can(actor, "service.moderate"):
        return found
    shown = Q(service__state=ServiceState.PUBLISHED) | Q(cancelled_at__isnull=False)
    return found.filter(shown | Q(service__organization=actor.organization_id))


@scope(Session)
def sessions(actor: Actor, queryset: QuerySet[Session]) -> QuerySet[Session]:
    """Those of the actions one sees: dates, places and counts, nobody's name."""
    found = queryset.filter(department_id=actor.department_id)
    return found.filter(action__in=actions(actor, CollectiveAction.objects.all()))


@scope(Enrolment)
def enrolments(actor: Actor, queryset: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """His own; of people, those his team sent, those he receives, and of people he supports what is not sensitive.

    Of what his organisation co-hosts, those who have a seat.
    """
    if actor.is_system:
        return queryset
    own = Q(member=actor.user_id)
    colleagues = Q(member__isnull=False) & (_received(actor) | _co_hosted(actor) | _sent_by_manager(actor))
    if not can(actor, "referral.list"):
        return queryset.filter(own | colleagues)
    sent = Q(prescriber=actor.organization_id)
    if not (actor.manager or actor.has(Function.SUPERVISION, Function.COORDINATION)):
        mine = Q(prescriber_user=actor.user_id)
        sent &= mine | Q(prescriber_team_id=None) | Q(prescriber_team_id=actor.team_id)
    supported = supported_people(actor, Beneficiary.objects.all()).values("pk")
    people = sent | _received(actor) | _co_hosted(actor) | Q(sensitive=False, beneficiary__in=supported)
    of_people = Q(beneficiary__isnull=False) & people & ~knows_privately(actor, "beneficiary")
    return queryset.filter(own | colleagues | of_people)


def _received(actor: Actor) -> Q:
    return Q(host=actor.organization_id) if can(actor, "action.design") else Q(pk=None)


def _co_hosted(actor: Actor) -> Q:
    """Who has a seat in what one organises with another; a sensitive action is known to its parties alone."""
    if not can(actor, "action.design"):
        return Q(pk=None)
    here = Session.objects.filter(action__in=co_hosted_by(actor), action__service__sensitive=False)
    return Q(state=EnrolmentState.ENROLLED, sensitive=False, session__in=here.values("pk"))


def knows_the_seat_alone(actor: Actor, one: Enrolment, *, level: str) -> bool:
    """Is it as a co-host alone that the actor knows of an enrolment: who has a seat, who came, and nothing else?

    `level`: the one at which he reads the person.
    """
    party = actor.organization_id in (one.prescriber_id, one.host_id)
    return one.beneficiary_id is not None and not (actor.is_wide or party or level in SUPPORTING)


def co_hosted_by(actor: Actor) -> QuerySet[Any, UUID]:
    """Keys of the actions that the actor's organisation organises with their host."""
    shared = CollectiveAction.co_hosts.through.objects.filter(organization=actor.organization_id)
    return shared.values_list("collectiveaction", flat=True)


def _sent_by_manager(actor: Actor) -> Q:
    return Q(prescriber=actor.organization_id) if actor.manager else Q(pk=None)


@scope(OpenPost)
def posts(actor: Actor, queryset: QuerySet[OpenPost]) -> QuerySet[OpenPost]:
    """Those whose service one sees."""
    return queryset.filter(service__in=visible(actor, Service).values("pk"))


@scope(ActionModel)
def models(actor: Actor, queryset: QuerySet[ActionModel]) -> QuerySet[ActionModel]:
    """Those of one's own organisation, and those shared in the Département."""
    found = queryset.filter(department_id=actor.department_id)
    return found.filter(Q(shared=True) | Q(organization=actor.organization_id))


@rule("model.forget")
def may_forget_model(actor: Actor, model: ActionModel) -> bool:
    """Who kept it, his managers, and moderators."""
    own = model.organization_id == actor.organization_id and (actor.manager or model.created_by_id == actor.user_id)
    return (own and model.department_id == actor.department_id) or can(actor, "service.moderate", model)


@rule("action.design")
def may_design(actor: Actor, organization: Organization | None = None) -> bool:
    """Any agent drafts an action of his own organisation; a moderator, of any. Never `control`."""
    if actor.is_system or actor.has(Function.CONTROL) or actor.membership_id is None:
        return False
    own = organization is None or organization.pk == actor.organization_id
    return (own and (actor.manager or actor.has(*DESIGNING))) or can(actor, "service.moderate")


@rule("action.edit")
def may_edit_action(actor: Actor, action: CollectiveAction) -> bool:
    """Agents of the organisation that hosts it, and moderators."""
    if action.department_id != actor.department_id or action.cancelled_at:
        return False
    own = action.service.organization_id == actor.organization_id and can(actor, "action.design")
    return own or can(actor, "service.moderate", action)


@rule("action.publish")
def may_publish_action(actor: Actor, action: CollectiveAction) -> bool:
    """Managers of the host and moderators; also for calling it off."""
    return may_edit_action(actor, action) and can(actor, "service.edit", action.service)


@rule("session.run")
def may_run_session(actor: Actor, session: Session) -> bool:
    """Say who came, print the sheet: agents of the host, and of the co-hosts unless the action is sensitive."""
    if session.department_id != actor.department_id or not can(actor, "action.design"):
        return False
    service = session.action.service
    if service.organization_id == actor.organization_id:
        return True
    return not service.sensitive and co_hosted_by(actor).filter(collectiveaction=session.action_id).exists()


@rule("session.conclude")
def may_conclude(actor: Actor, session: Session) -> bool:
    """Tell the senders that it is done: agents of the host, to whom the people were referred."""
    here = session.department_id == actor.department_id
    return here and session.action.service.organization_id == actor.organization_id and can(actor, "action.design")


@rule("session.enrol")
def may_enrol(actor: Actor, session: Session | None = None) -> bool:
    """Whoever may entrust people to others (each person is then asked about); see `session.join` for professionals."""
    if session is not None and (session.department_id != actor.department_id or session.action.for_professionals):
        return False
    return can(actor, "referral.compose")


@rule("session.join")
def may_join(actor: Actor, session: Session) -> bool:
    """Any member of the Département's network enrols himself in what is for professionals."""
    here = session.department_id == actor.department_id and actor.membership_id is not None
    return here and session.action.for_professionals


@rule("enrolment.decide")
def may_decide(actor: Actor, enrolment: Enrolment) -> bool:
    """Take a held seat, give one up: who enrolled the person (or himself), and colleagues who see it."""
    if actor.is_system:
        return True
    if enrolment.member_id is not None:
        return enrolment.member_id == actor.user_id
    return enrolment.prescriber_id == actor.organization_id and can(actor, "referral.list")


@rule("enrolment.feedback")
def may_record_feedback(actor: Actor, enrolment: Enrolment) -> bool:
    """The person's words, written down by who enrolled her or who received her; a professional's, by himself."""
    return may_decide(actor, enrolment) or (enrolment.beneficiary_id is not None and may_remove(actor, enrolment))


@rule("enrolment.remove")
def may_remove(actor: Actor, enrolment: Enrolment) -> bool:
    """The host takes somebody off its list."""
    return enrolment.host_id == actor.organization_id and can(actor, "action.design")


@rule("enrolment.offer")
def may_offer(actor: Actor, obj: Any = None) -> bool:
    """Only the product gives freed seats to who waits."""
    return actor.is_system
