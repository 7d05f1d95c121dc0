"""A person as machines read her: what `disclose` opens at her level, in codes and ids instead of French words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from hub.core.access import can, visible
from hub.core.actor import Actor
from hub.core.rest.fields import reference, represent
from referrals.disclosure import disclose, level_of, levels_of, reaches
from referrals.models import AssignmentKind, Beneficiary, Level, RegistrationGap, SupportAssignment, TrackDecision
from referrals.models.registration import OPEN_GAP_STATES
from referrals.selectors.known import known_people
from referrals.serializers.gaps import TO_CHECK
from referrals.serializers.people import BeneficiaryOutput, CardOutput

_CODES: dict[str, Callable[[Beneficiary], Any]] = {
    "sex": lambda person: person.sex,
    "territory": lambda person: reference(person.territory),
    "commune": lambda person: {"insee": person.commune.pk, "name": person.commune.name} if person.commune else None,
}


def opened(person: Beneficiary, level: str) -> dict[str, Any]:
    """The fields this level opens, with codes (territory and commune must be joined)."""
    fields = disclose(person, level)
    return {"level": level} | fields | {name: code(person) for name, code in _CODES.items() if name in fields}


def files(actor: Actor, people: Iterable[Beneficiary]) -> list[dict[str, Any]]:
    """Rows of a list of people."""
    rows = list(people)
    levels = levels_of(actor, [person.pk for person in rows])
    return [represent(BeneficiaryOutput, opened(person, levels.get(person.pk, Level.MINIMAL))) for person in rows]


def whole(actor: Actor, person: Beneficiary) -> dict[str, Any]:
    """One file, with the pathway for those who support the person."""
    level = level_of(actor, person)
    fields = opened(person, level)
    if reaches(level, Level.SUPPORT):
        fields["pathway"] = _pathway(actor, person)
    return represent(BeneficiaryOutput, fields)


def cards(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The people of a page of referrals or gaps whose file is open to the actor."""
    return {pk: represent(CardOutput, opened(one.person, one.level)) for pk, one in known_people(actor, ids).items()}


def card_whole(actor: Actor, person_id: UUID) -> dict[str, Any] | None:
    """Everything the level opens of one person, or null when her file is closed to the actor."""
    one = known_people(actor, [person_id]).get(person_id)
    return represent(BeneficiaryOutput, opened(one.person, one.level)) if one else None


def opened_whole(actor: Actor, person: Beneficiary) -> dict[str, Any]:
    """The same of a person the actor's scope has just given (territory and commune must be joined)."""
    return represent(BeneficiaryOutput, opened(person, level_of(actor, person)))


def gap_kind(actor: Actor, gap: RegistrationGap) -> str:
    """The kind, or only that it is to be checked: to hide some kinds alone would tell them."""
    return gap.kind if can(actor, "gap.motive", gap) else TO_CHECK


def _pathway(actor: Actor, person: Beneficiary) -> dict[str, Any]:
    decision = visible(actor, TrackDecision).filter(beneficiary=person, ended_on=None, voided_at=None).first()
    assignment = (
        visible(actor, SupportAssignment)
        .filter(beneficiary=person, ends_on=None, kind=AssignmentKind.SINGLE_REFERENT)
        .select_related("organization", "team", "referent")
        .first()
    )
    gap = visible(actor, RegistrationGap).filter(beneficiary=person, state__in=OPEN_GAP_STATES).first()
    return {
        "track": decision.track if decision else None,
        "effective_on": decision.effective_on if decision else None,
        "referent_organization": reference(assignment.organization if assignment else None),
        "referent_team": reference(assignment.team if assignment else None),
        "referent": reference(assignment.referent if assignment else None),
        "open_gap": {"id": gap.pk, "kind": gap_kind(actor, gap), "state": gap.state} if gap else None,
    }
