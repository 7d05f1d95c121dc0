"""What happens here at once when lower apps say what happened."""

from __future__ import annotations

from collective_actions.services.posts import fill_post
from collective_actions.services.rosters.deciding import settle_line
from hub.core.events import react
from hub.core.gate import current_actor
from partners.models import ImportRow
from partners.models.files import ImportKind
from referrals.events import LineDecided, ReferralChanged
from referrals.models import Outcome, Referral

HIRED = (Outcome.IAE_ENTRY, Outcome.JOB_SHORT, Outcome.JOB_LONG, Outcome.JOB_PERMANENT)


@react(LineDecided)
def line_decided(event: LineDecided) -> None:
    """A doubtful line of a roster has its answer."""
    row = ImportRow.objects.filter(pk=event.row_id, job__kind=ImportKind.ROSTER).first()
    actor = current_actor()
    if row is not None and actor is not None:
        settle_line(actor, row=row, beneficiary_id=event.beneficiary_id)


@react(ReferralChanged)
def hired(event: ReferralChanged) -> None:
    """Whoever employs said that she is hired: the post she was sent to is filled, nobody writes it again."""
    if event.change != "complete":
        return
    ended = Referral.objects.filter(pk=event.referral_id, outcome__in=HIRED, service__isnull=False)
    for service_id in ended.values_list("service_id", flat=True):
        fill_post(service_id)
