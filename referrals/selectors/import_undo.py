"""Taking an import back, as its pages show it: what would happen before it is confirmed, what stayed afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_date

from hub.core.access import can, visible
from hub.core.actor import Actor
from partners.models import Commune, ImportJob
from partners.models.files import ImportKind, ImportState
from partners.services.undo import may_still_undo
from referrals.models import Beneficiary, GapState, RegistrationGap, RegistrationList
from referrals.models.registration import OPEN_GAP_STATES
from referrals.selectors.gaps import JOINED, GapLine, today_lines
from referrals.selectors.known import CLOSED, Known, known_people
from referrals.services.people_undo import Left, left_of, preview_undo
from referrals.services.reconciliation.undo import changed_since, following_list

MOST_LINES = 100
WHERE_SHE_LIVES = ("address", "postcode", "city", "commune_id")
LABELS = {"track": "orientation et référent", "nir": "numéro de sécurité sociale", "": "tout le dossier"}
BOOLEANS = {"true": "oui", "false": "non"}


@dataclass(frozen=True, slots=True)
class LeftLine:
    """One field that stays (no values: a whole file, a track, a number, or somebody one may not read), and why."""

    name: str
    person_id: UUID | None
    label: str
    why: str
    before: str = ""
    written: str = ""
    present: str = ""


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What taking an import back would do.

    Of a list: gaps; `later` must be taken back first, `gaps_left` changed since. Of a file of people: how many go away,
    go back, keep something, and what.
    """

    opened: int = 0
    closed: int = 0
    changed: int = 0
    gaps_left: list[GapLine] = field(default_factory=list)
    in_charge: list[GapLine] = field(default_factory=list)  # somebody works on them: withdrawn all the same
    later: ImportJob | None = None
    removed: int = 0
    restored: int = 0
    left: int = 0
    lines: list[LeftLine] = field(default_factory=list)


OF_OFFERS = (ImportKind.DIRECTORY, ImportKind.TRAININGS)  # what they did is said in words: it names nobody


def may_undo_now(actor: Actor, job: ImportJob) -> bool:
    """May this actor take this applied import back, within its days?"""
    return job.state == ImportState.APPLIED and can(actor, "import.undo", job) and may_still_undo(actor, job)


def undo_preview(actor: Actor, job: ImportJob) -> UndoPreview:
    """What would happen, as things are. Raises `Conflict` for a file whose writing was not remembered."""
    if job.kind in OF_OFFERS:
        return UndoPreview()
    if job.kind != ImportKind.REGISTRATION:
        found = preview_undo(job, most=MOST_LINES)
        lines = _lines(actor, found.lines)
        return UndoPreview(removed=found.removed, restored=found.restored, left=found.left, lines=lines)
    applied = RegistrationList.objects.get(job=job)
    later = following_list(applied)
    return UndoPreview(
        opened=RegistrationGap.objects.filter(opened_by_list=applied, state__in=OPEN_GAP_STATES).count(),
        closed=RegistrationGap.objects.filter(closed_by_list=applied, state__in=("resolved", "lapsed")).count(),
        changed=job.counts.get("gaps_changed", 0),
        gaps_left=_gaps_left(actor, applied),
        in_charge=_in_charge(actor, applied, OPEN_GAP_STATES),
        later=later.job if later else None,
    )


def gaps_after_undo(actor: Actor, job: ImportJob) -> tuple[list[GapLine], list[GapLine]]:
    """Of a list taken back, for whoever reads its lines: the gaps that stay since they changed, those withdrawn though
    somebody had taken charge of them."""
    undone = job.state == ImportState.UNDONE and job.kind == ImportKind.REGISTRATION
    if not undone or not can(actor, "import.rows", job):
        return [], []
    applied = RegistrationList.objects.get(job=job)
    return _gaps_left(actor, applied), _in_charge(actor, applied, (GapState.VOID,))


def _gaps_left(actor: Actor, applied: RegistrationList) -> list[GapLine]:
    left = visible(actor, RegistrationGap).filter(pk__in=changed_since(applied))
    return today_lines(actor, left.select_related(*JOINED)[:MOST_LINES])


def _in_charge(actor: Actor, applied: RegistrationList, states: Iterable[str]) -> list[GapLine]:
    taken = visible(actor, RegistrationGap).filter(opened_by_list=applied, state__in=states).exclude(in_charge=None)
    return today_lines(actor, taken.select_related(*JOINED)[:MOST_LINES])


def left_lines(actor: Actor, job: ImportJob) -> list[LeftLine]:
    """What stayed when a file of people was taken back, for whoever reads its lines."""
    undone = job.state == ImportState.UNDONE and can(actor, "import.rows", job)
    return _lines(actor, left_of(job, most=MOST_LINES)) if undone else []


def _lines(actor: Actor, left: list[Left]) -> list[LeftLine]:
    known = known_people(actor, (one.person_id for one in left))
    communes = _communes(left)
    return [_line(one, known.get(one.person_id), communes) for one in left]


def _line(one: Left, known: Known | None, communes: dict[str, str]) -> LeftLine:
    label = LABELS.get(one.field) or str(_model_field(one.field).verbose_name)
    if known is None:
        return LeftLine(CLOSED, None, label, one.why)
    values = ["", "", ""] if one.field in LABELS else [
        _shown(one.field, value, communes) for value in (one.before, one.written, one.present)
    ]  # fmt: skip
    if known.person.confidential_address and one.field in WHERE_SHE_LIVES:
        values = ["confidentielle"] * 3
    return LeftLine(known.name, one.person_id, label, one.why, *values)


def _shown(name: str, value: str | None, communes: dict[str, str]) -> str:
    if not value:
        return "vide"
    if name == "commune_id":
        return communes.get(value, value)
    day = parse_date(value) if _model_field(name).get_internal_type() == "DateField" else None
    choices = dict(_model_field(name).flatchoices)
    return f"{day:%d/%m/%Y}" if day else str(choices.get(value) or BOOLEANS.get(value, value))


def _communes(left: Iterable[Left]) -> dict[str, str]:
    codes = {value for one in left if one.field == "commune_id" for value in (one.before, one.written, one.present)}
    return {commune.pk: str(commune) for commune in Commune.objects.filter(pk__in=codes - {None})} if codes else {}


def _model_field(name: str) -> Any:
    return next(one for one in Beneficiary._meta.concrete_fields if one.attname == name)
