"""A session written by hand: by whoever gives or publishes it, or the Département's coordinators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from collective_actions.formacode import theme_of
from collective_actions.imports.lines import training_key
from collective_actions.models import Training, TrainingSession
from collective_actions.services.trainings.journal import (
    Changes,
    Places,
    change_session,
    change_training,
    note,
    tell_if_moved,
)
from hub.core.access import require
from hub.core.actor import Actor
from hub.core.errors import Conflict, Invalid
from hub.core.text import fold
from partners.models import Organization

OF_TRAINING = frozenset(
    {
        "title", "body_name", "body_siret", "objective", "content", "conditions", "goal", "theme", "formacodes",
        "level_in", "level_out", "hours", "teaching", "entry", "remuneration", "url", "contact_name", "contact_phone",
        "contact_email",
    }
)  # fmt: skip
OF_SESSION = frozenset(
    {
        "number", "starts_on", "ends_on", "place", "address", "postcode", "city", "insee", "places", "free_places",
        "recruitment", "info_dates", "registration",
    }
)  # fmt: skip


@transaction.atomic
def create_session(actor: Actor, **values: Any) -> TrainingSession:
    """A session, and its training unless this body already has one of that title. `values`: fields of both.

    Raises `Invalid` for what no session may say, `Refused` where the body's training is not the actor's to write.
    """
    require(actor, "training.publish")
    _check(values)
    said = {name: value for name, value in values.items() if name in OF_TRAINING}
    training = Training.objects.filter(
        department_id=actor.department_id, action_number="", key=training_key(said)
    ).first()
    new = training is None
    if training is None:
        training = Training(department_id=actor.department_id, publisher_id=actor.organization_id)
    else:
        require(actor, "training.edit", training)
    _write_training(actor, training, said, name="created" if new else "edited")
    session = TrainingSession(department_id=actor.department_id, training=training, updated_at=actor.now)
    changes = change_session(actor, session, _own(values))
    _save(actor, session, changes, "created")
    return session


@transaction.atomic
def edit_session(actor: Actor, *, session: TrainingSession, **values: Any) -> TrainingSession:
    """Change what is said of a session and of its training. Raises `Invalid`."""
    require(actor, "training.edit", session.training)
    session = locked(session.pk)
    _check(values, session)
    said = {name: value for name, value in values.items() if name in OF_TRAINING}
    _write_training(actor, session.training, said, name="edited")
    changes = change_session(actor, session, _own(values))
    if changes:
        _save(actor, session, changes, "edited")
        tell_if_moved(actor, session, changes)
    return session


@transaction.atomic
def cancel_session(actor: Actor, *, session: TrainingSession) -> TrainingSession:
    """It will not take place: calendars say so, and what was planned from its end stops. Raises `Conflict`."""
    require(actor, "training.edit", session.training)
    session = locked(session.pk)
    if session.cancelled_at:
        raise Conflict("Cette session est déjà annulée.", code="invalid_transition")
    changes = change_session(actor, session, {"cancelled_at": actor.now})
    _save(actor, session, changes, "cancelled")
    tell_if_moved(actor, session, changes)
    return session


@transaction.atomic
def reinstate_session(actor: Actor, *, session: TrainingSession) -> TrainingSession:
    """It takes place after all. Raises `Conflict`."""
    require(actor, "training.edit", session.training)
    session = locked(session.pk)
    if session.cancelled_at is None:
        raise Conflict("Cette session n'est pas annulée.", code="invalid_transition")
    changes = change_session(actor, session, {"cancelled_at": None})
    _save(actor, session, changes, "reinstated")
    tell_if_moved(actor, session, changes)
    return session


def locked(pk: UUID) -> TrainingSession:
    """The session as it is now, until the end of the transaction."""
    joined = ("training__organization", "training__publisher", "territory")
    return TrainingSession.objects.select_for_update(of=("self",)).select_related(*joined).get(pk=pk)


def _write_training(actor: Actor, training: Training, said: dict[str, Any], *, name: str) -> None:
    if not said.get("theme") and said.get("formacodes"):
        said["theme"] = theme_of(said["formacodes"])
    changes = change_training(training, said)
    if not changes:
        return
    training.key = training_key({"body_siret": training.body_siret, "body_name": training.body_name, **said})
    taken = Training.objects.filter(department_id=training.department_id, action_number="", key=training.key)
    if not training.action_number and taken.exclude(pk=training.pk).exists():
        raise Invalid(fields={"title": "Cet organisme a déjà une formation de ce titre : ajoutez-y une session."})
    training.organization = _body(training)
    training.save()
    note(actor, name, training=training, changes={} if name == "created" else changes).save()


def _body(training: Training) -> Organization | None:
    """Which organisation of the network teaches: by SIRET, else by its exact name."""
    present = Organization.objects.filter(presence__department=training.department_id, active=True)
    if training.body_siret and (found := present.filter(siret=training.body_siret).first()):
        return found
    return present.filter(search_name=fold(training.body_name)).first()


def _save(actor: Actor, session: TrainingSession, changes: Changes, name: str) -> None:
    session.territory = Places(session.department_id, [session]).territory(session)
    session.save()
    kept = {} if name == "created" else changes
    note(actor, name, training=session.training, session=session, changes=kept).save()


def _own(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in OF_SESSION}


def _check(values: dict[str, Any], session: TrainingSession | None = None) -> None:
    """What is given makes sense with what is not changed."""

    def said(name: str) -> Any:
        return values[name] if name in values else getattr(session, name, None)

    if unknown := values.keys() - OF_TRAINING - OF_SESSION:
        raise TypeError(f"not part of a session: {', '.join(sorted(unknown))}")
    wrong: dict[str, str] = {}
    for name in ("title", "body_name"):
        if name in values and not str(values[name]).strip():
            wrong[name] = "Ce champ est obligatoire."
    start, end = said("starts_on"), said("ends_on")
    if start and end and end < start:
        wrong["ends_on"] = "La session finirait avant de commencer : vérifiez les deux dates."
    places, free = said("places"), said("free_places")
    if places is not None and free is not None and free > places:
        wrong["free_places"] = "Il ne peut pas rester plus de places qu'il n'y en a."
    if wrong:
        raise Invalid(fields=wrong)
