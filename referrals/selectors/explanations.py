"""What the hub already knows of an absence, for lists, triage and summonses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from hub.core.actor import Actor
from referrals.models import AbsenceExplanation, Beneficiary, RegistrationExemption, RegistrationStatus


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


def known_of(actor: Actor, people: Iterable[Beneficiary], *, sees: bool) -> dict[UUID, list[str]]:
    """What the hub already knows that explains each absence; what a list told, without its motive unless `sees`."""
    found = list(people)
    ids = [person.pk for person in found]
    exempted = _exemptions(ids, actor.today)
    explained = explanations_of(ids, actor.today)
    return {
        person.pk: [
            *_said([exempted.get(person.pk), explained.get(person.pk)]),
            *_listed(person, actor.today, sees=sees),
        ]
        for person in found
    }


def _said(known: Iterable[RegistrationExemption | AbsenceExplanation | None]) -> list[str]:
    sentences = []
    for one in known:
        if isinstance(one, RegistrationExemption):
            sentences.append(f"Dispensée jusqu'au {one.until:%d/%m/%Y} : {one.get_reason_display().lower()}")
        elif one:
            sentences.append(f"{one} : {one.note}" if one.note else str(one))
    return sentences


def _listed(person: Beneficiary, today: date, *, sees: bool) -> list[str]:
    try:
        status = person.registration
    except RegistrationStatus.DoesNotExist:
        return []
    if not status.explained_until or status.explained_until < today:
        return []
    why = f" : {status.motive.lower()}" if sees and status.motive else ""
    return [f"Absence expliquée jusqu'au {status.explained_until:%d/%m/%Y}{why}"]


def _exemptions(ids: list[UUID], today: date) -> dict[UUID, RegistrationExemption]:
    found = RegistrationExemption.objects.filter(beneficiary__in=ids, until__gte=today).order_by("until")
    return {one.beneficiary_id: one for one in found}
