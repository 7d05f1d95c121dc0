"""What an actor may do with a referral now: the transitions of the table, narrowed by rules and by facts.

A screen offers nothing else; the services check everything again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.core.access import can
from hub.core.actor import Actor
from referrals.models import Nature, Referral, ReferralState
from referrals.models.referrals import FINAL_STATES
from referrals.workflows import NATURES, REFERRAL

ANSWER, REDIRECT = "referral.answer", "referral.confirm_redirect"
WITHDRAWN = (ReferralState.CANCELLED, ReferralState.ENTERED_IN_ERROR, ReferralState.REDIRECTED)


@dataclass(frozen=True, slots=True)
class Gesture:
    """One gesture: its name in addresses, the verb on its button, the rule that opens it, the state it moves.

    `main` gestures are what is expected next; the others wait in a menu.
    """

    name: str
    label: str
    rule: str
    transition: str = ""
    icon: str = "check"
    tone: str = "secondary"
    main: bool = False


GESTURES: tuple[Gesture, ...] = (
    Gesture("accept", "Accepter", ANSWER, "accept", "check", "primary", main=True),
    Gesture("acknowledge", "Prendre en compte", ANSWER, "acknowledge", "check", "primary", main=True),
    Gesture(
        "confirm_redirect", "Réorienter", "referral.confirm_redirect", "redirect", "signpost", "primary", main=True
    ),
    Gesture("refuse_redirect", "Garder ce destinataire", "referral.confirm_redirect", "redirect", "undo-2", main=True),
    Gesture("maintain", "Maintenir la désignation", "referral.maintain", "maintain", "gavel", "primary", main=True),
    Gesture(
        "acknowledge_outcome", "J'ai lu le résultat", "referral.acknowledge_outcome", "", "check", "primary", main=True
    ),
    Gesture("send", "Envoyer l'orientation", "referral.send", "send", "send", "primary", main=True),
    Gesture("start", "Commencer le suivi", ANSWER, "start", "play", "primary", main=True),
    Gesture("resume", "Reprendre le suivi", ANSWER, "resume", "play", "primary", main=True),
    Gesture("complete", "Indiquer le résultat", ANSWER, "complete", "flag", "primary", main=True),
    Gesture("waitlist", "Mettre en liste d'attente", ANSWER, "waitlist", "hourglass", main=True),
    Gesture("decline", "Refuser", ANSWER, "decline", "circle-x", main=True),
    Gesture("contest", "Contester", ANSWER, "contest", "message-circle-warning", main=True),
    Gesture("propose_redirect", "Proposer un autre organisme", ANSWER, "redirect", "signpost"),
    Gesture("appointment", "Fixer le premier rendez-vous", ANSWER, "", "calendar-plus", main=True),
    Gesture("pause", "Suspendre", ANSWER, "pause", "circle-pause"),
    Gesture("fail", "N'a pas abouti", ANSWER, "fail", "archive"),
    Gesture("cancel", "Annuler l'orientation", "referral.cancel", "cancel", "ban", "danger"),
    Gesture("enter_in_error", "Saisie par erreur", "referral.enter_in_error", "enter_in_error", "eraser", "danger"),
)
BY_NAME = {gesture.name: gesture for gesture in GESTURES}

# Facts that the table of states does not hold. A designation follows its decision: voiding it is the way back.
_FACTS: dict[str, Callable[[Referral], bool]] = {
    "confirm_redirect": lambda one: one.redirect_to_id is not None,
    "refuse_redirect": lambda one: one.redirect_to_id is not None,
    "propose_redirect": lambda one: one.redirect_to_id is None,
    "cancel": lambda one: one.nature == Nature.PROPOSAL,
    "enter_in_error": lambda one: one.nature == Nature.PROPOSAL,
    "appointment": lambda one: one.state == ReferralState.ACCEPTED,
    "acknowledge_outcome": lambda one: (
        one.state in FINAL_STATES and one.state not in WITHDRAWN and one.closed_loop_at is None
    ),
}


def open_gestures(actor: Actor, referral: Referral) -> list[Gesture]:
    """The gestures open to this actor in this state, the expected ones first."""
    return [gesture for gesture in GESTURES if _possible(gesture, referral) and can(actor, gesture.rule, referral)]


def _possible(gesture: Gesture, referral: Referral) -> bool:
    if gesture.transition:
        if referral.state not in REFERRAL.transitions[gesture.transition].sources:
            return False
        if referral.nature not in NATURES.get(gesture.transition, tuple(Nature.values)):
            return False
    fact = _FACTS.get(gesture.name)
    return fact is None or fact(referral)
