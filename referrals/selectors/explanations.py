"""What the hub already knows of an absence, for lists, triage and summonses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from referrals.models import AbsenceExplanation, RegistrationExemption


def explained_now(today: date, person: str = "beneficiary") -> Q:
    """Is the absence of the person in the field `person` explained today, by a list, by hand or by an exemption?"""
    exempted = RegistrationExemption.objects.filter(beneficiary=OuterRef(person), until__gte=today)
    said = AbsenceExplanation.objects.filter(beneficiary=OuterRef(person), starts_on__lte=today, until__gte=today)
    registration = "registration" if person == "pk" else f"{person}__registration"
    return Q(Exists(exempted)) | Q(Exists(said)) | Q(**{f"{registration}__explained_until__gte": today})


def explanations_of(people: Iterable[UUID], today: date) -> dict[UUID, AbsenceExplanation]:
    """The explanation in force of each of these people that lasts longest."""
    found = AbsenceExplanation.objects.filter(beneficiary__in=list(people), starts_on__lte=today, until__gte=today)
    return {one.beneficiary_id: one for one in found.order_by("until")}
