"""Saying why somebody is absent from the lists: by hand, or by the application that knows (training, placement)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.events import emit
from hub.core.topics import touch
from partners.models import Department
from referrals.events import ExplanationsEnded
from referrals.models import AbsenceExplanation, Beneficiary, ExplanationKind
from referrals.selectors.explanations import ended_explanations

MOST_ASKED = 2_000  # people asked about in one hour; the others wait for the next


@transaction.atomic
def explain_absence(
    actor: Actor,
    *,
    person: Beneficiary,
    kind: str,
    starts_on: date | None = None,
    until: date | None = None,
    note: str = "",
    source: str = "hand",
) -> AbsenceExplanation:
    """No absence gap opens while it lasts; an open gap shows it and comes last until the next list closes it.

    Without `until`, the delay `explained_absence` counts from its start. Raises `Invalid`.
    """
    require(actor, "absence.explain", person)
    begins = starts_on or actor.today
    delay = Department.objects.get(pk=actor.department_id).delay("explained_absence")
    ends = until or begins + timedelta(days=delay)
    problems = {}
    if kind not in ExplanationKind.values:
        problems["kind"] = "Choisissez dans la liste."
    if ends < begins or ends < actor.today:
        problems["until"] = "Choisissez une date à venir."
    if problems:
        raise Invalid("Certaines informations sont à corriger.", fields=problems)
    explanation = AbsenceExplanation.objects.create(
        department_id=actor.department_id,
        beneficiary=person,
        kind=kind,
        starts_on=begins,
        until=ends,
        note=note.strip()[:300],
        source=source,
        recorded_by_id=actor.user_id,
        recorded_at=actor.now,
    )
    touch(actor.department_id, "person", person.pk)
    touch(actor.department_id, "gaps", actor.department_id)
    return explanation


@transaction.atomic
def ask_about_ended(actor: Actor) -> list[Beneficiary]:
    """Put each end of an explanation as a question to the referent, once: what is written first is that it was asked.

    The end of a benign exit told by a list becomes an explanation of source `list`, so that it is remembered too.
    """
    Department.objects.select_for_update(no_key=True).get(pk=actor.department_id)  # one worker at a time
    asked = AbsenceExplanation.objects.filter(beneficiary=OuterRef("pk"), asked_on__isnull=False)
    due = ended_explanations(actor, visible(actor, Beneficiary)).exclude(Exists(asked.filter(until=OuterRef("ended"))))
    found = list(due.select_related("registration").order_by("pk")[:MOST_ASKED])
    if found:
        _remember(actor, found)
        ids = tuple(person.pk for person in found)
        emit(ExplanationsEnded(department_id=actor.department_id, beneficiary_ids=ids, on=actor.today))
    return found


def _remember(actor: Actor, people: list[Any]) -> None:
    """`people` carry `ended`, the end asked about."""
    written = AbsenceExplanation.objects.filter(beneficiary__in=people, until__lt=actor.today)
    known = set(written.values_list("beneficiary", "until"))
    AbsenceExplanation.objects.bulk_create(
        AbsenceExplanation(
            department_id=actor.department_id,
            beneficiary=person,
            kind=ExplanationKind.OTHER,
            starts_on=min(person.registration.since, person.ended),
            until=person.ended,
            source="list",
            recorded_at=actor.now,
        )
        for person in people
        if (person.pk, person.ended) not in known
    )
    written.filter(asked_on=None).update(asked_on=actor.today)
