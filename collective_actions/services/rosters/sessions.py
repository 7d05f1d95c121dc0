"""The session a line of a roster speaks of: by its number, else by body, title and start; made when nobody knows it.

Only what the file says counts, never who is known: the calendar of sessions is everybody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from collective_actions.imports.lines import training_key
from collective_actions.imports.rosters import TraineeLine
from collective_actions.models import Training, TrainingSession
from hub.core.actor import Actor
from hub.core.text import fold
from partners.models import Commune, ImportJob, Organization

Named = tuple[str, date | None]


def sessions_of(actor: Actor, job: ImportJob, lines: Iterable[TraineeLine]) -> dict[int, TrainingSession]:
    """Line → its session. What a roster adds to a session already known: an end nobody knew."""
    lines = list(lines)
    known = _Known(actor, job, lines)
    numbered = [line for line in lines if line.session_number]
    rest = [line for line in lines if not line.session_number]
    return {line.line: known.session(line) for line in (*numbered, *rest)}


class _Known:
    """The sessions that answer to the lines of one file, read in two queries."""

    def __init__(self, actor: Actor, job: ImportJob, lines: list[TraineeLine]) -> None:
        self._actor, self._job = actor, job
        here = TrainingSession.objects.filter(training__department_id=actor.department_id)
        numbers = {line.session_number for line in lines} | {line.catalogue_number for line in lines}
        keys = {_key(line) for line in lines}
        asked = Q(number__in=numbers - {""}) | Q(training__key__in=keys)
        found = here.filter(asked).select_related("training").order_by("starts_on", "id")
        self._by_number: dict[str, TrainingSession] = {}
        self._by_name: dict[Named, TrainingSession] = {}
        for session in found:
            self._remember(session)

    def session(self, line: TraineeLine) -> TrainingSession:
        """The session of a line."""
        named = (_key(line), line.session_start)
        numbers = (line.session_number, line.catalogue_number)
        found = next((self._by_number[n] for n in numbers if n in self._by_number), None)
        if found is None and not line.session_number:
            found = self._by_name.get(named)
        if found is None:
            found = self._made(line)
            self._remember(found)
        return found

    def _remember(self, session: TrainingSession) -> None:
        if session.number:
            self._by_number[session.number] = session
        self._by_name[session.training.key, session.starts_on] = session

    def _made(self, line: TraineeLine) -> TrainingSession:
        session = TrainingSession(
            department_id=self._actor.department_id,
            training=self._training(line),
            number=line.session_number,
            starts_on=line.session_start,
            ends_on=line.session_end or line.planned_end,
            city=line.place[:80],
            postcode=line.session_postcode,
            updated_at=self._actor.now,
        )
        if commune := self._commune(line):
            session.insee, session.territory_id = commune.insee, commune.territory_id
        session.save(force_insert=True)
        return session

    def _training(self, line: TraineeLine) -> Training:
        title, body = line.title or f"Session {line.session_number}", line.organization or "Organisme non précisé"
        training, _ = Training.objects.get_or_create(
            department_id=self._actor.department_id,
            key=_key(line),
            action_number="",
            defaults={
                "title": title,
                "search_title": fold(title),
                "body_name": body[:150],
                "body_siret": line.siret,
                "publisher_id": self._job.organization_id,
                "organization": Organization.objects.filter(siret=line.siret).first() if line.siret else None,
                "source": "roster",
            },
        )
        return training

    def _commune(self, line: TraineeLine) -> Commune | None:
        here = Commune.objects.filter(department_id=self._actor.department_id)
        if line.session_insee:
            return here.filter(insee=line.session_insee).first()
        place = fold(line.place.partition(" CEDEX")[0]).replace("-", " ").strip()
        named = here.filter(search_name=place) if place else here.none()
        by_code = here.filter(postcodes__contains=line.session_postcode) if line.session_postcode else here.none()
        return named.first() or by_code.first()


def _key(line: TraineeLine) -> str:
    """What makes two lines one training, as offers of training say it."""
    return training_key({"body_siret": line.siret, "body_name": line.organization, "title": line.title})
