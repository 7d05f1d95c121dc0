"""Saying why somebody is absent from the lists: by hand, or by the application that knows (training, placement)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery

from hub.core.access import require, visible
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.nudge import nudge
from hub.core.topics import touch
from partners.models import Department
from referrals.documents.wording import about_health
from referrals.events import ExplanationsEnded
from referrals.models import (
    AbsenceExplanation,
    Beneficiary,
    EndAnswer,
    EntryState,
    ExplanationKind,
    GapKind,
    RegistrationGap,
    RegistrationStatus,
)
from referrals.models.registration import OPEN_GAP_STATES
from referrals.obligation import obliged_now
from referrals.selectors.explanations import ended_explanations
from referrals.services.gaps import tell_gaps, too_far, touch_gap
from referrals.workflows import GAP

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

    Without `until`, the delay `explained_absence` counts from its start; a year is the most one hand may say. The
    note tells nothing of health. Raises `Invalid`.
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
    elif until and (why := too_far(actor, until)):
        problems["until"] = why
    if ill := about_health(note):
        problems["note"] = ill
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
def keep_explanation(
    actor: Actor, *, person_id: UUID, kind: str, source: str, starts_on: date | None, until: date | None, note: str
) -> None:
    """What an application knows of somebody as it knows it now: one explanation of this `source`, moved with its dates.

    Without `until`, the delay `explained_absence` counts from its start; without `starts_on` there is nothing left to
    explain, and what was said ends yesterday. A new end is a new question.
    """
    require(actor, "absence.explain", Beneficiary(pk=person_id, department_id=actor.department_id))
    former = AbsenceExplanation.objects.filter(beneficiary=person_id, source=source).order_by("-until", "id").first()
    if starts_on is None:
        if former is not None and former.until >= actor.today:
            former.until = max(former.starts_on, actor.today - timedelta(days=1))
            former.save(update_fields=["until"])
        return
    delay = Department.objects.get(pk=actor.department_id).delay("explained_absence")
    ends = max(until or starts_on + timedelta(days=delay), starts_on)
    said = {"kind": kind, "starts_on": starts_on, "until": ends, "note": note.strip()[:300]}
    if former is None or former.until < starts_on:
        AbsenceExplanation.objects.create(
            department_id=actor.department_id, beneficiary_id=person_id, source=source, recorded_at=actor.now, **said
        )
    elif any(getattr(former, name) != value for name, value in said.items()):
        asked = {} if former.until == ends else {"asked_on": None, "answer": "", "answered_on": None}
        for name, value in (said | asked).items():
            setattr(former, name, value)
        former.save(update_fields=[*said, *asked])
    else:
        return
    touch(actor.department_id, "person", person_id)
    touch(actor.department_id, "gaps", actor.department_id)


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


@transaction.atomic
def answer_ended(actor: Actor, *, person: Beneficiary, answer: str) -> AbsenceExplanation:
    """The referent says, once an explanation has ended, that she is registered again, or that it must be checked.

    `registered` waits for the next list to confirm it; `to_check` opens a gap, by the product's own hand (a partner
    cannot). Raises `Invalid`, or `Conflict` when the question is not asked any more.
    """
    require(actor, "absence.explain", person)
    if answer not in EndAnswer.values:
        raise Invalid(fields={"answer": "Choisissez une réponse."})
    asked = ended_explanations(actor, Beneficiary.objects.filter(pk=person.pk)).select_related("registration").first()
    if asked is None:
        raise Conflict("Cette question n'est plus posée : la situation a changé entre-temps.")
    _write_ends(actor, [asked])
    said = AbsenceExplanation.objects.select_for_update().filter(beneficiary=person, until=asked.ended)
    explanation = said.order_by("-recorded_at", "id").first()
    if explanation is None or explanation.answer:
        raise Conflict("Quelqu'un a déjà répondu.")
    explanation.answer, explanation.answered_on, explanation.answered_by_id = answer, actor.today, actor.user_id
    explanation.save(update_fields=["answer", "answered_on", "answered_by"])
    touch(actor.department_id, "person", person.pk)
    if answer == EndAnswer.TO_CHECK:
        nudge("referrals.tasks.open_checks", str(actor.department_id))
    return explanation


@transaction.atomic
def open_checks(actor: Actor) -> list[RegistrationGap]:
    """Open the gaps referents asked for, of people who still must register and have none since; told at once."""
    Department.objects.select_for_update(no_key=True).get(pk=actor.department_id)  # one worker at a time
    gaps = RegistrationGap.objects.filter(beneficiary=OuterRef("pk"))
    wanted = AbsenceExplanation.objects.filter(beneficiary=OuterRef("pk"), answer=EndAnswer.TO_CHECK)
    asked = visible(actor, Beneficiary).filter(obliged_now(actor.today)).annotate(
        since=Subquery(wanted.order_by("-until").values("until")[:1]),
        asked_on=Subquery(wanted.order_by("-until").values("answered_on")[:1]),
    )  # fmt: skip
    due = asked.filter(asked_on__isnull=False).exclude(registration__state=EntryState.REGISTERED)
    due = due.exclude(Exists(gaps.filter(Q(state__in=OPEN_GAP_STATES) | Q(opened_at__date__gte=OuterRef("asked_on")))))
    opened = [_open_check(actor, person) for person in due.select_related("registration").order_by("pk")[:MOST_ASKED]]
    tell_gaps(actor, opened)
    for gap in opened:
        touch_gap(actor, gap)
    return opened


def _open_check(actor: Actor, person: Any) -> RegistrationGap:
    known = RegistrationStatus.objects.filter(beneficiary=person).exists()
    gap = RegistrationGap.objects.create(
        department_id=actor.department_id,
        beneficiary=person,
        kind=GapKind.NOT_REREGISTERED if known else GapKind.NEVER_REGISTERED,
        month=person.since.replace(day=1),
        opened_at=actor.now,
    )
    GAP.record(gap, "open", by=actor, source="open")
    return gap


def _remember(actor: Actor, people: list[Any]) -> None:
    """`people` carry `ended`, the end asked about."""
    _write_ends(actor, people)
    ends = AbsenceExplanation.objects.filter(beneficiary__in=people, until__lt=actor.today)
    ends.filter(asked_on=None).update(asked_on=actor.today)


def _write_ends(actor: Actor, people: list[Any]) -> None:
    """The end of an exit a list told becomes an explanation like the others, so that what is said of it is kept."""
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
