"""A letter to one person about her appointment: by post, into her own hands, or not at all; and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.pdf import unprintable
from hub.core.topics import touch
from referrals.channels import why_not_written
from referrals.documents.letter import Content, written
from referrals.documents.texts import text_of
from referrals.documents.wording import unkind
from referrals.models import (
    Appointment,
    AppointmentState,
    Beneficiary,
    Letter,
    LetterChannel,
    LetterKind,
    LetterTemplate,
)

NOBODY_TO_CALL = "Indiquez qui appeler : la personne doit pouvoir changer la date."
JOINED = ("organization", "team", "member", "co_host")  # what a letter says of its appointment
AHEAD = timedelta(days=10)  # domain §5: a letter comes at least so long before


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter as it would be written: nothing is kept yet. `in_hand` says why it does not go by post."""

    kind: str
    template: LetterTemplate | None
    channel: str
    content: Content
    in_hand: str = ""
    late: bool = False


def draft_letter(
    actor: Actor, *, appointment: Appointment, kind: str, by_hand: bool = False, contact: str = "", motive: str = ""
) -> Draft:
    """The letter of an appointment (organisation, team, member and co-host joined); `contact` is whom to call.

    `motive` is why, in other words than the appointment's. Raises `Conflict` with the reason when no letter may be
    made at all, `Invalid` when the motive holds a word a letter does not.
    """
    require(actor, "letter.write", appointment)
    person = Beneficiary.objects.get(pk=appointment.beneficiary_id)
    appointment.contact = " ".join(contact.split())[:120] or appointment.contact
    appointment.motive = " ".join(motive.split())[:300] or appointment.motive
    if why := why_not(actor, appointment, person, kind):
        raise Conflict(why, code="no_letter")
    if wrong := unkind(motive) or unkind_of(appointment):
        raise Invalid(wrong, fields={"motive": wrong})
    template = current_template(actor, kind)
    return draft(actor, appointment, person, kind=kind, template=template, by_hand=by_hand)


def draft(
    actor: Actor,
    appointment: Appointment,
    person: Beneficiary,
    *,
    kind: str,
    template: LetterTemplate | None,
    by_hand: bool = False,
) -> Draft:
    """The same, once it is known that a letter may be made."""
    in_hand = why_not_posted(person)
    channel = LetterChannel.HAND if in_hand or by_hand else LetterChannel.POST
    content = written(text_of(template, kind), appointment, person, channel=channel, today=actor.today)
    late = channel == LetterChannel.POST and appointment.starts_at < actor.now + AHEAD
    return Draft(kind, template, channel, content, in_hand, late)


@transaction.atomic
def write_letter(
    actor: Actor, *, appointment: Appointment, kind: str, by_hand: bool = False, contact: str = "", motive: str = ""
) -> Letter:
    """Keep the letter, as sent today; the same letter twice on one day is kept once. Raises as `draft_letter`."""
    Appointment.objects.select_for_update().get(pk=appointment.pk)
    given = {"contact": contact, "motive": motive}
    made = draft_letter(actor, appointment=appointment, kind=kind, by_hand=by_hand, **given)
    same = Letter.objects.filter(appointment=appointment, kind=kind, sent_on=actor.today, content=made.content)
    if known := same.first():
        return known
    touch(actor.department_id, "appointment", appointment.pk)
    if not appointment.sensitive:
        touch(actor.department_id, "person", appointment.beneficiary_id)
    letter = letter_from(actor, appointment, made)
    letter.save()
    return letter


def letter_from(actor: Actor, appointment: Appointment, made: Draft) -> Letter:
    """The row of a draft, not saved yet."""
    return Letter(
        department_id=actor.department_id,
        appointment=appointment,
        beneficiary_id=appointment.beneficiary_id,
        kind=made.kind,
        template=made.template,
        channel=made.channel,
        content=made.content,
        told_at=appointment.starts_at,
        sent_on=actor.today,
        made_by_id=actor.user_id,
        made_at=actor.now,
    )


def why_not(actor: Actor, appointment: Appointment, person: Beneficiary, kind: str) -> str:
    """Why no letter is made, '' when one may be."""
    if kind not in LetterKind.values or (kind == LetterKind.JOINT and appointment.co_host_id is None):
        raise Invalid(fields={"kind": "Choisissez un modèle de la liste."})
    if person.died_on:
        return "Ce dossier est clos : plus aucun courrier ne part."
    if appointment.state != AppointmentState.PLANNED or appointment.starts_at <= actor.now:
        return "Ce rendez-vous n'est plus à venir : il n'y a plus rien à annoncer."
    if not (appointment.contact or appointment.organization.phone):
        return NOBODY_TO_CALL
    if strange := unprintable(str(person)):
        return f"Le nom contient « {strange[0]} », qui ne peut pas être imprimé : corrigez d'abord la fiche."
    return ""


def why_not_posted(person: Beneficiary) -> str:
    """Why a letter goes into her own hands (domain §2: safe contact blocks letters), '' when it may be posted."""
    why = why_not_written(person)
    return f"{why[:1].upper()}{why[1:]} : à remettre en main propre." if why else ""


def unkind_of(appointment: Appointment) -> str:
    """Why the motive of an appointment is not written to a person; '' when it may be, or when a manager kept it."""
    return "" if appointment.kept_because else unkind(appointment.motive)


def current_template(actor: Actor, kind: str) -> LetterTemplate | None:
    """The version in use; None for the text shipped with the product."""
    return LetterTemplate.objects.filter(department_id=actor.department_id, kind=kind).first()
