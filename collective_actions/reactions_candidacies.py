"""A referral that ends by itself takes its candidacy with it: declined or cancelled from its own page, or by time."""

from __future__ import annotations

from uuid import UUID

from collective_actions.models import Candidacy
from collective_actions.models.candidacies import LIVING, BodyReason, CandidateReason
from collective_actions.workflows import CANDIDACY
from hub.core.events import react
from hub.core.gate import current_actor
from referrals.events import ReferralAnswered, ReferralChanged
from referrals.models import Referral

ENDED = ("cancel", "enter_in_error", "expire", "confirm_redirect")
REASONS = {*BodyReason.values, *CandidateReason.values}


@react(ReferralAnswered)
def referral_declined(event: ReferralAnswered) -> None:
    """The body refused on the page of the referral."""
    if event.answer == "declined":
        _end(event.referral_id, refused=True)


@react(ReferralChanged)
def referral_ended(event: ReferralChanged) -> None:
    """It was withdrawn, expired or came to nothing."""
    if event.change in (*ENDED, "fail"):
        _end(event.referral_id, refused=event.change == "fail")


def _end(referral_id: UUID, *, refused: bool) -> None:
    actor = current_actor()
    found = Candidacy.objects.filter(referral=referral_id, state__in=LIVING).exclude(state="entered").first()
    if actor is None or found is None:
        return
    if not refused:
        CANDIDACY.perform(found, "withdraw", by=actor, state_at=actor.now)
        return
    said = Referral.objects.values_list("reason", flat=True).get(pk=referral_id)
    reason = said if said in REASONS else BodyReason.OTHER.value
    name = "stay_out" if found.state == "selected" else "reject"
    CANDIDACY.perform(found, name, by=actor, state_at=actor.now, reason=reason)
