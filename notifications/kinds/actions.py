"""Collective actions: a seat is held, a name is taken off, a session is called off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from uuid import UUID

from collective_actions.events import EnrolmentCancelled, OfferAnswered, SeatOffered, SessionChanged
from collective_actions.models import ACTIVE_STATES, Enrolment, Session
from collective_actions.recipients_actions import hosts_of, prescribers_of
from notifications.catalogue import Kind, Notice, Settled, Told, announce

SEAT_OFFERED = Kind(
    code="seat_offered",
    label="Place libérée, tenue pour vous",
    title="Une place s'est libérée : elle est tenue, répondez avant la fin du délai",
    plural="{count} places se sont libérées : elles sont tenues, répondez avant la fin du délai",
    titles={"lapse": "Une place tenue n'a pas reçu de réponse : elle est proposée à la personne suivante"},
    icon="armchair",
    url_name="action_session",
    list_url_name="actions",
    can_be_muted=False,
)
SEAT_TAKEN = Kind(
    code="seat_taken",
    label="Liste d'attente : une personne de plus",
    title="Une personne de la liste d'attente prend la place libérée",
    plural="{count} personnes de la liste d'attente prennent les places libérées",
    icon="user-check",
    url_name="action_session",
    list_url_name="actions",
    can_be_muted=True,
)
ENROLMENT_CANCELLED = Kind(
    code="enrolment_cancelled",
    label="Inscription retirée d'une séance",
    title="Une inscription est retirée d'une séance",
    plural="{count} inscriptions sont retirées d'une séance",
    titles={"host": "{partner} a retiré une inscription d'une séance"},
    icon="user-minus",
    url_name="action_session",
    list_url_name="actions",
    can_be_muted=True,
)
SESSION_CHANGED = Kind(
    code="session_changed",
    label="Séance annulée ou déplacée",
    title="Une séance où vous avez inscrit quelqu'un a changé de date ou de lieu",
    plural="Une séance où vous avez inscrit {count} personnes a changé de date ou de lieu",
    titles={
        "cancelled": "Une séance où vous avez une inscription est annulée",
        "host": "Une séance que vous organisez avec d'autres est annulée",
    },
    icon="calendar-x",
    url_name="action_session",
    list_url_name="actions",
    can_be_muted=False,
)


@announce(SeatOffered)
def seat_offered(events: list[SeatOffered]) -> Iterator[Told]:
    """Whoever enrolled has to answer: one line for each seat."""
    for event in events:
        one = _enrolment(event.enrolment_id)
        yield from _tell(SEAT_OFFERED, one, prescribers_of([one]), "vous l'avez demandée", key=str(one.pk))


@announce(OfferAnswered)
def offer_answered(events: list[OfferAnswered]) -> Iterator[Told]:
    """Nobody waits for it any more; the host learns who comes, the prescriber that the time is over."""
    for event in events:
        one = _enrolment(event.enrolment_id)
        if event.answer == "lapse":
            told = prescribers_of([one])
            yield from _tell(SEAT_OFFERED, one, told, "vous l'aviez demandée", key=str(one.pk), state="lapse")
            continue
        yield Settled(kind=SEAT_OFFERED.code, group=f"{SEAT_OFFERED.code}:{one.pk}")
        if event.answer == "confirm":
            told = _others(hosts_of(one.session), event.by_id)
            yield from _tell(SEAT_TAKEN, one, told, "vous recevez", key=str(one.session_id))


@announce(EnrolmentCancelled)
def enrolment_cancelled(events: list[EnrolmentCancelled]) -> Iterator[Told]:
    """The other side: who receives, or who had enrolled."""
    for event in events:
        one = _enrolment(event.enrolment_id)
        told = prescribers_of([one]) if event.by_host else hosts_of(one.session)
        reason = "vous l'aviez inscrite" if event.by_host else "vous recevez"
        yield from _tell(
            ENROLMENT_CANCELLED,
            one,
            _others(told, event.by_id),
            reason,
            key=str(one.session_id),
            state="host" if event.by_host else "",
        )


@announce(SessionChanged)
def session_changed(events: list[SessionChanged]) -> Iterator[Told]:
    """Whoever has somebody there, with a count; the co-hosts when it is called off."""
    for event in events:
        session = Session.objects.select_related("action__service").get(pk=event.session_id)
        held = list(Enrolment.objects.filter(session=session, state__in=ACTIVE_STATES))
        state = "cancelled" if event.cancelled else ""
        counts = Counter(reader for one in held for reader in prescribers_of([one]))
        for (user_id, organization_id), count in counts.items():
            if user_id != event.by_id:
                yield _notice(
                    SESSION_CHANGED, user_id, organization_id, session.pk, "vous avez inscrit quelqu'un",
                    key=f"{session.pk}", state=state, count=count,
                )  # fmt: skip
        if event.cancelled:
            for user_id, organization_id in hosts_of(session, co_hosts=True):
                if user_id != event.by_id and (user_id, organization_id) not in counts:
                    yield _notice(
                        SESSION_CHANGED, user_id, organization_id, session.pk, "vous l'organisez",
                        key=f"{session.pk}", state="host",
                    )  # fmt: skip


def _enrolment(pk: UUID) -> Enrolment:
    return Enrolment.objects.select_related("session__action__service").get(pk=pk)


def _others(told: Iterable[tuple[UUID, UUID]], author: UUID | None) -> list[tuple[UUID, UUID]]:
    return [reader for reader in told if reader[0] != author]


def _tell(
    kind: Kind, one: Enrolment, told: Iterable[tuple[UUID, UUID]], reason: str, *, key: str, state: str = ""
) -> Iterator[Notice]:
    for user_id, organization_id in told:
        yield _notice(kind, user_id, organization_id, one.session_id, reason, key=key, state=state, partner=one.host_id)


def _notice(
    kind: Kind, user_id: UUID, organization_id: UUID, session_id: UUID, reason: str, *, key: str,
    state: str = "", count: int = 1, partner: UUID | None = None,
) -> Notice:  # fmt: skip
    payload = {"state": state} if state else {}
    return Notice(
        user_id=user_id,
        organization_id=organization_id,
        kind=kind.code,
        dedupe_key=f"{kind.code}:{key}",
        reason=reason,
        count=count,
        subject_kind="session",
        subject_id=session_id,
        payload=payload | ({"partner_id": str(partner)} if partner else {}),
    )
