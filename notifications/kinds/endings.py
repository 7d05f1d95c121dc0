"""Ends of trainings: soon, come, and nobody seen since. To the job developers of the territory and the referents."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5

from collective_actions.events import TraineeSeen, TrainingsEnding
from collective_actions.models import Step
from collective_actions.recipients import ending_audience
from collective_actions.selectors.endings import all_seen
from notifications.catalogue import Kind, Notice, Settled, Told, announce
from notifications.journal import payloads_under

TRAINING_ENDING = Kind(
    code="training_ending",
    label="Formation bientôt terminée",
    title="Une formation se termine bientôt",
    plural="{count} formations se terminent bientôt",
    icon="calendar-clock",
    url_name="training_end",
    list_url_name="training_ends",
    can_be_muted=True,
)
TRAINING_ENDED = Kind(
    code="training_ended",
    label="Formation terminée : à revoir",
    title="Formation terminée : une personne est à revoir",
    plural="Formation terminée : {count} personnes sont à revoir",
    icon="graduation-cap",
    url_name="training_end",
    list_url_name="training_ends",
    can_be_muted=False,
)
TRAINEE_NOT_SEEN = Kind(
    code="trainee_not_seen",
    label="Personne pas encore revue après sa formation",
    title="Une personne n'est toujours pas revue depuis la fin de sa formation",
    plural="{count} personnes ne sont toujours pas revues depuis la fin de leur formation",
    icon="clock-alert",
    url_name="training_end",
    list_url_name="training_ends",
    can_be_muted=False,
)
KIND_OF = {
    Step.FIRST: TRAINING_ENDING,
    Step.SECOND: TRAINING_ENDING,
    Step.ENDED: TRAINING_ENDED,
    Step.REMINDER: TRAINEE_NOT_SEEN,
}


@announce(TrainingsEnding)
def trainings_ending(events: list[TrainingsEnding]) -> Iterator[Told]:
    """One line by recipient and step, never a name: on the follow-up itself when it is alone."""
    for event in events:
        kind = KIND_OF[Step(event.step)]
        for to in ending_audience(event.trainee_ids):
            alone = to.trainee_ids[0] if len(to.trainee_ids) == 1 else None
            ids = [str(one) for one in to.trainee_ids]
            yield Notice(
                user_id=to.user_id,
                organization_id=to.organization_id,
                kind=kind.code,
                dedupe_key=f"{kind.code}:{event.step}:{md5(repr(ids).encode(), usedforsecurity=False).hexdigest()}",
                reason=to.reason,
                count=len(ids),
                subject_kind="trainee" if alone else "",
                subject_id=alone,
                payload={"trainees": ids},
            )


@announce(TraineeSeen)
def trainee_seen(events: list[TraineeSeen]) -> Iterator[Told]:
    """What was told of her waits for nobody any more; a line about several, once all were seen."""
    for event in events:
        for kind in (TRAINING_ENDING, TRAINING_ENDED, TRAINEE_NOT_SEEN):
            yield Settled(kind=kind.code, subject_id=event.trainee_id)
            for group, payload in payloads_under(f"{kind.code}:").items():
                ids = payload.get("trainees", ())
                if len(ids) > 1 and str(event.trainee_id) in ids and all_seen(ids):
                    yield Settled(kind=kind.code, group=group)
