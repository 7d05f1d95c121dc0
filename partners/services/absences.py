"""A member says when he is away, and who stands in for him."""

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
def declare_absence(actor: Actor, *, starts_on: date, ends_on: date, stand_in: Membership | None = None) -> Absence:
    """Of the acting member, in the organisation he acts for. Raises `Invalid`."""
    require(actor, "absence.declare")
    problems = {}
    if ends_on < starts_on:
        problems["ends_on"] = "La fin précède le début."
    elif ends_on < actor.today:
        problems["ends_on"] = "Choisissez une date à venir."
    if stand_in is not None and not possible_stand_ins(actor).filter(pk=stand_in.pk).exists():
        problems["stand_in"] = "Choisissez un collègue de votre organisation."
    if problems:
        raise Invalid("Certaines informations sont à corriger.", fields=problems)
    if visible(actor, Absence).filter(ends_on__gte=actor.today).count() >= MOST:
        raise Invalid(f"Vous avez déjà noté {MOST} absences à venir : retirez-en une d'abord.")
    return Absence.objects.create(
        membership_id=actor.membership_id, stand_in=stand_in, starts_on=starts_on, ends_on=ends_on
    )


@transaction.atomic
def withdraw_absence(actor: Actor, *, absence: Absence) -> None:
    """He is there after all."""
    require(actor, "absence.declare")
    absence.delete()


def possible_stand_ins(actor: Actor) -> QuerySet[Membership]:
    """Colleagues who follow people; each keeps his own access."""
    colleagues = Membership.objects.filter(
        organization_id=actor.organization_id,
        department_id=actor.department_id,
        active=True,
        user__is_active=True,
        functions__overlap=list(FOLLOWING),
    )
    return colleagues.filter(Q(team=None) | Q(team__sees_people=True)).exclude(pk=actor.membership_id)
