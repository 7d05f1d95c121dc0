"""Referrals: who receives, who sent, who waits for an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from hub.core.gate import current_actor
from notifications.catalogue import Kind, Notice, Settled, Told, announce
from referrals import recipients
from referrals.events import ReferralAnswered, ReferralChanged, ReferralSent
from referrals.recipients import Recipient

REFERRAL_SENT = Kind(
    code="referral_sent",
    label="Orientation reçue",
    title="{partner} vous a adressé une orientation",
    plural="{partner} vous a adressé une orientation ({count} envois)",
    icon="inbox",
    url_name="referral",
    list_url_name="referrals",
    can_be_muted=False,
)
REFERRAL_ANSWERED = Kind(
    code="referral_answered",
    label="Réponse à une orientation",
    title="{partner} a répondu à une orientation",
    plural="{partner} a répondu à une orientation ({count} réponses)",
    titles={
        "accepted": "{partner} a accepté une orientation",
        "waitlisted": "{partner} a mis une orientation en liste d'attente",
        "declined": "{partner} a refusé une orientation",
        "contested": "{partner} conteste une désignation",
    },
    icon="reply",
    url_name="referral",
    list_url_name="referrals",
    can_be_muted=False,
)
REFERRAL_CHANGED = Kind(
    code="referral_changed",
    label="Orientation modifiée",
    title="Une orientation suivie avec {partner} a changé",
    plural="Une orientation suivie avec {partner} a changé {count} fois",
    titles={
        "cancel": "{partner} a annulé une orientation",
        "complete": "Une orientation suivie avec {partner} a abouti",
        "fail": "Une orientation suivie avec {partner} n'a pas abouti",
        "propose_redirect": "{partner} propose de réorienter une personne",
    },
    icon="refresh-cw",
    url_name="referral",
    list_url_name="referrals",
    can_be_muted=True,
)


@announce(ReferralSent)
def referral_sent(events: list[ReferralSent]) -> Iterator[Told]:
    """The receiving team learns that somebody is entrusted to it."""
    for event in events:
        told = recipients.referral_receivers(event.referral_id)
        yield from _about_referral(REFERRAL_SENT, event.referral_id, "sent", _others(told, event.by_id), first=True)


@announce(ReferralAnswered)
def referral_answered(events: list[ReferralAnswered]) -> Iterator[Told]:
    """The sender learns the answer; for the receiver's colleagues the referral no longer waits."""
    for event in events:
        yield Settled(kind=REFERRAL_SENT.code, subject_id=event.referral_id)
        told = recipients.referral_senders(event.referral_id)
        yield from _about_referral(REFERRAL_ANSWERED, event.referral_id, event.answer, _others(told, event.by_id))


@announce(ReferralChanged)
def referral_changed(events: list[ReferralChanged]) -> Iterator[Told]:
    """The other side learns any other change; when the product itself acted, both sides do."""
    for event in events:
        both = [*recipients.referral_senders(event.referral_id), *recipients.referral_receivers(event.referral_id)]
        told = _other_side(_others(both, event.by_id))
        yield from _about_referral(REFERRAL_CHANGED, event.referral_id, event.change, told)


def _about_referral(
    kind: Kind, referral_id: UUID, state: str, told: Iterable[Recipient], *, first: bool = False
) -> Iterator[Notice]:
    for to in told:
        yield Notice(
            user_id=to.user_id,
            organization_id=to.organization_id,
            kind=kind.code,
            dedupe_key=f"{kind.code}:{referral_id}",
            reason=to.reason,
            subject_kind="referral",
            subject_id=referral_id,
            payload={"state": state, "partner_id": str(to.partner_id or "")},
            first=first,
        )


def _others(told: Iterable[Recipient], author: UUID | None) -> list[Recipient]:
    """Nobody is told of what he did himself."""
    return [to for to in told if to.user_id != author]


def _other_side(told: list[Recipient]) -> list[Recipient]:
    actor = current_actor()
    mine = actor.organization_id if actor else None
    return [to for to in told if to.organization_id != mine] or told
