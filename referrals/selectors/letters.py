"""Letters as pages show them: those of an appointment, the texts of a Département and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from hub.core.access import get_visible, visible
from hub.core.actor import Actor
from hub.core.errors import NotVisible
from referrals.documents.texts import ORIGINAL, Text, text_of
from referrals.models import Appointment, Campaign, Letter, LetterBatch, LetterKind, LetterTemplate
from referrals.selectors.appointments import JOINED, AppointmentLine, lines

MOST = 20  # letters of one appointment, versions of one text


@dataclass(frozen=True, slots=True)
class TextInUse:
    """One kind of letter: its text now, and the version it comes from (None: shipped with the product)."""

    kind: str
    label: str
    text: Text
    version: LetterTemplate | None

    @property
    def number(self) -> int:
        """What a new version comes after."""
        return self.version.version if self.version else 0

    @property
    def original(self) -> bool:
        return self.version is None or self.version.original


def letters_about(actor: Actor, appointment: Appointment) -> list[Letter]:
    """What was written about an appointment, latest first."""
    return list(visible(actor, Letter).filter(appointment=appointment).select_related("made_by")[:MOST])


def get_letter(actor: Actor, pk: UUID) -> Letter:
    """A visible letter; raises `NotVisible`."""
    return get_visible(actor, Letter, pk)


def held_lines(actor: Actor, batch: LetterBatch) -> list[tuple[AppointmentLine, str]]:
    """The appointments of a batch without posted letter, with why; those no longer visible are left out."""
    why = {UUID(one["appointment"]): one["why"] for one in batch.held}
    found = visible(actor, Appointment).filter(pk__in=list(why)).select_related(*JOINED)
    return [(line, why[line.appointment.pk]) for line in lines(actor, found)]


def campaign_of(actor: Actor, batch: LetterBatch) -> Campaign | None:
    """The campaign whose letters these are, if one sees it."""
    return visible(actor, Campaign).filter(summonses__appointment__in=batch.appointments).distinct().first()


def outdated(letters: Sequence[Letter], appointment: Appointment) -> bool:
    """Does the last letter say another date than the appointment's?"""
    return bool(letters) and letters[0].told_at != appointment.starts_at


def kinds_for(appointment: Appointment, letters: Sequence[Letter]) -> list[tuple[str, str]]:
    """The kinds of letter that suit an appointment, the likeliest first: the one of its last letter (`letters`, latest
    first) unless its date has changed since."""
    again = LetterKind.MOVED if outdated(letters, appointment) else letters[0].kind if letters else LetterKind.FIRST
    likely = LetterKind.JOINT if appointment.co_host_id else again
    suiting = [one for one in LetterKind if one != LetterKind.JOINT or appointment.co_host_id]
    return [(one.value, one.label) for one in sorted(suiting, key=lambda one: one != likely)]


def texts(actor: Actor) -> list[TextInUse]:
    """The text in use for each kind of letter."""
    found = visible(actor, LetterTemplate).select_related("saved_by").order_by("kind", "-version").distinct("kind")
    latest = {one.kind: one for one in found}
    return [TextInUse(one.value, one.label, text_of(latest.get(one), one), latest.get(one)) for one in LetterKind]


def get_text(actor: Actor, kind: str) -> TextInUse:
    """The text of one kind; raises `NotVisible` for a kind that does not exist."""
    if kind not in ORIGINAL:
        raise NotVisible
    return next(one for one in texts(actor) if one.kind == kind)


def versions(actor: Actor, kind: str) -> list[LetterTemplate]:
    """The latest versions of a text."""
    return list(visible(actor, LetterTemplate).filter(kind=kind).select_related("saved_by").order_by("-version")[:MOST])
