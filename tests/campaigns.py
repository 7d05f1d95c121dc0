"""Invented campaigns, made by the real services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from hub.core.gate import tenant
from partners.models import Membership
from referrals.models import Beneficiary, Campaign, Slot, Summons
from referrals.services.appointments.planning import in_france
from referrals.services.campaigns.distribution import distribute
from referrals.services.campaigns.people import open_campaign
from referrals.services.campaigns.sending import send_campaign
from referrals.services.campaigns.slots import open_slot
from tests.cast import Cast, actor
from tests.people import open_day, person, reread

WORDS = {"name": "Rentrée", "motive": "Faire le point sur vos démarches.", "contact": "CMS, 03 87 00 00 00"}


def addressed(cast: Cast, **values: Any) -> Beneficiary:
    """A person a letter may be sent to."""
    return person(cast, **{"address": "1 rue Inventée", "postcode": "57000", "city": "Metz"} | values)


def campaign(cast: Cast, people: Sequence[Beneficiary] = (), *, by: Membership | None = None, **given: Any) -> Campaign:
    """A campaign of the officer of Metz, in preparation."""
    with tenant(actor(by or cast.officer_metz)) as acting:
        return open_campaign(acting, words=WORDS, people=[one.pk for one in people], **given)


def slot(
    cast: Cast,
    *,
    capacity: int = 5,
    on: date | None = None,
    at: int = 10,
    by: Membership | None = None,
    campaign: Campaign | None = None,
    **given: Any,
) -> Slot:
    """A slot of the CMS of Metz."""
    place = {"team": cast.cms_metz, "place": "CMS de Metz"} | given
    with tenant(actor(by or cast.officer_metz)) as acting:
        return open_slot(
            acting, starts_at=in_france(on or open_day(20), time(at)), capacity=capacity, campaign=campaign, **place
        )


def sent(cast: Cast, people: Sequence[Beneficiary], *, capacity: int = 5, **given: Any) -> Campaign:
    """A campaign sent to these people, who all have an address, on one slot."""
    made = campaign(cast, people, **given)
    slot(cast, capacity=capacity, campaign=made)
    with tenant(actor(cast.officer_metz)) as acting:
        distribute(acting, campaign=made)
        send_campaign(acting, campaign=made)
    return made


def summons_of(cast: Cast, made: Campaign, who: Beneficiary) -> Summons:
    """This person's summons of this campaign, as it is now."""
    with tenant(actor(cast.head)):
        return Summons.objects.select_related("appointment", "slot").get(campaign=made, beneficiary=who)


def short_notice(cast: Cast, days: int = 2) -> None:
    """The Département convenes at shorter notice."""
    cast.department.delays = {"summons_notice": days}
    cast.department.save()
    for member in cast.members.values():
        member.department.refresh_from_db()


def taken(cast: Cast, slot: Slot) -> int:
    """Seats held now."""
    return int(reread(cast, slot).taken)


def seats(cast: Cast, made: Campaign) -> dict[UUID, UUID | None]:
    """The slot of each person of a campaign."""
    with tenant(actor(cast.head)):
        return dict(Summons.objects.filter(campaign=made, withdrawn_at=None).values_list("beneficiary", "slot"))
