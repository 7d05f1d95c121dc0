"""Candidacies: whoever positions, the body that answers, and who supports the person; nobody else."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from collective_actions.models import Candidacy
from collective_actions.models.candidacies import Origin
from hub.core.access import can, rule, scope
from hub.core.actor import Actor
from referrals.models import Beneficiary
from referrals.policies.people import active_grants, knows_privately, supported_people


@rule("candidacy.create")
def may_position(actor: Actor, person: Beneficiary | None = None) -> bool:
    """As referrals: it is one."""
    return can(actor, "referral.compose", person)


@rule("candidacy.answer")
def may_answer(actor: Actor, candidacy: Candidacy) -> bool:
    """The body says what came of it; of an application of her own, whoever noted it."""
    side = candidacy.organization_id if candidacy.origin == Origin.SELF else candidacy.receiver_id
    return can(actor, "referral.list") and side == actor.organization_id


@rule("candidacy.withdraw")
def may_withdraw(actor: Actor, candidacy: Candidacy) -> bool:
    return can(actor, "referral.list") and candidacy.organization_id == actor.organization_id


@rule("training.figures")
def may_read_figures(actor: Actor, obj: None = None) -> bool:
    """How many people enter training, for the Département."""
    return actor.is_wide and can(actor, "people.list")


@scope(Candidacy)
def candidacies(actor: Actor, queryset: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
    """Those one's organisation made, those it answers while the file is open to it, those of people it supports."""
    if actor.is_system:
        return queryset
    if not can(actor, "referral.list"):
        return queryset.none()
    mine = Q(organization=actor.organization_id)
    granted = active_grants(actor).filter(beneficiary=OuterRef("beneficiary"))
    received = Q(Exists(granted), receiver=actor.organization_id)
    followed = Q(Exists(supported_people(actor, Beneficiary.objects.filter(pk=OuterRef("beneficiary")))))
    return queryset.filter(mine | received | followed).filter(~knows_privately(actor, "beneficiary"))
