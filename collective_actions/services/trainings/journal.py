"""What every writing of a training shares: values given, what changed, the line of its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from collective_actions.events import TrainingSessionMoved
from collective_actions.models import Training, TrainingJournal, TrainingSession
from hub.core.actor import Actor
from hub.core.events import emit
from hub.core.text import fold
from partners.models import Commune, Territory
from partners.services.directory.writing import set_values

Changes = dict[str, list[Any]]
DAYS = ("starts_on", "ends_on")
# What a calendar shows of a session: when it changes, subscribed calendars must see a newer version.
IN_CALENDAR = frozenset({*DAYS, "place", "address", "postcode", "city", "cancelled_at"})


def as_stored(said: dict[str, Any]) -> dict[str, Any]:
    """Values as the models hold them: days written as text become days."""
    values = dict(said)
    for name in DAYS:
        if values.get(name):
            values[name] = _day(values[name])
    if "info_dates" in values:
        values["info_dates"] = [_day(one) for one in values["info_dates"]]
    if isinstance(values.get("cancelled_at"), str):
        values["cancelled_at"] = dt.datetime.fromisoformat(values["cancelled_at"])
    return values


def change_training(training: Training, said: dict[str, Any]) -> Changes:
    """Give a training these values, in memory."""
    changes = set_values(training, as_stored(said))
    training.search_title = fold(training.title)
    return changes


def change_session(actor: Actor, session: TrainingSession, said: dict[str, Any]) -> Changes:
    """Give a session these values, in memory; its territory follows from its commune."""
    values = as_stored(said)
    changes = set_values(session, values)
    if "info_dates" in changes:
        changes["info_dates"] = [[one.isoformat() for one in days] for days in changes["info_dates"]]
    if not IN_CALENDAR.isdisjoint(changes) and not session._state.adding:
        session.version += 1
    if changes:
        session.updated_at = actor.now
    return changes


def tell_if_moved(actor: Actor, session: TrainingSession, changes: Changes) -> None:
    """State that a session ends another day, or is cancelled."""
    if "ends_on" in changes or "cancelled_at" in changes:
        said = changes["ends_on"][0] if "ends_on" in changes else session.ends_on
        before = _day(said) if said else None
        emit(
            TrainingSessionMoved(
                department_id=actor.department_id, by_id=actor.user_id, session_id=session.pk, before=before
            )
        )


def note(
    actor: Actor,
    name: str,
    *,
    training: Training,
    session: TrainingSession | None = None,
    changes: Changes | None = None,
    job_id: UUID | None = None,
    by: tuple[UUID | None, UUID | None] | None = None,
) -> TrainingJournal:
    """A line of history, not stored yet; `by`: the user and organisation of whom the product acts for."""
    user_id, organization_id = by or (actor.user_id, actor.organization_id)
    return TrainingJournal(
        department_id=training.department_id,
        training=training,
        session=session,
        name=name,
        at=actor.now,
        user_id=user_id,
        organization_id=organization_id,
        job_id=job_id,
        changes=_plain(changes or {}),
    )


class Places:
    """Territories of communes, by INSEE code, else by name and postal code."""

    def __init__(self, department_id: UUID, sessions: Iterable[TrainingSession]) -> None:
        rows = list(sessions)
        mine = Commune.objects.filter(department_id=department_id).select_related("territory")
        self._by_code = mine.in_bulk({one.insee for one in rows if one.insee})
        names = {fold(one.city) for one in rows if one.city and one.insee not in self._by_code}
        self._by_name = {one.search_name: one for one in mine.filter(search_name__in=names)} if names else {}

    def territory(self, session: TrainingSession) -> Territory | None:
        """Where a session takes place, None outside the Département or when nothing says it."""
        commune = self._by_code.get(session.insee)
        if commune is None and not session.insee:
            commune = self._by_name.get(fold(session.city))
            if commune and session.postcode and session.postcode not in commune.postcodes:
                commune = None
        return commune.territory if commune else None


def _plain(changes: Changes) -> Changes:
    return {
        name: [one.isoformat() if isinstance(one, dt.date) else one for one in pair] for name, pair in changes.items()
    }


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
