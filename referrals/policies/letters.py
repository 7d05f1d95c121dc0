"""Letters: who writes one to a person, who changes their texts."""

from __future__ import annotations

from django.db.models import QuerySet

from hub.core.access import can, rule, scope, visible
from hub.core.actor import Actor
from partners.models import Function
from referrals.models import Appointment, Beneficiary, Letter, LetterBatch, LetterTemplate
from referrals.policies.people import supported_people


@scope(Letter)
def letters_to(actor: Actor, letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """Those about the appointments one sees, of the people one supports: they bear an address."""
    if actor.is_system:
        return letters
    appointments = visible(actor, Appointment).values("pk")
    people = supported_people(actor, Beneficiary.objects.all()).values("pk")
    return letters.filter(appointment__in=appointments, beneficiary__in=people)


@scope(LetterBatch)
def own_batches(actor: Actor, batches: QuerySet[LetterBatch]) -> QuerySet[LetterBatch]:
    """One's own, while one still acts for the organisation one asked for."""
    return batches if actor.is_system else batches.filter(membership_id=actor.membership_id)


@scope(LetterTemplate)
def texts_of(actor: Actor, templates: QuerySet[LetterTemplate]) -> QuerySet[LetterTemplate]:
    return templates.filter(department_id=actor.department_id)


@rule("letter.write")
def may_write(actor: Actor, appointment: Appointment) -> bool:
    """Whoever may change the appointment and supports the person: an address is shown from that level on."""
    if not can(actor, "appointment.change", appointment):
        return False
    return supported_people(actor, Beneficiary.objects.filter(pk=appointment.beneficiary_id)).exists()


@rule("letter.texts")
def may_change_texts(actor: Actor, _: None = None) -> bool:
    """The administrator of the Département and its heads of service."""
    return actor.role == "department" and actor.has(Function.ADMINISTRATION, Function.SUPERVISION)


@rule("letter.override")
def may_keep_words(actor: Actor, _: None = None) -> bool:
    """A manager alone keeps a word usually refused, and says why (domain §5)."""
    return may_change_texts(actor) and actor.manager
