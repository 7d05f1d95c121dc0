"""A member, or his manager when he cannot, says when he is away, and who stands in for him."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Invalid
from partners.models import Absence, Membership
from partners.models.members import FOLLOWING

MOST = 20  # absences to come of one member


@transaction.atomic
def declare_absence(
    actor: Actor,
    *,
    starts_on: date,
    ends_on: date,
    stand_in: Membership | None = None,
    member: Membership | None = None,
) -> Absence:
    """Of the acting member in the organisation he acts for, or of a `member` he manages. Raises `Invalid`."""
    require(actor, "absence.declare", member)
    away = member.pk if member else actor.membership_id
    problems = {}
    if ends_on < starts_on:
        problems["ends_on"] = "La fin précède le début."
    elif ends_on < actor.today:
        problems["ends_on"] = "Choisissez une date à venir."
    if stand_in is not None and not possible_stand_ins(actor, member).filter(pk=stand_in.pk).exists():
        problems["stand_in"] = "Choisissez un autre membre de la même organisation."
    if problems:
        raise Invalid("Certaines informations sont à corriger.", fields=problems)
    if visible(actor, Absence).filter(membership=away, ends_on__gte=actor.today).count() >= MOST:
        raise Invalid(f"{MOST} absences à venir sont déjà notées : retirez-en une d'abord.")
    return Absence.objects.create(membership_id=away, stand_in=stand_in, starts_on=starts_on, ends_on=ends_on)


@transaction.atomic
def withdraw_absence(actor: Actor, *, absence: Absence) -> None:
    """He is there after all."""
    require(actor, "absence.declare", absence.membership)
    absence.delete()


def possible_stand_ins(actor: Actor, away: Membership | None = None) -> QuerySet[Membership]:
    """Colleagues of the acting member, or of the one who is away, who follow people; each keeps his own access."""
    colleagues = Membership.objects.filter(
        organization_id=away.organization_id if away else actor.organization_id,
        department_id=actor.department_id,
        active=True,
        user__is_active=True,
        functions__overlap=list(FOLLOWING),
    )
    return colleagues.filter(Q(team=None) | Q(team__sees_people=True)).exclude(
        pk=away.pk if away else actor.membership_id
    )
