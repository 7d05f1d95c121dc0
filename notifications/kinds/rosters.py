"""Rosters: a session without list, an end nobody knows. Asked of the Région and of training bodies, on form only."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5

from collective_actions.events import RosterArrived, RostersAsked
from collective_actions.models import Question
from collective_actions.recipients import roster_audience
from collective_actions.selectors.rosters import still_asked
from notifications.catalogue import Kind, Notice, Settled, Told, announce
from notifications.journal import payloads_under

ROSTER_MISSING = Kind(
    code="roster_missing",
    label="Session sans liste de stagiaires",
    title="Une session est ouverte sans liste de stagiaires",
    plural="{count} sessions sont ouvertes sans liste de stagiaires",
    icon="clipboard-list",
    url_name="roster_coverage",
    list_url_name="roster_coverage",
    can_be_muted=False,
)
END_UNKNOWN = Kind(
    code="training_end_unknown",
    label="Date de fin de formation inconnue",
    title="La date de fin d'une session est à préciser",
    plural="La date de fin de {count} sessions est à préciser",
    icon="calendar-clock",
    url_name="roster_coverage",
    list_url_name="roster_coverage",
    can_be_muted=False,
)
KIND_OF = {Question.ROSTER: ROSTER_MISSING, Question.END: END_UNKNOWN}


@announce(RostersAsked)
def rosters_asked(events: list[RostersAsked]) -> Iterator[Told]:
    """One line with a count by day and question, never one by session."""
    for event in events:
        kind = KIND_OF[Question(event.question)]
        for (user_id, organization_id, reason), sessions in roster_audience(event.session_ids).items():
            yield Notice(
                user_id=user_id,
                organization_id=organization_id,
                kind=kind.code,
                dedupe_key=f"{kind.code}:{md5(repr(sessions).encode(), usedforsecurity=False).hexdigest()}",
                reason=reason,
                count=len(sessions),
                payload={"sessions": [str(one) for one in sessions]},
            )


@announce(RosterArrived)
def roster_arrived(events: list[RosterArrived]) -> Iterator[Told]:
    """A line waits for nobody any more once all it asked is answered, whoever the lists name."""
    for question, kind in KIND_OF.items():
        for group, payload in payloads_under(f"{kind.code}:").items():
            if not still_asked(question, payload.get("sessions", ())):
                yield Settled(kind=kind.code, group=group)
