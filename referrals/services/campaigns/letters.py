"""The letters of a campaign, all in one PDF made by the worker."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from hub.core.access import require
from hub.core.actor import Actor
from referrals.models import Campaign, LetterBatch
from referrals.services.letters.batches import order_letters


@transaction.atomic
def order_campaign_letters(actor: Actor, *, campaign: Campaign, appointments: Sequence[UUID]) -> LetterBatch:
    """Ask for the letters of these appointments. Raises `Invalid` without any."""
    require(actor, "campaign.edit", campaign)
    return order_letters(actor, appointments=appointments)
