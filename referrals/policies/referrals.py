"""Referrals: the sender's gestures, the receiver's gestures, and what the person's referent may read."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet

from hub.core.access import among, can, rule, scope
from hub.core.actor import Actor
from hub.core.compiled import Several
from partners.models import Function
from referrals.models import Beneficiary, Nature, Referral, ReferralState
from referrals.policies.people import SUPPORTING, active_grants, knows_privately, supported_people

ANSWERING = (
    Function.COUNSELLING,
    Function.JOB_DEVELOPMENT,
    Function.RECRUITMENT,
    Function.SOCIAL_WORK,
    Function.COORDINATION,
    Function.SUPERVISION,
    Function.NEEDS,
    Function.NETWORK_LEAD,
)
TAKEN_ON = (ReferralState.ACCEPTED, ReferralState.IN_PROGRESS, ReferralState.PAUSED, ReferralState.COMPLETED)


@scope(Referral)
def referrals_of(actor: Actor, referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """Those one's team sent or received; and, of people one supports, the others' that are not sensitive."""
    return _between(actor, referrals, _of_supported_people).filter(~knows_privately(actor, "beneficiary"))


def referrals_of_page(
    actor: Actor, referrals: QuerySet[Referral], *, people: Several, supported: Several
) -> QuerySet[Referral]:
    """The same, of people known to be visible to the actor, and supported by him: nothing is looked up again."""
    return _between(
        actor,
        referrals.filter(among("beneficiary", people)),
        lambda _: Q(among("beneficiary", supported), sensitive=False, sent_at__isnull=False),
    )


def _between(actor: Actor, referrals: QuerySet[Referral], of_supported: Callable[[Actor], Q]) -> QuerySet[Referral]:
    if actor.is_system:
        return referrals
    if not can(actor, "referral.list"):
        return referrals.none()
    sent = Q(sender_id=actor.organization_id)
    received = Q(receiver_id=actor.organization_id, sent_at__isnull=False)  # a draft withdrawn was never sent
    if not (actor.manager or actor.has(Function.SUPERVISION, Function.COORDINATION)):
        sent &= Q(sender_team=None) | Q(sender_team_id=actor.team_id) | Q(sender_user_id=actor.user_id)
        received &= Q(receiver_team=None) | Q(receiver_team_id=actor.team_id)
    return referrals.filter(sent | received | of_supported(actor))


def _of_supported_people(actor: Actor) -> Q:
    people = supported_people(actor, Beneficiary.objects.filter(pk=OuterRef("beneficiary")))
    return Q(Exists(people), sensitive=False, sent_at__isnull=False)


@rule("referral.list")
def may_list(actor: Actor, _: None = None) -> bool:
    """`control` sees no referral; a team that sees nobody sees none either."""
    return actor.sees_people and actor.has(*ANSWERING)


@rule("referral.compose")
def may_compose(actor: Actor, person: Beneficiary | None = None) -> bool:
    """Whoever works with people may entrust one he sees to another organisation.

    A partner who only received a referral must have taken the person on: before that he may but propose a
    redirection (T31).
    """
    if not may_list(actor) or actor.is_system or not can(actor, "people.list"):
        return False
    if person is None or actor.is_wide:
        return True
    taken_on = Referral.objects.filter(
        beneficiary=person, receiver_id=actor.organization_id, state__in=TAKEN_ON, nature=Nature.PROPOSAL
    )
    return active_grants(actor).filter(beneficiary=person, level__in=SUPPORTING).exists() or taken_on.exists()


def is_sender(actor: Actor, referral: Referral) -> bool:
    return may_list(actor) and referral.sender_id == actor.organization_id


def is_receiver(actor: Actor, referral: Referral) -> bool:
    """The receiving organisation; inside one organisation, the receiving team (or its managers)."""
    if not may_list(actor) or referral.receiver_id != actor.organization_id:
        return False
    if referral.sender_id != referral.receiver_id or actor.manager or actor.has(Function.SUPERVISION):
        return True
    return referral.receiver_team_id in (None, actor.team_id)


@rule("referral.send")
@rule("referral.cancel")
@rule("referral.enter_in_error")
@rule("referral.confirm_redirect")
@rule("referral.acknowledge_outcome")
def may_act_as_sender(actor: Actor, referral: Referral) -> bool:
    return actor.is_system or is_sender(actor, referral)


@rule("referral.answer")
def may_act_as_receiver(actor: Actor, referral: Referral) -> bool:
    return is_receiver(actor, referral)


@rule("referral.maintain")
def may_maintain(actor: Actor, referral: Referral) -> bool:
    """The Département decides on a contested designation."""
    designation = referral.nature == Nature.DESIGNATION and is_sender(actor, referral)
    return designation and can(actor, "track.decide", referral)


@rule("referral.expire")
@rule("referral.offer_link")
def may_run_by_itself(actor: Actor, referral: Referral) -> bool:
    """Only time closes a proposal as unanswered; only the product makes the links that answer without an account."""
    return actor.is_system
