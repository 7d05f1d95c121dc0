"""What the hub already knows of an absence, for lists, triage and summonses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest

from hub.core.access import visible
from hub.core.actor import Actor
from referrals.imports.codes import exit_meaning
from referrals.models import (
    AbsenceExplanation,
    AssignmentKind,
    Beneficiary,
    EndAnswer,
    EntryState,
    ExplanationKind,
    RegistrationExemption,
    RegistrationGap,
    RegistrationStatus,
    SupportAssignment,
)
from referrals.models.registration import OPEN_GAP_STATES
from referrals.obligation import obliged_now

EXIT_KINDS = {  # families of ordinary exits (`imports.codes`)
    "job": ExplanationKind.JOB,
    "training": ExplanationKind.TRAINING,
    "move": ExplanationKind.MOVE,
    "unavailable": ExplanationKind.UNAVAILABLE,
}


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


def ended_explanations(actor: Actor, people: QuerySet[Beneficiary]) -> QuerySet[Any]:
    """Those of `people` whose explained absence has ended (`ended`: the day), still obliged and not registered.

    An answer ends the question: what the referent says, a new explanation, an exemption, a list that shows her, or a
    gap opened since.
    """
    today = actor.today
    said = AbsenceExplanation.objects.filter(beneficiary=OuterRef("pk"), until__lt=today).order_by("-until")
    listed = Case(When(registration__explained_until__lt=today, then=F("registration__explained_until")))
    gaps = RegistrationGap.objects.filter(beneficiary=OuterRef("pk"))
    asked_elsewhere = Q(state__in=OPEN_GAP_STATES) | Q(justified_until__gte=today)
    return (
        people.filter(obliged_now(today))
        .exclude(registration__state=EntryState.REGISTERED)
        .exclude(explained_now(today, "pk"))
        .annotate(ended=Greatest(Subquery(said.values("until")[:1]), listed))
        .filter(ended__isnull=False)
        .exclude(Exists(said.exclude(answer="").filter(until=OuterRef("ended"))))
        .exclude(Exists(gaps.filter(asked_elsewhere | Q(opened_at__date__gt=OuterRef("ended")))))
    )


def asked_about(actor: Actor, person: Beneficiary) -> bool:
    """Has an explanation of this person ended, with nobody's answer yet?"""
    return ended_explanations(actor, visible(actor, Beneficiary).filter(pk=person.pk)).exists()


def answers_of(person: Beneficiary) -> list[str]:
    """The referent's latest answer, while no list has confirmed it: registered again."""
    said = person.explanations.filter(answer=EndAnswer.REGISTERED).order_by("-answered_on").first()
    if said is None or said.answered_on is None:
        return []
    status = RegistrationStatus.objects.filter(beneficiary=person).first()
    if status and status.last_listed and status.last_listed >= said.answered_on.replace(day=1):
        return []
    return [f"Réinscrite, dit le référent le {said.answered_on:%d/%m/%Y} : la prochaine liste le confirmera"]


def my_ended_explanations(actor: Actor) -> QuerySet[Any]:
    """Questions put to this actor: his people, his team's when nobody is named, else the manager's."""
    followed = SupportAssignment.objects.filter(
        beneficiary=OuterRef("pk"), ends_on=None, kind=AssignmentKind.SINGLE_REFERENT,
        organization=actor.organization_id,
    )  # fmt: skip
    mine = Q(referent=actor.user_id)
    if actor.team_id:
        mine |= Q(referent=None, team=actor.team_id)
    if actor.manager:
        mine |= Q(referent=None, team=None)
    people = visible(actor, Beneficiary).filter(Exists(followed.filter(mine)))
    return ended_explanations(actor, people).order_by("ended", "pk")


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
    kind = _kind_of(status) if sees else ExplanationKind.OTHER
    why = f" : {status.motive.lower()}" if sees and status.motive else ""
    return [f"{kind.label} jusqu'au {status.explained_until:%d/%m/%Y}{why}"]


def _kind_of(status: RegistrationStatus) -> ExplanationKind:
    """By its code, else by its words: most codes of ordinary exits say nothing more."""
    meanings = (exit_meaning(status.code, status.motive), exit_meaning(None, status.motive))
    kinds = [EXIT_KINDS[one.family] for one in meanings if one and one.family in EXIT_KINDS]
    return kinds[0] if kinds else ExplanationKind.OTHER


def _exemptions(ids: list[UUID], today: date) -> dict[UUID, RegistrationExemption]:
    found = RegistrationExemption.objects.filter(beneficiary__in=ids, until__gte=today).order_by("until")
    return {one.beneficiary_id: one for one in found}
