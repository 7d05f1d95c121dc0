"""Many letters in one PDF: asked for, made by the worker with the asker's own rights, erased after a day.

Two transactions: one says that the work begins (and gives up after three), one does all of it. A worker killed in
between leaves the batch waiting, and the sweep takes it again; its file has one place, written over.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from hub.core.access import can, require, visible
from hub.core.actor import Actor
from hub.core.bulk import bulk_insert
from hub.core.errors import Conflict, Invalid
from hub.core.gate import tenant
from hub.core.nudge import nudge
from hub.core.topics import touch
from partners.actors import actor_from
from partners.models import Membership
from referrals.channels import may_be_written_to
from referrals.documents.letter import letter_pdf
from referrals.models import (
    Appointment,
    AppointmentState,
    BatchState,
    Beneficiary,
    Letter,
    LetterBatch,
    LetterKind,
    Summons,
)
from referrals.services.letters.writing import JOINED, current_template, draft, letter_from, unkind_of, why_not

TASK = "referrals.tasks.make_letters"
MOST, ATTEMPTS = 500, 3
KEPT = timedelta(hours=24)
SECOND = Q(campaign__follows__isnull=False)
NOT_YOURS = "Vous ne pouvez pas écrire à cette personne."
CHANGED = "La situation d'une personne a changé depuis : demandez de nouveau ces courriers."
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The letters to post, not saved yet, and why the others are not among them."""

    letters: list[Letter]
    held: list[dict[str, str]]


@transaction.atomic
def order_letters(actor: Actor, *, appointments: Sequence[UUID], kind: str = "") -> LetterBatch:
    """Ask for the letters of these appointments (at most 500, those one sees); without `kind`, what suits each.

    Raises `Invalid` when there is none, or too many.
    """
    require(actor, "appointment.list")
    if kind and kind not in LetterKind.values:
        raise Invalid("Choisissez un modèle de la liste.")
    if len(appointments) > MOST:
        raise Invalid(f"{MOST} courriers au plus à la fois : choisissez moins de rendez-vous.", code="too_many")
    seen = visible(actor, Appointment).filter(pk__in=list(appointments)).order_by("starts_at", "pk")
    ids = list(seen.values_list("pk", flat=True))
    if not ids:
        raise Invalid("Choisissez au moins un rendez-vous.", code="nobody")
    batch = LetterBatch.objects.create(
        department_id=actor.department_id,
        made_by_id=actor.user_id,
        membership_id=actor.membership_id,
        kind=kind,
        appointments=ids,
        key=secrets.token_urlsafe(32),
        made_at=actor.now,
        expires_at=actor.now + KEPT,
    )
    nudge(TASK, str(actor.department_id), str(batch.pk))
    return batch


def letters_of(actor: Actor, appointments: Sequence[Appointment], *, kind: str = "") -> Bundle:
    """The letters to post about these appointments (`JOINED`), and what holds the others back."""
    people = visible(actor, Beneficiary).in_bulk([one.beneficiary_id for one in appointments])
    rows = Letter.objects.filter(appointment__in=appointments).order_by("made_at")
    told = {one: (at, known) for one, at, known in rows.values_list("appointment", "told_at", "kind")}
    second = set(Summons.objects.filter(SECOND, appointment__in=appointments).values_list("appointment", flat=True))
    templates = {one.value: current_template(actor, one) for one in LetterKind}
    letters, held = [], []
    for one in appointments:
        chosen = _kind(kind, one, told=told.get(one.pk), second=one.pk in second)
        person = people.get(one.beneficiary_id)
        why = _why_held(actor, one, person, chosen)
        if why or person is None:
            held.append({"appointment": str(one.pk), "why": why})
            continue
        made = draft(actor, one, person, kind=chosen, template=templates[chosen])
        if made.in_hand:
            held.append({"appointment": str(one.pk), "why": made.in_hand})
        else:
            letters.append(letter_from(actor, one, made))
    return Bundle(letters, held)


def make_batch(department_id: UUID, batch_id: UUID, *, now: datetime | None = None) -> None:
    """Write the letters of a batch, keep each, put their pages where its asker finds them."""
    membership = _begin(department_id, batch_id, now)
    if membership is None:
        return
    with tenant(actor_from(membership, now or datetime.now(UTC))) as actor:
        batch = _waiting(batch_id)
        if batch is not None:
            _make(actor, batch)


def batch_file(actor: Actor, batch: LetterBatch) -> bytes:
    """The PDF. Raises `Conflict` while it is not there, or when somebody in it may no longer be written to."""
    if batch.state != BatchState.READY or batch.expires_at <= actor.now:
        raise Conflict("Ces courriers ne sont plus là, ou pas encore.", code="no_letters")
    posted = set(batch.appointments) - {UUID(one["appointment"]) for one in batch.held}
    coming = Appointment.objects.filter(pk__in=posted, state=AppointmentState.PLANNED)
    people = Beneficiary.objects.filter(pk__in=coming.values("beneficiary"))
    if coming.count() != batch.posted or not all(map(may_be_written_to, people)):
        raise Conflict(CHANGED, code="changed_since")
    return path_of(batch).read_bytes()


def erase_expired(actor: Actor) -> int:
    """Erase the files whose time is over; the letters themselves stay, word for word."""
    over = LetterBatch.objects.filter(expires_at__lte=actor.now).exclude(state=BatchState.EXPIRED)
    found = list(over.select_for_update(skip_locked=True)[:100])
    for batch in found:
        path_of(batch).unlink(missing_ok=True)
        _move(batch, BatchState.EXPIRED)
    return len(found)


def waiting_batches(actor: Actor) -> list[UUID]:
    """What the product has still to make."""
    return list(LetterBatch.objects.filter(state=BatchState.WAITING).values_list("pk", flat=True)[:20])


def path_of(batch: LetterBatch) -> Path:
    """Where the pages are."""
    return Path(settings.MEDIA_ROOT) / "letters" / batch.key


def _begin(department_id: UUID, batch_id: UUID, now: datetime | None) -> Membership | None:
    with tenant(Actor.system(department_id, now)):
        batch = _waiting(batch_id)
        if batch is None:
            return None
        batch.attempts += 1
        joined = Membership.objects.select_related("organization", "team", "department")
        membership = joined.filter(pk=batch.membership_id, active=True, user__is_active=True).first()
        if batch.attempts > ATTEMPTS or membership is None:
            log.error("letters_abandoned", batch=str(batch_id))
            _move(batch, BatchState.FAILED, "attempts")
            return None
        batch.save(update_fields=["attempts"])
        return membership


def _waiting(batch_id: UUID) -> LetterBatch | None:
    rows = LetterBatch.objects.select_for_update(skip_locked=True, of=("self",))
    return rows.filter(pk=batch_id, state=BatchState.WAITING).first()


def _make(actor: Actor, batch: LetterBatch) -> None:
    found = visible(actor, Appointment).filter(pk__in=batch.appointments).select_related(*JOINED)
    seen = list(found.order_by("starts_at", "pk"))
    bundle = letters_of(actor, seen, kind=batch.kind)
    lost = set(batch.appointments) - {one.pk for one in seen}
    new = _not_kept_yet(actor, bundle.letters)
    for letter in new:
        letter.batch = batch
        touch(actor.department_id, "appointment", letter.appointment_id)
    if bundle.letters:
        path = path_of(batch)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(letter_pdf([one.content for one in bundle.letters], at=actor.now))
    bulk_insert(new)
    batch.posted = len(bundle.letters)
    batch.held = bundle.held + [{"appointment": str(pk), "why": NOT_YOURS} for pk in sorted(lost)]
    _move(batch, BatchState.READY, "posted", "held")


def _not_kept_yet(actor: Actor, letters: list[Letter]) -> list[Letter]:
    """The same letter asked for twice on one day is printed twice, and kept once."""
    today = Letter.objects.filter(appointment__in=[one.appointment_id for one in letters], sent_on=actor.today)
    kept = list(today.values_list("appointment", "kind", "content"))
    return [one for one in letters if (one.appointment_id, one.kind, one.content) not in kept]


def _move(batch: LetterBatch, state: str, *changed: str) -> None:
    batch.state = state
    batch.save(update_fields=["state", *changed])
    touch(batch.department_id, "letter_batch", batch.pk)


def _kind(wanted: str, one: Appointment, *, told: tuple[datetime, str] | None, second: bool) -> str:
    """What suits an appointment, of which a letter `told` a date in a kind of words, if any: the same words again for
    the same date (a reminder is somebody's choice); one for two organisations needs two.

    `second`: she was summoned before, and a letter never says otherwise.
    """
    if wanted and (wanted != LetterKind.JOINT or one.co_host_id):
        return wanted
    if one.co_host_id:
        return LetterKind.JOINT
    if told is None:
        return LetterKind.REMINDER if second else LetterKind.FIRST
    at, known = told
    return known if at == one.starts_at else LetterKind.MOVED


def _why_held(actor: Actor, one: Appointment, person: Beneficiary | None, kind: str) -> str:
    if person is None or not can(actor, "letter.write", one):
        return NOT_YOURS
    return why_not(actor, one, person, kind) or unkind_of(one)
