"""Saying why somebody is absent from the lists: by hand, or by the application that knows (training, placement)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.topics import touch
from partners.models import Department
from referrals.models import AbsenceExplanation, Beneficiary, ExplanationKind


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
