"""Jobs followed: time to ask how it goes, a hand asked for, an end after which registration is a question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import md5
from uuid import UUID

from collective_actions.events import PlacementAnswered, PlacementDifficulty, PlacementsDue
from collective_actions.recipients_placements import placement_audience
from notifications.catalogue import Kind, Notice, Settled, Told, announce

PLACEMENT_STEP = Kind(
    code="placement_step",
    label="Emploi suivi : faire le point",
    title="Un point est à faire avec une personne en emploi",
    plural="{count} points sont à faire avec des personnes en emploi",
    icon="briefcase-business",
    url_name="placement",
    list_url_name="placements",
    can_be_muted=True,
)
PLACEMENT_DIFFICULTY = Kind(
    code="placement_difficulty",
    label="Emploi suivi : médiation demandée",
    title="Une médiation est demandée pour une personne en emploi",
    plural="Une médiation est demandée pour {count} personnes en emploi",
    icon="life-buoy",
    url_name="placement",
    list_url_name="placements",
    can_be_muted=False,
)
PLACEMENT_ENDED = Kind(
    code="placement_ended",
    label="Emploi terminé : inscription à vérifier",
    title="Un emploi est terminé : l'inscription est à vérifier avec la personne",
    plural="{count} emplois sont terminés : l'inscription est à vérifier avec les personnes",
    icon="briefcase-business",
    url_name="placement",
    list_url_name="placements",
    can_be_muted=True,
)


@announce(PlacementsDue)
def placements_due(events: list[PlacementsDue]) -> Iterator[Told]:
    """Whoever placed her; once the job ended, the referent."""
    for event in events:
        kind = PLACEMENT_ENDED if event.registration else PLACEMENT_STEP
        yield from _told(
            kind, event.placement_ids, event.on, placed=not event.registration, referent=event.registration
        )


@announce(PlacementDifficulty)
def placement_difficulty(events: list[PlacementDifficulty]) -> Iterator[Told]:
    """Whoever placed her and the referent, but not who said it."""
    for event in events:
        for notice in _told(PLACEMENT_DIFFICULTY, (event.placement_id,), event.on, placed=True, referent=True):
            if notice.user_id != event.by_id:
                yield notice


@announce(PlacementAnswered)
def placement_answered(events: list[PlacementAnswered]) -> Iterator[Told]:
    """What was asked about this job alone waits no more."""
    for event in events:
        for kind in (PLACEMENT_STEP, PLACEMENT_DIFFICULTY):
            yield Settled(kind=kind.code, subject_id=event.placement_id)


def _told(kind: Kind, ids: tuple[UUID, ...], on: date, *, placed: bool, referent: bool) -> Iterator[Notice]:
    for (user_id, organization_id, reason), found in placement_audience(ids, placed=placed, referent=referent).items():
        alone = found[0] if len(found) == 1 else None
        key = md5(repr((on, found)).encode(), usedforsecurity=False).hexdigest()
        yield Notice(
            user_id=user_id,
            organization_id=organization_id,
            kind=kind.code,
            dedupe_key=f"{kind.code}:{key}",
            reason=reason,
            count=len(found),
            subject_kind="placement" if alone else "",
            subject_id=alone,
        )
