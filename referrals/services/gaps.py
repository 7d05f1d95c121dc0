"""What people do about a registration gap, by hand (domain §5); lists open and close them in `reconciliation`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.dates import add_months
from hub.core.errors import Conflict, Invalid
from hub.core.events import emit
from hub.core.topics import touch
from referrals.events import GapsChanged
from referrals.models import GapClosing, RegistrationGap
from referrals.models.registration import OPEN_GAP_STATES
from referrals.workflows import GAP

JUSTIFICATIONS = (
    GapClosing.EMPLOYMENT,
    GapClosing.TRAINING,
    GapClosing.EXEMPTED,
    GapClosing.ERROR,
    GapClosing.OTHER,
)
LONGEST = 12  # months: past them somebody looks again, or the person would be out of everybody's sight for good


@transaction.atomic
def acknowledge_gap(actor: Actor, *, gap: RegistrationGap) -> RegistrationGap:
    """Say that it was read."""
    require(actor, "gap.handle", gap)
    GAP.perform(gap, "acknowledge", by=actor)
    return _changed(actor, gap, tell=False)


@transaction.atomic
def take_charge_of_gap(actor: Actor, *, gap: RegistrationGap) -> RegistrationGap:
    """One visible name acts next."""
    require(actor, "gap.handle", gap)
    GAP.perform(gap, "take_charge", by=actor, in_charge_id=actor.user_id, in_charge_team_id=actor.team_id)
    return _changed(actor, gap, tell=False)


@transaction.atomic
def resolve_gap(actor: Actor, *, gap: RegistrationGap, note: str) -> RegistrationGap:
    """Registered, with the proof seen (`note` says which). Raises `Invalid` without it."""
    require(actor, "gap.handle", gap)
    if not note.strip():
        raise Invalid("Indiquez le justificatif vu.", fields={"note": "Indiquez le justificatif vu."})
    GAP.perform(
        gap,
        "resolve",
        by=actor,
        note=note,
        closed_at=actor.now,
        closing=GapClosing.PROVEN,
        closing_note=note.strip()[:300],
    )
    return _changed(actor, gap)


@transaction.atomic
def justify_gap(
    actor: Actor, *, gap: RegistrationGap, closing: str, until: date, note: str = "", tell: bool = True
) -> RegistrationGap:
    """The absence is justified until a day, at most a year away; no list reopens it before. Raises `Invalid`.

    Without `tell` the caller tells later.
    """
    require(actor, "gap.handle", gap)
    problems = {}
    if closing not in JUSTIFICATIONS:
        problems["closing"] = "Choisissez dans la liste."
    if until <= actor.today:
        problems["until"] = "Choisissez une date à venir."
    elif why := too_far(actor, until):
        problems["until"] = why
    if problems:
        raise Invalid("Certaines informations sont à corriger.", fields=problems)
    GAP.perform(
        gap,
        "justify",
        by=actor,
        note=note,
        closed_at=actor.now,
        closing=closing,
        closing_note=note.strip()[:300],
        justified_until=until,
    )
    return _changed(actor, gap, tell=tell)


def too_far(actor: Actor, until: date) -> str:
    """Why an absence is not justified nor explained by hand until that day; '' when it may be."""
    last = add_months(actor.today, LONGEST)
    return f"Douze mois au plus : le {last:%d/%m/%Y} au plus tard." if until > last else ""


@transaction.atomic
def reopen_gap(actor: Actor, *, gap: RegistrationGap, note: str = "") -> RegistrationGap:
    """It was closed by mistake. Raises `Conflict` when another gap of the person is open since."""
    require(actor, "gap.handle", gap)
    others = RegistrationGap.objects.filter(beneficiary=gap.beneficiary_id, state__in=OPEN_GAP_STATES)
    if others.exclude(pk=gap.pk).exists():
        raise Conflict("Une vérification plus récente est déjà ouverte pour cette personne.")
    GAP.perform(gap, "reopen", by=actor, note=note, closed_at=None, closing="", closing_note="", justified_until=None)
    return _changed(actor, gap)


def lapse_gaps(
    actor: Actor, *, beneficiary_ids: Iterable[UUID], closing: str, silent: bool = False, job_id: UUID | None = None
) -> None:
    """Close open gaps that have no object any more (rights closed, social track, death); never counted as resolved.

    `job_id`: the file that says so, told with it.
    """
    gaps = RegistrationGap.objects.filter(beneficiary__in=list(beneficiary_ids), state__in=OPEN_GAP_STATES)
    closed = []
    for gap in gaps:
        GAP.perform(gap, "lapse", by=actor, closed_at=actor.now, closing=closing)
        closed.append(gap)
    if not silent:
        tell_gaps(actor, closed, job_id=job_id)


def touch_gap(actor: Actor, gap: RegistrationGap) -> None:
    """Open pages that show it look again."""
    touch(actor.department_id, "gap", gap.pk)
    touch(actor.department_id, "person", gap.beneficiary_id)
    touch(actor.department_id, "gaps", actor.department_id)


def _changed(actor: Actor, gap: RegistrationGap, *, tell: bool = True) -> RegistrationGap:
    touch_gap(actor, gap)
    if tell:
        tell_gaps(actor, [gap])
    return gap


def tell_gaps(actor: Actor, gaps: list[RegistrationGap], *, job_id: UUID | None = None) -> None:
    """Whoever follows these gaps is told once, together."""
    if gaps:
        ids = tuple(gap.pk for gap in gaps)
        emit(GapsChanged(department_id=actor.department_id, by_id=actor.user_id, gap_ids=ids, job_id=job_id))
