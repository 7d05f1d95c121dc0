"""Which training and which session a line of a file speaks of, among those already known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from collective_actions.imports.lines import Values, training_key
from collective_actions.models import Training, TrainingSession


class Known:
    """The trainings and sessions that some lines may speak of. A training is known by its numbers, else by SIRET (or
    name) and title; a session of it by its number, else by its first day."""

    def __init__(self, department_id: UUID, lines: Iterable[tuple[Values, Values]]) -> None:
        trainings = [training for training, _ in lines]
        rows = Training.objects.filter(department_id=department_id).select_related("organization")
        by_action = rows.filter(action_number__in={one["action_number"] for one in trainings if _numbered(one)})
        by_key = rows.filter(key__in={training_key(one) for one in trainings})
        self._by_action: dict[str, list[Training]] = defaultdict(list)
        for row in by_action:
            self._by_action[row.action_number].append(row)
        self._by_key: dict[str, list[Training]] = defaultdict(list)
        for row in by_key.order_by("id"):
            self._by_key[row.key].append(row)
        found = {row.pk for rows in (*self._by_action.values(), *self._by_key.values()) for row in rows}
        self._sessions: dict[UUID, list[TrainingSession]] = defaultdict(list)
        for session in TrainingSession.objects.filter(training__in=found).order_by("cancelled_at", "id"):
            self._sessions[session.training_id].append(session)

    def training(self, said: Values) -> Training | None:
        """The training a line speaks of."""
        if _numbered(said):
            same = self._by_action[said["action_number"]]
            number = said.get("number")
            exact = [row for row in same if not number or row.number == number]
            return exact[0] if exact else None
        return next(iter(self._by_key[training_key(said)]), None)

    def session(self, training: Training | None, said: Values) -> TrainingSession | None:
        """The session of this training a line speaks of."""
        if training is None:
            return None
        sessions = self._sessions[training.pk]
        if number := said.get("number"):
            return next((one for one in sessions if one.number == number), None)
        day = said.get("starts_on")
        same = (one for one in sessions if (one.starts_on.isoformat() if one.starts_on else None) == day)
        return next(same, None)

    def add(self, training: Training, session: TrainingSession | None = None) -> None:
        """What was just created, for the next lines."""
        if session is not None:
            self._sessions[training.pk].append(session)
        elif training.action_number:
            self._by_action[training.action_number].append(training)
        else:
            self._by_key[training.key].append(training)


def _numbered(said: Values) -> bool:
    return bool(said.get("action_number"))
