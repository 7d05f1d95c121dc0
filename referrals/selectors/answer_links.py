"""Where a link of answer stands: what its page shows to whoever holds it, what the referral's page says of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hub.core.actor import Actor
from referrals.disclosure import disclose, reaches
from referrals.models import AnswerLink, Level, LinkOpening, Referral
from referrals.policies.referrals import is_receiver, is_sender
from referrals.selectors.known import known_people
from referrals.services.answer_links import ANSWERABLE
from referrals.services.referrals import get_referral, is_correctable, is_held


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """A link beside its referral: when its mail left, who answered by it, may the actor have it sent again."""

    link: AnswerLink
    answered_by: str
    renewable: bool


@dataclass(frozen=True, slots=True)
class LinkPage:
    """`step` is closed, ask, code, card, given (one's own answer) or over; only `card` says anything of the person."""

    step: str
    link: AnswerLink
    referral: Referral
    box: str
    facts: dict[str, object]
    opening: LinkOpening | None
    held_seconds: int
    correctable: bool


def link_page(actor: Actor, link: AnswerLink, opening_id: UUID | None) -> LinkPage:
    """The page of a link as it is now, for the bearer of this opening (if it is still open)."""
    referral = get_referral(actor, link.referral_id)
    opening = open_now(actor, link, opening_id)
    step = _step(link, referral, opening)
    held = step == "given" and is_held(referral, actor.now)
    return LinkPage(
        step=step,
        link=link,
        referral=referral,
        box=masked(link.organization.email),
        facts=_card(actor, referral) if step == "card" else {},
        opening=opening,
        held_seconds=round((referral.held_until - actor.now).total_seconds()) if held and referral.held_until else 0,
        correctable=step == "given" and is_correctable(actor, referral),
    )


def open_now(actor: Actor, link: AnswerLink, opening_id: UUID | None) -> LinkOpening | None:
    """The opening this browser made with a code, during its 30 minutes."""
    if opening_id is None:
        return None
    return LinkOpening.objects.select_related("link").filter(pk=opening_id, link=link, until__gt=actor.now).first()


def link_facts(actor: Actor, referral: Referral) -> LinkFacts | None:
    """What the page of a referral says of its link, if it has one."""
    link = AnswerLink.objects.select_related("organization").filter(referral=referral).first()
    if link is None:
        return None
    answer = link.openings.exclude(answer="").order_by("-answered_at").first()
    veiled = answer is not None and is_held(referral, actor.now) and not is_receiver(actor, referral)
    return LinkFacts(
        link=link,
        answered_by="" if answer is None or veiled else str(answer),
        renewable=is_sender(actor, referral) and referral.state in ANSWERABLE,
    )


def masked(email: str) -> str:
    """The box in a form that reminds its owner and teaches nobody: `c•••@exemple.invalid`."""
    name, _, host = email.partition("@")
    return f"{name[:1]}•••@{host}"


def _step(link: AnswerLink, referral: Referral, opening: LinkOpening | None) -> str:
    if opening and opening.answer:
        return "given"
    if referral.state not in ANSWERABLE:
        return "over"
    if opening:
        return "card"
    if link.closed_at:
        return "closed"
    return "code" if link.code_asked_at else "ask"


def _card(actor: Actor, referral: Referral) -> dict[str, object]:
    """The card of the person at level `referral`, whatever more the organisation's own members may see."""
    known = known_people(actor, [referral.beneficiary_id]).get(referral.beneficiary_id)
    if known is None:
        return {}
    return disclose(known.person, Level.REFERRAL if reaches(known.level, Level.REFERRAL) else known.level)
