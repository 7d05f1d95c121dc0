"""The sender's side: written, sent, withdrawn, its end read."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from hub.core.access import get_visible, require
from hub.core.actor import Actor
from hub.core.alone import alone
from hub.core.compiled import compiled
from hub.core.errors import Confirmation, Conflict, Invalid, InvalidTransition
from hub.core.events import emit
from partners.models import Department, Organization, Service, Team
from partners.models.services import SENT_TO
from referrals.events import ReferralSent
from referrals.models import Beneficiary, Nature, Referral, TrackDecision
from referrals.models.referrals import FINAL_STATES, OPEN_STATES, ReferralState
from referrals.services.referrals.moves import (
    finish,
    moved,
    open_card,
    person_of,
    restart_clock,
    set_clock,
    touch_pages,
)
from referrals.workflows import REFERRAL

OLDEST_INFORMATION = timedelta(days=366)


class Subject(NamedTuple):
    """What a referral is about in a higher app (a collective action, a mission), and how to call it."""

    kind: str
    id: uuid.UUID
    label: str


def open_duplicates(actor: Actor, *, person: Beneficiary, receiver: Organization, service: Service | None) -> Any:
    """Referrals of the same person to the same target still open, as far as the actor may know.

    Never the sensitive ones of others: their existence alone would tell.
    """
    same = Referral.objects.filter(
        beneficiary=person, receiver=receiver, service=service, state__in=OPEN_STATES, nature=Nature.PROPOSAL
    ).exclude(state="draft")
    return same.filter(sensitive=False) | same.filter(sender_id=actor.organization_id)


def draft_referral(actor: Actor, **values: Any) -> Referral:
    """Write a referral without sending it (`values` as for `_written`); raises `Invalid` as it does."""
    referral, _ = _written(actor, **values)
    referral.save()
    return referral


def _written(
    actor: Actor,
    *,
    person: Beneficiary,
    receiver: Organization,
    need: str,
    note: str = "",
    receiver_team: Team | None = None,
    service: Service | None = None,
    informed_on: date | None = None,
    nature: str = Nature.PROPOSAL,
    decision: TrackDecision | None = None,
    previous: Referral | None = None,
    subject: Subject | None = None,
) -> tuple[Referral, Department]:
    """A draft not stored yet, and its Département. Raises `Invalid` for a target that cannot receive it.

    `person` is one the actor's scope has just given; `previous` is the ended referral that this one follows;
    `subject` is what a higher app attaches to it.
    """
    require(actor, "referral.compose", person) if not actor.is_system else None
    department = check_target(actor, receiver, receiver_team, service)
    if service and service.nature not in SENT_TO and subject is None:
        sentence = "C'est une action collective : inscrivez la personne à l'une de ses séances."
        raise Invalid(sentence, code="action_has_sessions", fields={"service": sentence})
    if previous:
        _check_previous(actor, previous, person)
    if not need.strip():
        raise Invalid("Indiquez le besoin de la personne.", fields={"need": "Indiquez le besoin de la personne."})
    referral = Referral(
        department_id=actor.department_id,
        beneficiary=person,
        nature=nature,
        sender_id=actor.organization_id,
        sender_team_id=actor.team_id,
        sender_user_id=actor.user_id,
        receiver=receiver,
        receiver_team=receiver_team,
        service=service,
        sensitive=bool(service and service.sensitive),
        decision=decision,
        need=need.strip()[:200],
        note=note.strip(),
        informed_on=informed_on,
        previous=previous,
        first_sent_at=previous.first_sent_at if previous and _redirected(previous) else None,
        created_at=actor.now,
    )
    if subject:
        referral.subject_kind, referral.subject_id, referral.subject_label = subject
    return referral, department


def send_referral(
    actor: Actor,
    *,
    referral: Referral | None = None,
    duplicate_reason: str = "",
    **values: Any,
) -> Referral:
    """Send a draft, or write and send at once (`values` as for `draft_referral`).

    Needs the record that the person was informed; opens the card to the receiver. Raises `Confirmation` when one is
    still open for the same target and no reason was given.
    """
    if referral is None:
        return _send_at_once(actor, duplicate_reason, *_written(actor, **values))
    return _send_draft(actor, duplicate_reason, referral)


@transaction.atomic
def _send_draft(actor: Actor, duplicate_reason: str, referral: Referral) -> Referral:
    if not actor.is_system:
        person_of(actor, referral)
    _check_sending(actor, referral, duplicate_reason)
    REFERRAL.perform(referral, "send", by=actor, **_sent(actor, referral, duplicate_reason))
    restart_clock(actor, referral)
    open_card(actor, referral)
    return _told(actor, referral)


def _send_at_once(actor: Actor, duplicate_reason: str, referral: Referral, department: Department) -> Referral:
    """One INSERT, sent already; its journal begins with the sending."""
    _check_sending(actor, referral, duplicate_reason)
    source = REFERRAL.enter(referral, "send")
    for name, value in _sent(actor, referral, duplicate_reason).items():
        setattr(referral, name, value)
    set_clock(actor, referral, department)
    with transaction.atomic(savepoint=False):  # everything is checked: only the database can fail here
        referral.save()
        REFERRAL.record(referral, "send", source=source, by=actor)
        open_card(actor, referral, new=True)
        return _told(actor, referral)


def _check_sending(actor: Actor, referral: Referral, duplicate_reason: str) -> None:
    require(actor, "referral.send", referral)
    if referral.informed_on is None:
        sentence = "Indiquez quand la personne a été informée de cette orientation."
        raise Invalid(sentence, code="information_record_missing", fields={"informed_on": sentence})
    if referral.informed_on > actor.today:
        raise Invalid("Cette date est dans le futur.", fields={"informed_on": "Cette date est dans le futur."})
    if referral.informed_on < actor.today - OLDEST_INFORMATION:
        sentence = "Cette date remonte à plus d'un an : informez de nouveau la personne."
        raise Invalid(sentence, fields={"informed_on": sentence})
    if referral.beneficiary.died_on:
        raise Conflict("Le dossier de cette personne est clos.", code="file_closed")
    _refuse_silent_duplicate(actor, referral, duplicate_reason)


def _sent(actor: Actor, referral: Referral, duplicate_reason: str) -> dict[str, Any]:
    """What sending writes besides the state."""
    return {
        "sent_at": actor.now,
        "first_sent_at": referral.first_sent_at or actor.now,
        "duplicate_reason": duplicate_reason.strip()[:300],
    }


def _told(actor: Actor, referral: Referral) -> Referral:
    """The receiver learns it, and open pages look again."""
    emit(ReferralSent(department_id=actor.department_id, by_id=actor.user_id, referral_id=referral.pk))
    touch_pages(actor, referral)
    return referral


@transaction.atomic
def cancel_referral(actor: Actor, *, referral: Referral, note: str) -> Referral:
    """The sender withdraws it, with a reason; access ends at once. A draft disappears without telling anybody."""
    require(actor, "referral.cancel", referral)
    if not note.strip():
        raise Invalid("Indiquez pourquoi.", fields={"note": "Indiquez pourquoi."})
    never_sent = referral.state == "draft"
    REFERRAL.perform(referral, "cancel", by=actor, note=note)
    finish(actor, referral, keep_access=False)
    if never_sent:
        touch_pages(actor, referral, to_receiver=False)
        return referral
    return moved(actor, referral, "cancel")


@transaction.atomic
def enter_in_error(actor: Actor, *, referral: Referral, note: str = "") -> Referral:
    """It should never have been written; access ends at once."""
    require(actor, "referral.enter_in_error", referral)
    REFERRAL.perform(referral, "enter_in_error", by=actor, note=note)
    finish(actor, referral, keep_access=False)
    return moved(actor, referral, "enter_in_error")


def withdraw_designation(actor: Actor, *, referral: Referral, note: str) -> None:
    """A voided decision takes its designation with it, when it is still open."""
    if referral.state in OPEN_STATES:
        enter_in_error(actor, referral=referral, note=note)


@transaction.atomic
def acknowledge_outcome(actor: Actor, *, referral: Referral) -> Referral:
    """The sender has read what became of the person: the loop is closed."""
    require(actor, "referral.acknowledge_outcome", referral)
    if referral.state in OPEN_STATES:
        raise Conflict("Cette orientation n'est pas terminée.", code="not_final")
    if referral.closed_loop_at is None:
        referral.closed_loop_at = actor.now
        referral.save(update_fields=["closed_loop_at"])
        REFERRAL.record(referral, "acknowledge_outcome", by=actor)
        touch_pages(actor, referral)
    return referral


@transaction.atomic
def maintain_designation(actor: Actor, *, referral: Referral, note: str = "") -> Referral:
    """The Département answers a contestation: the designation stands."""
    require(actor, "referral.maintain", referral)
    REFERRAL.perform(referral, "maintain", by=actor, note=note)
    return moved(actor, referral, "maintain")


def _refuse_silent_duplicate(actor: Actor, referral: Referral, reason: str) -> None:
    if referral.nature != Nature.PROPOSAL or reason.strip():
        return
    if referral.previous and _redirected(referral.previous):
        return
    receiver, service = referral.receiver, referral.service
    # Of two who send the same at once, the second waits here until the first is known.
    alone(f"referral {referral.beneficiary_id} {receiver.pk} {service.pk if service else ''}")
    if open_duplicates(actor, person=referral.beneficiary, receiver=receiver, service=service).exists():
        raise Confirmation(
            f"Une orientation vers {receiver} est déjà ouverte pour cette personne. "
            "Indiquez pourquoi en envoyer une autre.",
            code="duplicate_referral",
        )


def _redirected(previous: Referral) -> bool:
    """A redirection goes on with the same sending; a retry is a new one."""
    return previous.state == ReferralState.REDIRECTED


def _check_previous(actor: Actor, previous: Referral, person: Beneficiary) -> None:
    mine = previous.sender_id == actor.organization_id and previous.beneficiary_id == person.pk
    if not mine or previous.state not in FINAL_STATES:
        sentence = "Seule une orientation terminée de cette personne, envoyée par vous, peut avoir une suite."
        raise Invalid(sentence, code="bad_previous", fields={"previous": sentence})


def check_target(actor: Actor, receiver: Organization, team: Team | None, service: Service | None) -> Department:
    """An active organisation of this Département (given back); inside one's own, another team. Raises `Invalid`."""
    department = next(iter(_where_present(actor, receiver.pk)), None)
    if not (department and receiver.active and receiver.receives_referrals):
        sentence = "Cet organisme ne reçoit pas d'orientations dans ce Département."
        raise Invalid(sentence, fields={"receiver": sentence})
    if team and (team.organization_id != receiver.pk or team.department_id != actor.department_id):
        raise Invalid("Cette équipe n'est pas de cet organisme.", fields={"receiver_team": "Équipe inconnue."})
    if service and (service.organization_id != receiver.pk or service.department_id != actor.department_id):
        raise Invalid("Ce service n'est pas de cet organisme.", fields={"service": "Service inconnu."})
    if receiver.pk == actor.organization_id and (team is None or team.pk == actor.team_id):
        raise Invalid("Choisissez une autre équipe.", fields={"receiver_team": "Choisissez une autre équipe."})
    return department


@compiled
def _where_present(actor: Actor, organization: uuid.UUID) -> QuerySet[Department]:
    """The actor's own Département, when the organisation works there."""
    return Department.objects.filter(pk=actor.department_id, presence__organization=organization).order_by()


def get_referral(actor: Actor, pk: uuid.UUID | str) -> Referral:
    """A visible referral with what its page needs; raises `NotVisible`.

    The person is not joined: after a refusal the receiver keeps the referral and has lost the file.
    """
    joined = ("sender", "sender_team", "receiver", "receiver_team", "service", "seen_by", "answered_by", "redirect_to")
    return get_visible(actor, Referral, pk, *joined)


@transaction.atomic
def revise_draft(
    actor: Actor,
    *,
    referral: Referral,
    need: str,
    note: str = "",
    receiver_team: Team | None = None,
    service: Service | None = None,
    informed_on: date | None = None,
) -> Referral:
    """Write a draft again. Raises `Conflict` once it was sent, `Invalid` for a team or service that does not fit."""
    require(actor, "referral.send", referral)
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.state != "draft":
        raise InvalidTransition("Cette orientation n'est plus un brouillon.", state=referral.state, transition="revise")
    check_target(actor, referral.receiver, receiver_team, service)
    referral.need, referral.note, referral.informed_on = need.strip()[:200], note.strip(), informed_on
    referral.receiver_team, referral.service = receiver_team, service
    referral.sensitive = bool(service and service.sensitive)
    referral.save(update_fields=["need", "note", "informed_on", "receiver_team", "service", "sensitive"])
    return referral
